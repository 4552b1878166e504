package sandbox

import (
	"context"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/beat"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// A runner schedules, starts and finishes the runs of agents. The caller of its
// methods holds the store's lock if they say so.
type runner struct {
	store      *store
	timeline   *timeline.Timeline
	deliveries *deliveries
	events     *events
	outcomes   func(context.Context, Run) Outcome

	// What the store's lock guards.
	beat      *beat.Scheduler
	isStopped bool
	logDelay  time.Duration
	tentative map[*agent]bool // agents whose next runs change if beat reloads its schedule
}

// start writes the log of a run that starts at a time. The caller holds the store's
// lock.
func (r *runner) start(a *agent, cause RunCause, at time.Time) (*log, Run) {
	start := django.NewDateTime(at)
	l := &log{
		ID:            r.store.nextID("log"),
		Status:        api.StatusRunning,
		StartTime:     start,
		CreatedAt:     start,
		ModifiedAt:    start,
		PeriodicAgent: a.ID,
		agent:         a,
		prompt:        a.runPrompt(),
		details:       RunDetails{Cause: cause},
	}
	if cause != RunCauseCall {
		l.details.DueAt = a.dueAt
	}
	if previous := a.previous(); previous != nil && previous.latest != nil {
		l.details.PreviousLogID = previous.latest.ID
	}
	if r.logDelay == 0 {
		r.show(l, at)
	} else {
		shown := at.Add(r.logDelay)
		r.timeline.Add(&timeline.Entry{At: shown, Rank: rankFinish, ID: l.ID, Run: func(context.Context) {
			r.store.Lock()
			defer r.store.Unlock()
			if !a.deleted {
				r.show(l, shown)
				r.logsChanged(l)
			}
		}})
	}
	r.events.publish(Event{Type: EventRunStarted, Org: a.org.key, AgentID: a.ID, LogID: l.ID, Status: l.Status, Cause: cause})
	run := l.run()
	return l, run
}

// show lets a log appear in the API at a time. The caller holds the store's lock.
func (r *runner) show(l *log, at time.Time) {
	l.agent.org.logs.Add(l)
	l.agent.setLatest(l)
	r.releaseDependents(l.agent.org, at)
}

// logsChanged publishes that a log was added, has appeared late or was deleted.
func (r *runner) logsChanged(l *log) {
	r.events.publish(Event{Type: EventLogsChanged, Org: l.agent.org.key, AgentID: l.PeriodicAgent, LogID: l.ID})
}

// execute gets the outcome of a run that has started, and schedules its end.
func (r *runner) execute(ctx context.Context, l *log, run Run) {
	var outcome Outcome
	r.timeline.Outside(func() { outcome = r.outcomes(ctx, run) })
	outcome, err := outcome.complete("outcome")
	if err != nil {
		outcome = Outcome{Status: api.StatusError, Log: err.Error()}
	}
	if outcome.Status == api.StatusRunning {
		return
	}
	end := run.StartTime.Add(outcome.Duration)
	r.timeline.Add(&timeline.Entry{At: end, Rank: rankFinish, ID: l.ID, Run: func(ctx context.Context) {
		for _, c := range r.finish(l, outcome, end) {
			r.deliveries.post(ctx, c)
		}
	}})
}

// finish writes the outcome of a run to its log, and returns the callbacks that
// are due now.
func (r *runner) finish(l *log, outcome Outcome, at time.Time) []pendingCallback {
	r.store.Lock()
	defer r.store.Unlock()
	a := l.agent
	if a.deleted {
		return nil
	}
	l.Status = outcome.Status
	l.Content = outcome.content()
	setDefault(&l.Content, fmt.Sprintf("%s finished: %s", a.Title, outcome.Status))
	l.details.Log = django.ReplaceInvalidUTF8(outcome.Log)
	l.EndTime = django.NewDateTime(l.StartTime.Time().Add(outcome.Duration))
	l.ModifiedAt = l.EndTime
	a.output = django.ReplaceInvalidUTF8(outcome.Output)
	l.details.Output = a.output
	if a.Task.OneOff {
		r.disable(a)
	}
	r.releaseDependents(a.org, at)
	r.events.publish(Event{Type: EventRunFinished, Org: a.org.key, AgentID: a.ID, LogID: l.ID, Status: l.Status})
	if a.CallbackURL == "" {
		return nil
	}
	return r.deliveries.schedule(pendingCallback{
		url:     a.CallbackURL,
		secret:  a.CallbackSecret,
		org:     a.org.key,
		agentID: a.ID,
		logID:   l.ID,
		body:    l.callbackBody(),
	}, at)
}
