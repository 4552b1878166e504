package runs

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// OnceResult is the result of [Once].
type OnceResult struct {
	// Log is the log of the run.
	Log *client.PeriodicAgentLog
	// Cleanup is nil if the agent was deleted. Otherwise it is the reason, which
	// Once also logs.
	Cleanup *CleanupError
}

// Output returns the text of the log, which contains the output of the mentor.
func (r *OnceResult) Output() string { return r.Log.Content }

const (
	// cleanupTimeout limits the deletion of the agent, including retries.
	cleanupTimeout = 2 * time.Minute
	// maxSearches is the number of searches for an agent if the response to its
	// creation was lost.
	maxSearches = 3
)

// Once runs a mentor once and returns the log of the run. A failed run is a
// result, too: its log has the status error.
//
// The API has no operation for this. Once creates the agent with a one-off task
// that is due every minute, instead of the agent's Task, so the run starts
// within a minute. Then it polls the logs until the run has finished, and
// deletes the agent. If the context ends first, Once deletes the agent and
// returns an error. If a poll fails, Once logs the error and polls again. It
// returns errors that retries can't fix: 401, 403, a 404 of the service itself,
// a validation error, and a refused redirect.
//
// Once appends a unique marker to the description of the agent. If the response
// to the creation is lost, Once searches for the agent by the marker, deletes
// it, and returns an error.
//
// The deletion is retried for up to 2 minutes. If it fails, there is a
// [*CleanupError] in the result or, without a result, in the error. If the call
// options include client.WithResponse, it receives the response that contained
// the log.
func Once(ctx context.Context, c *client.Client, agent *client.PeriodicAgentCreateRequest, opts ...OnceOption) (result *OnceResult, err error) {
	if agent == nil {
		return nil, &api.ArgumentError{Argument: "agent", Reason: "is nil"}
	}
	o, err := newOnce(ctx, c, opts)
	if err != nil {
		return nil, err
	}
	return o.run(ctx, agent)
}

// OnceAgent runs a copy of an existing agent once, as [Once] does, and returns
// the log of the run. The copy has the mentor, title, description and prompt of
// the agent. The agent itself does not run and is not changed, and its
// callback_url is not called.
func OnceAgent(ctx context.Context, c *client.Client, agentID int64, opts ...OnceOption) (*OnceResult, error) {
	o, err := newOnce(ctx, c, opts)
	if err != nil {
		return nil, err
	}
	agent, err := c.PeriodicAgents.Get(ctx, agentID, o.callOptions...)
	if err != nil {
		return nil, err
	}
	return o.run(ctx, &client.PeriodicAgentCreateRequest{
		Mentor:      agent.Mentor.UniqueID,
		Title:       agent.Title,
		Description: &agent.Description,
		Prompt:      &agent.Prompt,
	})
}

func (o *once) run(ctx context.Context, agent *client.PeriodicAgentCreateRequest) (result *OnceResult, err error) {
	marker := "runs.Once " + rand.Text()
	request := *agent
	request.Description = &marker
	if agent.Description != nil && *agent.Description != "" {
		request.Description = new(*agent.Description + " " + marker)
	}
	request.Task = client.PeriodicTaskRequest{
		Crontab: client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"},
		OneOff:  new(true),
		Enabled: new(true),
	}
	created, err := o.client.PeriodicAgents.Create(ctx, &request, o.writeOptions()...)
	if err == nil && created.ID < 1 {
		err = ErrNoAgentID
	}
	if err != nil {
		if mayHaveCreated(err) {
			return nil, o.deleteUnconfirmed(ctx, marker, err)
		}
		return nil, err
	}
	// Deferred, since the client's middleware may panic.
	defer func() {
		failure := o.deleteAgent(ctx, created.ID)
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

// once is a call of Once or OnceAgent.
type once struct {
	*settings
	client *client.Client
}

func newOnce(ctx context.Context, c *client.Client, opts []OnceOption) (*once, error) {
	switch {
	case ctx == nil:
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	case c == nil:
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	}
	s, err := applyOptions(defaultOnceInterval, opts, OnceOption.applyToOnce)
	if err != nil {
		return nil, err
	}
	return &once{settings: s, client: c}, nil
}

// mayHaveCreated reports whether the service may have created the agent
// although the request failed.
func mayHaveCreated(err error) bool {
	if failure, ok := errors.AsType[*client.Error](err); ok {
		return failure.Outcome == client.OutcomeMaybeDone
	}
	if failure, ok := errors.AsType[*client.TransportError](err); ok {
		return failure.Outcome == client.OutcomeMaybeDone && !isPermanent(err)
	}
	_, ok := errors.AsType[*client.DecodeError](err)
	return ok || errors.Is(err, ErrNoAgentID)
}

// awaitRun polls the logs until a run of the agent has finished, and returns
// its log.
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

// finishedRun returns the log of a finished run of the agent, or nil if there
// is none.
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

// deleteUnconfirmed searches for an agent if the response to its creation was
// lost, and deletes it. It returns an error that wraps cause, the error of the
// creation.
func (o *once) deleteUnconfirmed(ctx context.Context, marker string, cause error) error {
	cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	for range maxSearches {
		id, err := o.findByMarker(cleanup, marker)
		switch {
		case id > 0:
			if failure := o.deleteAgent(ctx, id); failure != nil {
				return errors.Join(cause, failure)
			}
			return fmt.Errorf("runs: the response to the agent's creation was lost; agent %d was found and deleted: %w", id, cause)
		case err != nil:
			cause = errors.Join(cause, err)
		}
		if sleep(cleanup, o.interval, nil) != nil {
			break
		}
	}
	return &CleanupError{Marker: marker, Err: cause}
}

// findByMarker returns the id of the agent that has the marker in its
// description, or 0 if there is none.
func (o *once) findByMarker(ctx context.Context, marker string) (int64, error) {
	params := &client.PeriodicAgentListParams{Ordering: newestFirst, PageSize: maxPageSize}
	for agent, err := range o.client.PeriodicAgents.All(ctx, params, o.allOptions()...) {
		if err != nil {
			return 0, err
		}
		if strings.Contains(agent.Description, marker) {
			return agent.ID, nil
		}
	}
	return 0, nil
}

// deleteAgent deletes the agent, even if the context has ended. It retries
// temporary errors.
func (o *once) deleteAgent(ctx context.Context, agentID int64) *CleanupError {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var response client.Response // the caller's Response must keep the response with the log
	opts := append(slices.Clone(o.callOptions), client.WithResponse(&response))
	for failures := 1; ; failures++ {
		err := o.client.PeriodicAgents.Delete(ctx, agentID, opts...)
		if err == nil || isNotFound(err) {
			return nil
		}
		if isPermanent(err) || sleep(ctx, retryAfter(err, failures), nil) != nil {
			return &CleanupError{AgentID: agentID, Err: err}
		}
	}
}

// retryAfter returns the delay that the service asks for, or a delay that grows
// with the number of failures.
func retryAfter(err error, failures int) time.Duration {
	if failure, ok := errors.AsType[*client.Error](err); ok && failure.RetryAfter > 0 {
		return failure.RetryAfter
	}
	if failure, ok := errors.AsType[*client.HeldBackError](err); ok {
		return failure.RetryIn
	}
	return backoff(time.Second, 30*time.Second, failures)
}
