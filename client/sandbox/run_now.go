package sandbox

import (
	"context"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// A RunResult is the result of [Sandbox.RunNow].
type RunResult struct {
	// Log is the log of the run.
	Log *client.PeriodicAgentLog
	// Delivery is the delivery of the run's callback. It is nil if the agent has no
	// callback_url, if the run has not finished, or if a [DeliveryFault] delays or
	// reorders the callback.
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
	ctx, end, err := s.timeline.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, _, err := s.startNow(ctx, agentID, false)
	if err != nil {
		return nil, err
	}
	result := &RunResult{}
	if outcome.Status != api.StatusRunning {
		for _, c := range s.runs.finish(l, outcome, s.timeline.Now()) {
			delivery := s.deliveries.deliver(ctx, c)
			if c.logID == l.ID { // not a callback that was held back until now
				result.Delivery = delivery
			}
		}
	}
	result.Log = s.logModel(l)
	s.runs.runDue(ctx)
	return result, nil
}

// RunAsScheduled runs an agent at once as if its schedule had started it, whether
// or not it is enabled or due. The scheduler counts the run: see
// [AgentState].LastRunAt. [WithOutcomes] or [WithOutcomeFunc] decides the
// outcome, and the run finishes when the clock reaches its end. RunAsScheduled
// also runs everything that is due now, so the log that it returns is that of a
// finished run if the run takes no time.
//
// If it returns an error, the agent has not run: an [*UnknownAgentError],
// [ErrClosed] or the context's error.
func (s *Sandbox) RunAsScheduled(ctx context.Context, agentID int64) (*client.PeriodicAgentLog, error) {
	ctx, end, err := s.timeline.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	l, run, err := s.startNow(ctx, agentID, true)
	if err != nil {
		return nil, err
	}
	s.runs.execute(ctx, l, run)
	s.runs.runDue(ctx)
	return s.logModel(l), nil
}

// startNow starts a run that is not scheduled. If counts is true, the scheduler
// counts it as one of its own.
func (s *Sandbox) startNow(ctx context.Context, agentID int64, counts bool) (*log, Run, error) {
	if err := ctx.Err(); err != nil {
		return nil, Run{}, err
	}
	s.store.Lock()
	defer s.store.Unlock()
	a := s.store.agent(agentID)
	if a == nil {
		return nil, Run{}, &UnknownAgentError{ID: agentID}
	}
	now := s.timeline.Now()
	if counts {
		if a.Task.Enabled { // saving a disabled task clears its last_run_at
			a.lastRunAt = now
		}
		a.totalRunCount++
		s.runs.scheduleAfterRun(a, now)
	}
	l, run := s.runs.start(a, RunCauseCall, now)
	return l, run, nil
}

// logModel returns a log of the store.
func (s *Sandbox) logModel(l *log) *client.PeriodicAgentLog {
	s.store.RLock()
	defer s.store.RUnlock()
	return logModel(l)
}
