package sandbox_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// TestStory creates an agent, runs it, receives and verifies its signed callback,
// and reads its log and the statistics.
func TestStory(t *testing.T) {
	t.Parallel()
	const secret = "a-long-random-secret"
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	require.NoError(t, err)
	events := make(chan *callback.Event, 1)
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		events <- event
		return nil
	})
	require.NoError(t, err)
	receiver := newReceiver(t, handler.ServeHTTP)
	server := newServer(t)
	c, ctx := newClient(t, server), t.Context()

	mentors, err := c.Mentors.List(ctx, nil)
	require.NoError(t, err)
	require.Len(t, mentors.Results, 1)
	request := digest()
	request.Mentor = mentors.Results[0].UniqueID
	request.Prompt = new("Fasse zusammen.")
	request.CallbackURL, request.CallbackSecret = &receiver, new(api.NewSecret(secret))
	created, err := c.PeriodicAgents.Create(ctx, &request)
	require.NoError(t, err)
	assert.Equal(t, request.Mentor, created.Mentor.UniqueID)

	run, err := server.RunNow(ctx, created.ID, sandbox.Outcome{Output: "Zwei Aufsätze 📚", Log: "Read.\nAnswered."})
	require.NoError(t, err)
	require.NotNil(t, run.Delivery)
	require.NoError(t, run.Delivery.Err)
	event := <-events
	assert.Equal(t, api.StatusSuccess, event.Status)
	assert.Equal(t, "Fasse zusammen.", event.Prompt)
	assert.Equal(t, "Zwei Aufsätze 📚", event.AgentOutput)
	assert.Equal(t, "Read.\nAnswered.\n\nZwei Aufsätze 📚", event.Log)
	assert.Equal(t, run.Log.ID, event.LogID)
	assert.WithinDuration(t, run.Log.EndTime.Time, event.Timestamp, 0)

	log, err := c.PeriodicAgentLogs.Get(ctx, event.LogID)
	require.NoError(t, err)
	assert.Equal(t, run.Log, log)
	statistics, err := c.PeriodicAgents.Statistics(ctx, nil)
	require.NoError(t, err)
	assert.Equal(t, &client.PeriodicAgentStatistics{TotalTasks: 1, SucceededTasks: 1}, statistics)

	updated, err := c.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false), Crontab: &client.CrontabSchedule{Hour: "9"}},
	})
	require.NoError(t, err)
	assert.False(t, updated.Enabled)
	assert.Equal(t, client.CrontabSchedule{Minute: "0", Hour: "9", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, updated.Task.Crontab)

	_, err = c.PinnedMessages.Create(ctx, session)
	require.NoError(t, err)
	pins, err := c.PinnedMessages.List(ctx, session)
	require.NoError(t, err)
	require.Len(t, pins.Results, 1)
	assert.Equal(t, mentors.Results[0].UniqueID, pins.Results[0].Mentor.UniqueID)
	require.NoError(t, c.PinnedMessages.Delete(ctx, session))

	require.NoError(t, c.PeriodicAgents.Delete(ctx, created.ID))
	_, err = c.PeriodicAgents.Get(ctx, created.ID)
	refusal := &client.Error{}
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, http.StatusNotFound, refusal.StatusCode)
	assert.Equal(t, "No PeriodicAgent matches the given query.", refusal.Message)
}
