package runs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// OnceResult is what [Once] returns.
type OnceResult struct {
	// Log is the log of the run.
	Log *client.PeriodicAgentLog
	// Cleanup is not nil if the agent could not be deleted. It was logged too.
	Cleanup *CleanupError
}

// cleanupTimeout is how long Once tries to delete its agent.
const cleanupTimeout = 30 * time.Second

// Once runs a mentor once and returns the log of the run, whether it succeeded
// or failed. The API has no such operation: Once creates the agent with a
// one-off task that is due every minute, whatever the agent's Task says; waits
// until the run has finished or the context ends; and deletes the agent in any
// case. So it takes up to a minute until the run starts, and then as long as the
// run takes. A poll that fails while it waits is logged and repeated, unless the
// error can't pass, such as a 401.
//
// If the agent could not be deleted, that is in the result, or, without a
// result, a [*CleanupError] in the error.
func Once(ctx context.Context, c *client.Client, agent *client.PeriodicAgentCreateRequest, opts ...OnceOption) (result *OnceResult, err error) {
	o, err := newOnce(ctx, c, agent, opts)
	if err != nil {
		return nil, err
	}
	request := *agent
	request.Task = client.PeriodicTaskRequest{
		Crontab: client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"},
		OneOff:  new(true),
		Enabled: new(true),
	}
	created, err := c.PeriodicAgents.Create(ctx, &request, o.writeOptions()...)
	switch {
	case err != nil && mayHaveCreated(err):
		return nil, &CleanupError{Err: err}
	case err != nil:
		return nil, err
	case created.ID < 1:
		return nil, &CleanupError{Err: ErrNoAgentID}
	}
	// Deferred, since middleware may panic.
	defer func() {
		failure := o.remove(ctx, created.ID)
		switch {
		case failure == nil:
		case result == nil:
			err = errors.Join(err, failure)
		default:
			result.Cleanup = failure
			o.reports.report(ctx, Outcome{Kind: kindCleanup, Err: failure})
		}
	}()
	log, err := o.awaitRun(ctx, created.ID)
	if err != nil {
		return nil, err
	}
	return &OnceResult{Log: log}, nil
}

// once is a call of Once.
type once struct {
	*settings
	client *client.Client
}

func newOnce(ctx context.Context, c *client.Client, agent *client.PeriodicAgentCreateRequest, opts []OnceOption) (*once, error) {
	switch {
	case ctx == nil:
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case c == nil:
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	case agent == nil:
		return nil, &api.ArgumentError{Argument: "agent", Reason: "is nil"}
	}
	s, err := applyOptions(defaultOnceInterval, opts, OnceOption.applyToOnce)
	if err != nil {
		return nil, err
	}
	return &once{settings: s, client: c}, nil
}

// mayHaveCreated reports whether the service may have created the agent though
// the call has failed.
func mayHaveCreated(err error) bool {
	if failure, ok := errors.AsType[*client.Error](err); ok {
		return failure.StatusCode >= http.StatusInternalServerError
	}
	if failure, ok := errors.AsType[*client.TransportError](err); ok {
		connection, ok := errors.AsType[*net.OpError](err)
		return failure.Attempts > 0 && !isPermanent(err) && !(ok && connection.Op == "dial")
	}
	_, ok := errors.AsType[*client.DecodeError](err)
	return ok
}

// awaitRun polls until a run of the agent has finished.
func (o *once) awaitRun(ctx context.Context, agentID int64) (*client.PeriodicAgentLog, error) {
	for {
		start := time.Now()
		log, err := o.finishedRun(ctx, agentID)
		switch {
		case log != nil:
			return log, nil
		case ctx.Err() != nil:
		case err != nil && isPermanent(err):
			return nil, err
		case err != nil:
			o.reports.report(ctx, Outcome{Kind: KindPoll, Duration: time.Since(start), RetryIn: o.interval, Err: err})
		}
		if err := sleep(ctx, o.interval); err != nil {
			return nil, fmt.Errorf("runs: no run of agent %d has finished: %w", agentID, err)
		}
	}
}

// finishedRun returns the log of a run of the agent that has finished, or nil.
func (o *once) finishedRun(ctx context.Context, agentID int64) (*client.PeriodicAgentLog, error) {
	params := &client.PeriodicAgentLogListParams{PeriodicAgent: agentID}
	for log, err := range o.client.PeriodicAgentLogs.All(ctx, params, o.allOptions()...) {
		if err != nil {
			return nil, err
		}
		if log.PeriodicAgent == agentID && isFinished(log) {
			return log, nil
		}
	}
	return nil, nil //nolint:nilnil // as documented
}

// remove deletes the agent, though the context may have ended.
func (o *once) remove(ctx context.Context, agentID int64) *CleanupError {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	err := o.client.PeriodicAgents.Delete(ctx, agentID, o.callOptions...)
	if err == nil || isNotFound(err) {
		return nil
	}
	return &CleanupError{AgentID: agentID, Err: err}
}
