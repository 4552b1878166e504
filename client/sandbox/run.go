package sandbox

import (
	"context"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// begin writes the log of a run that has not finished. The caller holds the
// store's lock.
func (s *Sandbox) begin(a *agent, at time.Time) (*log, Run) {
	start := django.NewDateTime(at)
	l := &log{
		ID:            s.store.nextID("log"),
		Status:        api.StatusRunning,
		StartTime:     start,
		CreatedAt:     start,
		ModifiedAt:    start,
		PeriodicAgent: a.ID,
		agent:         a,
		prompt:        a.input(),
	}
	a.org.logs.add(l)
	a.latest = l
	s.letGo(a.org, at)
	s.tell(Event{Type: EventRunStarted, Org: a.org.key, AgentID: a.ID, LogID: l.ID, Status: l.Status})
	return l, Run{
		Org:       a.org.key,
		AgentID:   a.ID,
		Title:     a.Title,
		MentorID:  a.mentor.UniqueID,
		Prompt:    l.prompt,
		LogID:     l.ID,
		StartTime: l.StartTime.Time(),
	}
}

// carryOut asks how a run goes, and has it end when it is over.
func (s *Sandbox) carryOut(ctx context.Context, d *drive, l *log, run Run) {
	d.runs++
	outcome, err := s.outcomes(ctx, run).complete("outcome")
	if err != nil {
		outcome = Outcome{Status: api.StatusError, Log: err.Error()}
	}
	if outcome.Status == api.StatusRunning {
		return
	}
	end := l.StartTime.Time().Add(outcome.Duration)
	s.store.Lock()
	defer s.store.Unlock()
	s.agenda.add(&occurrence{at: end, kind: endOfRun, id: l.ID, do: func(ctx context.Context, d *drive) {
		for _, p := range s.end(l, outcome, end) {
			d.post(ctx, p)
		}
	}})
	s.rearm()
}

// end writes the outcome of a run into its log, and returns what is to be
// posted now.
func (s *Sandbox) end(l *log, outcome Outcome, at time.Time) []posting {
	s.store.Lock()
	defer s.store.Unlock()
	a := l.agent
	if a.deleted {
		return nil // and its logs with it
	}
	l.Status = outcome.Status
	l.Content = django.ReplaceInvalidUTF8(outcome.Log)
	fill(&l.Content, fmt.Sprintf("%s finished: %s", a.Title, outcome.Status))
	l.EndTime = django.NewDateTime(l.StartTime.Time().Add(outcome.Duration))
	l.ModifiedAt = l.EndTime
	a.output = django.ReplaceInvalidUTF8(outcome.Output)
	if a.Task.OneOff {
		a.Task.Enabled = false
		s.unschedule(a)
	}
	s.letGo(a.org, at)
	s.tell(Event{Type: EventRunFinished, Org: a.org.key, AgentID: a.ID, LogID: l.ID, Status: l.Status})
	if a.CallbackURL == "" {
		return nil
	}
	return s.plan(posting{
		url:     a.CallbackURL,
		secret:  a.CallbackSecret,
		org:     a.org.key,
		agentID: a.ID,
		logID:   l.ID,
		body:    l.payload(),
	}, at)
}
