package sandbox

import (
	"context"
	"fmt"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// UnknownAgentError is what was asked of an agent that does not exist.
type UnknownAgentError struct {
	// ID is the id that no agent has.
	ID int64
}

func (e *UnknownAgentError) Error() string {
	return fmt.Sprintf("sandbox: there is no periodic agent %d", e.ID)
}

// A Run is a run of an agent.
type Run struct {
	// Log is the log of the run as it was written in the end.
	Log client.PeriodicAgentLog
	// Delivery is the callback of the run, nil if none was posted at once.
	Delivery *Delivery
}

// Fire runs an agent now with an outcome of the caller's choosing, whether it is
// enabled or due or not: it writes a log from start to end, without
// waiting for the clock, switches a one-off agent off, posts the callback if there
// is a callback_url, and lets run what has waited for it. It returns when the
// receiver has answered, or has failed to. That is no error: see the run's
// Delivery. An error means that there was no run: an [*UnknownAgentError],
// [ErrClosed], or an outcome that can't be.
func (s *Sandbox) Fire(ctx context.Context, agentID int64, outcome Outcome) (*Run, error) {
	outcome, err := outcome.complete()
	if err != nil {
		return nil, err
	}
	ctx, end, err := s.lifetime.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, _, err := s.beginNow(ctx, agentID)
	if err != nil {
		return nil, err
	}
	run := &Run{}
	if outcome.Status != api.StatusRunning {
		for _, p := range s.end(l, outcome, s.clock.now()) {
			run.Delivery = s.deliver(ctx, p)
		}
	}
	run.Log = *s.logModel(l)
	s.settle(ctx, s.post)
	return run, nil
}

// Trigger runs an agent now as its schedule would, whether it is enabled or due or
// not: how it goes is decided by the function of [WithOutcomes], and it
// ends when the clock has come to its end. What is due at once happens
// before Trigger returns the log, so a run that takes no time has ended by then. An
// error means that there was no run: an [*UnknownAgentError], or [ErrClosed].
func (s *Sandbox) Trigger(ctx context.Context, agentID int64) (*client.PeriodicAgentLog, error) {
	ctx, end, err := s.lifetime.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, invocation, err := s.beginNow(ctx, agentID)
	if err != nil {
		return nil, err
	}
	s.carryOut(ctx, &drive{}, l, invocation)
	s.settle(ctx, s.post)
	return s.logModel(l), nil
}

// beginNow begins a run that nothing has planned.
func (s *Sandbox) beginNow(ctx context.Context, agentID int64) (*log, Invocation, error) {
	if err := ctx.Err(); err != nil {
		return nil, Invocation{}, err
	}
	s.store.Lock()
	defer s.store.Unlock()
	a := s.store.agent(agentID)
	if a == nil {
		return nil, Invocation{}, &UnknownAgentError{ID: agentID}
	}
	l, invocation := s.begin(a, s.clock.now())
	return l, invocation, nil
}

func (s *Sandbox) logModel(l *log) *client.PeriodicAgentLog {
	s.store.RLock()
	defer s.store.RUnlock()
	model := l.model()
	return &model
}
