package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// pager is an HTTP transport that collects messages, and refuses the first ones.
type pager struct {
	mu       sync.Mutex
	failures int
	messages []message
}

func (p *pager) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	recorder := httptest.NewRecorder()
	var m message
	switch {
	case p.failures > 0:
		p.failures--
		recorder.WriteHeader(http.StatusServiceUnavailable)
	case json.NewDecoder(r.Body).Decode(&m) != nil:
		recorder.WriteHeader(http.StatusBadRequest)
	default:
		p.messages = append(p.messages, m)
	}
	return recorder.Result(), nil
}

func (p *pager) keys() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var keys []string
	for _, m := range p.messages {
		keys = append(keys, m.Key+" "+string(m.Alarm.Resolution))
	}
	return keys
}

// The scheduler stops. The webhook hears of it, though it fails at first, and
// hears when the agent runs again.
func TestWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		monday := time.Date(1999, 3, 1, 7, 0, 0, 0, time.UTC)
		sb, err := sandbox.New(sandbox.WithFrozenClock(monday), sandbox.WithPeriodicAgent("acme", client.PeriodicAgentCreateRequest{
			Title: "Digest", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
		}))
		require.NoError(t, err)
		defer sb.Close()
		c, err := client.New(sb.ClientOptions()...)
		require.NoError(t, err)
		hook, err := newWebhook("https://hooks.example.com/alarms?token=secret")
		require.NoError(t, err)
		receiver := &pager{failures: 2 * attempts}
		hook.client.Transport = receiver

		ctx, cancel := context.WithCancel(t.Context())
		returned := make(chan error, 1)
		go func() { returned <- watch(ctx, c, hook, filepath.Join(t.TempDir(), "alarms")) }()
		advance := func(d time.Duration) {
			for ; d > 0; d -= 5 * time.Minute {
				_, err := sb.Advance(t.Context(), 5*time.Minute)
				require.NoError(t, err)
				time.Sleep(time.Minute)
				synctest.Wait()
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		sb.StopScheduler()
		advance(90 * time.Minute)
		assert.Equal(t, []string{"missed/1/1999-03-01T08:00:00Z "}, receiver.keys())
		sb.StartScheduler()
		advance(30 * time.Minute)
		assert.Equal(t, []string{"missed/1/1999-03-01T08:00:00Z ", "missed/1/1999-03-01T08:00:00Z run"}, receiver.keys())
		assert.Contains(t, receiver.messages[0].Text, "agent 1 (\"Digest\") was due at 1999-03-01T08:00:00Z")
		cancel()
		require.ErrorIs(t, <-returned, context.Canceled)
	})
}

// An address that isn't a URL is refused, and is not part of the error.
func TestAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "secret", "ftp://secret", "https:///secret", "://secret"} {
		_, err := newWebhook(address)
		require.Error(t, err, address)
		assert.NotContains(t, err.Error(), "secret")
	}
}

// A response that a retry can't change ends the attempts.
func TestRefused(t *testing.T) {
	t.Parallel()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	hook, err := newWebhook(server.URL)
	require.NoError(t, err)
	require.EqualError(t, hook.deliver(t.Context(), []byte("{}")), "the webhook responded with 404 Not Found")
	assert.Equal(t, 1, requests)
}
