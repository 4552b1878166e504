package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// ErrClosed is a run that was started after Close.
var ErrClosed = errors.New("sandbox: closed")

// UnknownAgentError is a run of an agent that does not exist.
type UnknownAgentError struct {
	// ID is the id that no agent has.
	ID int64
}

func (e *UnknownAgentError) Error() string {
	return fmt.Sprintf("sandbox: there is no periodic agent %d", e.ID)
}

// An Outcome is how a run goes. The zero Outcome is a success.
type Outcome struct {
	// Status is how the run ends: success if it is empty. A run that is left
	// running has no end, and tells nobody.
	Status client.PeriodicAgentLogStatus
	// Output is what the mentor answers at the end.
	Output string
	// Log is what the run logs, from start to end; a line is made up if it is
	// empty.
	Log string
	// Duration is how long the run takes on the sandbox's clock, which does not
	// wait for it. It must not be negative.
	Duration time.Duration
}

// A Run is a run of an agent.
type Run struct {
	// Log is the log of the run as it was written in the end.
	Log client.PeriodicAgentLog
	// Delivery is the callback of the run, nil if there was none.
	Delivery *Delivery
}

// Fire runs an agent now, whether it is enabled or not: it writes a log,
// switches a one-off agent off, and posts the callback if there is a
// callback_url. It returns when the receiver has answered, or has failed to. That
// is no error: see the run's Delivery. An error means that there was no run:
// an [*UnknownAgentError], [ErrClosed], or an outcome that can't be.
func (s *Sandbox) Fire(ctx context.Context, agentID int64, outcome Outcome) (*Run, error) {
	if outcome.Status == "" {
		outcome.Status = client.PeriodicAgentLogStatusSuccess
	}
	if !slices.Contains(logStatuses, outcome.Status) {
		return nil, fmt.Errorf("sandbox: an outcome can't have the status %q", outcome.Status)
	}
	if outcome.Duration < 0 {
		return nil, fmt.Errorf("sandbox: an outcome can't have the duration %v", outcome.Duration)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, end, err := s.deliveries.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()

	l, err := s.startRun(agentID)
	if err != nil {
		return nil, err
	}
	if outcome.Status == client.PeriodicAgentLogStatusRunning {
		return &Run{Log: l.model()}, nil
	}
	event := s.finishRun(l, outcome)
	run := &Run{Log: l.model()}
	if event.url != "" {
		run.Delivery = s.deliveries.post(ctx, s.now, event)
	}
	return run, nil
}

// startRun writes the log of a run that has not finished.
func (s *Sandbox) startRun(agentID int64) (*log, error) {
	s.store.Lock()
	defer s.store.Unlock()
	for _, o := range s.store.orgs {
		a := o.agents.byID(agentID)
		if a == nil {
			continue
		}
		now := s.time()
		l := &log{
			ID:            s.store.nextID("log"),
			Status:        client.PeriodicAgentLogStatusRunning,
			StartTime:     now,
			CreatedAt:     now,
			ModifiedAt:    now,
			PeriodicAgent: a.ID,
			agent:         a,
		}
		o.logs.add(l)
		a.latest = l
		return l, nil
	}
	return nil, &UnknownAgentError{ID: agentID}
}

// finishRun writes the outcome of a run into its log, and returns what is to be
// told to the receiver.
func (s *Sandbox) finishRun(l *log, outcome Outcome) event {
	s.store.Lock()
	defer s.store.Unlock()
	a := l.agent
	l.Status = outcome.Status
	l.Content = cleanText(outcome.Log)
	fill(&l.Content, fmt.Sprintf("%s finished: %s", a.Title, outcome.Status))
	l.EndTime = momentOf(l.StartTime.Add(outcome.Duration))
	l.ModifiedAt = l.EndTime
	a.output = cleanText(outcome.Output)
	if a.Task.OneOff {
		a.Task.Enabled = false
	}
	return event{
		url:         a.CallbackURL,
		secret:      a.CallbackSecret,
		timestamp:   l.EndTime,
		status:      string(l.Status),
		prompt:      a.Prompt,
		agentOutput: a.output,
		log:         l.Content,
		logID:       l.ID,
	}
}
