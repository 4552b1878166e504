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

// OnceResult is the result of [Once].
type OnceResult struct {
	// Log is the log of the run.
	Log *client.PeriodicAgentLog
	// Cleanup is nil if the agent was deleted. Otherwise Once has logged it,
	// too.
	Cleanup *CleanupError
}

// cleanupTimeout limits the deletion of the agent.
const cleanupTimeout = 30 * time.Second

// Once runs a mentor once and returns the log of the run, which may have
// succeeded or failed.
//
// The API has no such operation. Once creates the agent with a one-off task
// that is due every minute, and ignores the agent's Task. It polls the logs
// until the run has finished, and deletes the agent. The run starts within a
// minute. If the context ends before the run has finished, Once deletes the
// agent and returns an error. If a poll fails, Once logs the error and polls
// again, unless a retry can't mend the error: 401, 403, a 404 of the
// application, a validation error, a refused redirect.
//
// If the agent may not be deleted, there is a [*CleanupError]: in the result if
// there is one, otherwise in the error.
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
	// Deferred, since a client's middleware may panic.
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

// mayHaveCreated reports whether the service may have created the agent
// although the call has failed.
func mayHaveCreated(err error) bool {
	if failure, ok := errors.AsType[*client.Error](err); ok {
		return failure.StatusCode >= http.StatusInternalServerError
	}
	if failure, ok := errors.AsType[*client.TransportError](err); ok {
		if connection, ok := errors.AsType[*net.OpError](err); ok && connection.Op == "dial" {
			return false
		}
		return failure.Attempts > 0 && !isPermanent(err)
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
		case isPermanent(err):
			return nil, err
		case err != nil:
			o.reports.report(ctx, Outcome{Kind: KindPoll, Duration: time.Since(start), RetryIn: o.interval, Err: err})
		}
		if err := sleep(ctx, o.interval, nil); err != nil {
			return nil, fmt.Errorf("runs: no run of agent %d has finished: %w", agentID, err)
		}
	}
}

// finishedRun returns the log of a finished run of the agent, or nil.
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

// remove deletes the agent, even if the context has ended.
func (o *once) remove(ctx context.Context, agentID int64) *CleanupError {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	err := o.client.PeriodicAgents.Delete(ctx, agentID, o.callOptions...)
	if err == nil || isNotFound(err) {
		return nil
	}
	return &CleanupError{AgentID: agentID, Err: err}
}
