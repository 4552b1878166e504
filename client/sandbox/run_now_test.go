package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestCallbackBytesMatchPython(t *testing.T) {
	t.Parallel()
	var received []byte
	var header http.Header
	receiver := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		received, _ = io.ReadAll(r.Body)
		header = r.Header
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thanks")
	})
	request := withCallback(receiver, "short")
	request.Prompt = new(`Fasse "alles" zusammen: 5 < 6 & 7/8 \`)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request))
	run := runNow(t, server, 1, sandbox.Outcome{Output: "Aufsätze 📚\u2028\n\t\r\b\f\x00\x1f\x7f\xff", Log: "ok", Duration: 4250 * time.Millisecond})

	want := `{"timestamp": "2026-01-05T09:00:04.250000Z", "status": "success", ` +
		`"prompt": "Fasse \"alles\" zusammen: 5 < 6 & 7/8 \\", ` +
		`"agent_output": "Aufs\u00e4tze \ud83d\udcda\u2028\n\t\r\b\f\u0000\u001f\u007f\ufffd", "log": "ok\n\nAufs\u00e4tze \ud83d\udcda\u2028\n\t\r\b\f\u0000\u001f\u007f\ufffd", "log_id": 1}`
	assert.Equal(t, want, string(received))
	signature, err := callback.Sign(received, api.NewSecret("short"))
	require.NoError(t, err)
	assert.Equal(t, signature, header.Get(callback.SignatureHeader))
	assert.Equal(t, "application/json", header.Get("Content-Type"))

	delivery := run.Delivery
	require.NotNil(t, delivery)
	require.NoError(t, delivery.Err)
	assert.Equal(t, receiver, delivery.URL)
	assert.Equal(t, want, string(delivery.Body))
	assert.Equal(t, header.Get(callback.SignatureHeader), delivery.Header.Get(callback.SignatureHeader))
	assert.Equal(t, http.StatusAccepted, delivery.StatusCode)
	assert.Equal(t, "thanks", string(delivery.ResponseBody))
	assert.Equal(t, start, delivery.StartedAt)
	assert.Equal(t, []sandbox.Delivery{*delivery}, deliveriesOf(server))
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	end := client.Time{Time: start.Add(time.Second)}
	for _, test := range []struct {
		outcome sandbox.Outcome
		want    client.PeriodicAgentLog
	}{
		{sandbox.Outcome{}, client.PeriodicAgentLog{Status: "success", Content: "Morning digest finished: success", EndTime: new(client.Time{Time: start})}},
		{sandbox.Outcome{Status: "error", Log: "no\xff"}, client.PeriodicAgentLog{Status: "error", Content: "no\ufffd", EndTime: new(client.Time{Time: start})}},
		{sandbox.Outcome{Status: "running", Log: "x"}, client.PeriodicAgentLog{Status: "running"}},
		{sandbox.Outcome{Status: "success", Log: "x", Duration: time.Second}, client.PeriodicAgentLog{Status: "success", Content: "x", EndTime: &end}},
	} {
		run := runNow(t, server, 1, test.outcome)
		want := test.want
		want.ID, want.PeriodicAgent = run.Log.ID, 1
		want.StartTime, want.CreatedAt, want.ModifiedAt = client.Time{Time: start}, client.Time{Time: start}, client.Time{Time: start}
		if want.EndTime != nil {
			want.ModifiedAt = *want.EndTime
		}
		assert.Equal(t, &want, run.Log)
		assert.Nil(t, run.Delivery)
		stored, err := newClient(t, server).PeriodicAgentLogs.Get(t.Context(), run.Log.ID)
		require.NoError(t, err)
		assert.Equal(t, run.Log, stored)
	}
	assert.Empty(t, deliveriesOf(server))
}

func TestRunNowErrors(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	ctx := t.Context()
	_, err := server.RunNow(ctx, 2, sandbox.Outcome{})
	unknown := &sandbox.UnknownAgentError{}
	require.ErrorAs(t, err, &unknown)
	assert.EqualValues(t, 2, unknown.ID)
	require.EqualError(t, err, "sandbox: there is no periodic agent 2")

	_, err = server.RunNow(ctx, 1, sandbox.Outcome{Status: "pending"})
	require.EqualError(t, err, `ibl.ai: outcome.Status is "pending", but must be success, error or running`)
	_, err = server.RunNow(ctx, 1, sandbox.Outcome{Duration: -1})
	require.EqualError(t, err, "ibl.ai: outcome.Duration is -1ns, but must not be negative")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = server.RunNow(canceled, 1, sandbox.Outcome{})
	require.ErrorIs(t, err, context.Canceled)
	server.Close()
	_, err = server.RunNow(ctx, 1, sandbox.Outcome{})
	require.ErrorIs(t, err, sandbox.ErrClosed)
}

func TestOneOffAgentIsDisabledAfterRun(t *testing.T) {
	t.Parallel()
	request := digest()
	request.Task.OneOff = new(true)
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", request), sandbox.WithPeriodicAgent("acme", digest()))
	runNow(t, server, 1, sandbox.Outcome{Status: api.StatusRunning})
	assert.Equal(t, true, get(t, server, "periodic-agents/1/").fields(t)["enabled"])
	runNow(t, server, 1, sandbox.Outcome{})
	runNow(t, server, 2, sandbox.Outcome{})
	assert.Equal(t, "2", ids(t, get(t, server, "periodic-agents/?enabled=true")))
	runNow(t, server, 1, sandbox.Outcome{}) // runs although it is disabled
}
