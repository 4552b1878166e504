package client_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// firing is a client whose sandbox runs every agent as soon as it is created.
func firing(t *testing.T, sb *sandbox.Server, fire func(ctx context.Context, id int64)) *client.Client {
	t.Helper()
	created := make(chan struct{}, 1)
	c, err := client.New(append(sb.ClientOptions(), client.WithPollInterval(time.Millisecond),
		client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			response, err := next(r)
			if err == nil && r.Method == http.MethodPost && response.StatusCode == http.StatusCreated {
				created <- struct{}{}
			}
			return response, err
		}))...)
	require.NoError(t, err)
	go func() {
		for range created {
			agents, err := c.PeriodicAgents.List(t.Context(), nil)
			if err == nil {
				fire(t.Context(), agents.Results[0].ID)
			}
		}
	}()
	t.Cleanup(func() { close(created) })
	return c
}

func TestRunOnce(t *testing.T) {
	t.Parallel()
	sb, plain := newSandbox(t)
	tasks := make(chan client.PeriodicTask, 1)
	c := firing(t, sb, func(ctx context.Context, id int64) {
		agent, err := plain.PeriodicAgents.Get(ctx, id)
		if err != nil {
			return
		}
		tasks <- agent.Task
		_, _ = sb.RunNow(ctx, id, sandbox.Outcome{Log: "Answered."})
	})
	log, err := c.PeriodicAgents.RunOnce(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID,
		Title:  "Now",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{DayOfMonth: "31", MonthOfYear: "2"}, Enabled: new(false)},
	})
	require.NoError(t, err)
	assert.Equal(t, api.StatusSuccess, log.Status)
	assert.Equal(t, "Answered.", log.Content)

	task := <-tasks
	assert.True(t, task.OneOff)
	assert.True(t, task.Enabled)
	assert.Equal(t, client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, task.Crontab)
	page, err := c.PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, page.Results, "the agent is gone")
}

func TestRunOnceRemovesItsAgentWhenItIsCanceled(t *testing.T) {
	t.Parallel()
	sb, plain := newSandbox(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := firing(t, sb, func(context.Context, int64) { cancel() })
	_, err := c.PeriodicAgents.RunOnce(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID,
		Title:  "Never run",
	})
	require.ErrorIs(t, err, context.Canceled)
	page, err := plain.PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, page.Results, "the agent is gone")
}

func TestRunOnceTellsWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	_, c := newSandbox(t)
	_, err := c.PeriodicAgents.RunOnce(t.Context(), &client.PeriodicAgentCreateRequest{Title: "No mentor"})
	require.ErrorIs(t, err, client.ErrValidation)
	_, err = c.PeriodicAgents.RunOnce(t.Context(), nil)
	var fault *client.ArgumentError
	require.ErrorAs(t, err, &fault)
}
