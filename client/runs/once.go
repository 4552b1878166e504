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
	// Cleanup is nil if the agent was deleted. Otherwise Once has logged it,
	// too.
	Cleanup *CleanupError
}

// Output returns the text that the mentor has written: the log's content, which
// contains it.
func (r *OnceResult) Output() string { return r.Log.Content }

const (
	// cleanupTimeout limits the deletion of the agent, with its retries.
	cleanupTimeout = 2 * time.Minute
	// searches is how often an agent is looked for whose creation's response was
	// lost.
	maxSearches = 3
)

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
// Once appends a marker to the agent's description. If the response to the
// creation is lost, it looks for the agent by the marker, deletes it, and
// returns an error.
//
// The deletion takes up to 2 minutes if the service asks to wait. If the agent
// may not be deleted, there is a [*CleanupError]: in the result if there is one,
// otherwise in the error. A client.WithResponse among the call options holds the
// response with the log.
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

// OnceAgent runs the prompt of an existing agent with its mentor once, as Once
// does, and returns the log of the run. The agent itself doesn't run, and is not
// changed; its callback_url is not called.
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
	// Deferred, since a client's middleware may panic.
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

// once is a call of Once.
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
// although the call has failed.
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

// deleteUnconfirmed looks for an agent whose creation's response was lost, and deletes
// it. It returns the error of the creation.
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

// findByMarker returns the id of the agent with a marker in its description, or 0.
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

// deleteAgent deletes the agent, even if the context has ended. It tries again if
// the service asks to wait, or fails.
func (o *once) deleteAgent(ctx context.Context, agentID int64) *CleanupError {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var response client.Response // the caller's keeps that of the log
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

// retryAfter returns the wait that the service asks for, or that so many
// failures suggest.
func retryAfter(err error, failures int) time.Duration {
	if failure, ok := errors.AsType[*client.Error](err); ok && failure.RetryAfter > 0 {
		return failure.RetryAfter
	}
	if failure, ok := errors.AsType[*client.HeldBackError](err); ok {
		return failure.RetryIn
	}
	return backoff(time.Second, 30*time.Second, failures)
}
