package sandbox

import (
	"context"
	"fmt"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// UnknownAgentError means that no agent has the given id. Methods of [Sandbox]
// that take the id of an agent return it.
type UnknownAgentError struct {
	// ID is the given id.
	ID int64
}

func (e *UnknownAgentError) Error() string {
	return fmt.Sprintf("sandbox: there is no periodic agent %d", e.ID)
}

// A RunResult is the result of [Sandbox.RunNow].
type RunResult struct {
	// Log is the log of the run.
	Log *client.PeriodicAgentLog
	// Delivery is the delivery of the run's callback. It is nil if the agent has no
	// callback_url, if the run has not finished, or if a [DeliveryFault] delays the
	// callback.
	Delivery *Delivery
}

// RunNow runs an agent at once with the given outcome, whether or not it is
// enabled or due. The run finishes before RunNow returns, unless outcome.Status is
// [api.StatusRunning]: its log ends outcome.Duration after it starts, but the clock
// doesn't move. As with any other run, a one-off agent is disabled, dependent
// agents start, and the callback is posted if the agent has a callback_url. RunNow
// returns after the receiver has responded or failed to; a failed delivery is not
// an error, see [RunResult].Delivery.
//
// If it returns an error, the agent has not run: an [*UnknownAgentError],
// [ErrClosed], the context's error, or an [*api.ArgumentError] for an invalid
// outcome.
func (s *Sandbox) RunNow(ctx context.Context, agentID int64, outcome Outcome) (*RunResult, error) {
	outcome, err := outcome.complete("outcome")
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
	run := &RunResult{}
	if outcome.Status != api.StatusRunning {
		for _, p := range s.end(l, outcome, s.clock.now()) {
			run.Delivery = s.deliver(ctx, p)
		}
	}
	run.Log = s.logModel(l)
	s.settle(ctx, s.post)
	return run, nil
}

// RunAsScheduled runs an agent at once as if its schedule had started it, whether
// or not it is enabled or due: [WithOutcomes] or [WithOutcomeFunc] decides the
// outcome, and the run finishes when the clock reaches its end. RunAsScheduled
// also runs everything that is due now, so the log that it returns is that of a
// finished run if the run takes no time.
//
// If it returns an error, the agent has not run: an [*UnknownAgentError],
// [ErrClosed] or the context's error.
func (s *Sandbox) RunAsScheduled(ctx context.Context, agentID int64) (*client.PeriodicAgentLog, error) {
	ctx, end, err := s.lifetime.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, run, err := s.beginNow(ctx, agentID)
	if err != nil {
		return nil, err
	}
	s.carryOut(ctx, &drive{}, l, run)
	s.settle(ctx, s.post)
	return s.logModel(l), nil
}

// beginNow begins a run that nothing has planned.
func (s *Sandbox) beginNow(ctx context.Context, agentID int64) (*log, Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, Run{}, err
	}
	s.store.Lock()
	defer s.store.Unlock()
	a := s.store.agent(agentID)
	if a == nil {
		return nil, Run{}, &UnknownAgentError{ID: agentID}
	}
	l, run := s.begin(a, s.clock.now())
	return l, run, nil
}

func (s *Sandbox) logModel(l *log) *client.PeriodicAgentLog {
	s.store.RLock()
	defer s.store.RUnlock()
	model := l.model()
	return &model
}
