package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// A streamEvent is an event as a client receives it.
type streamEvent struct {
	id, kind string
	data     map[string]any
}

// watchEvents returns the events of a server until the stream ends. Headers
// alternate between names and values.
func watchEvents(t testing.TB, s *server, headers ...string) <-chan streamEvent {
	t.Helper()
	return watchEventsAt(t, s, "/_sandbox/events", headers...)
}

func watchEventsAt(t testing.TB, s *server, path string, headers ...string) <-chan streamEvent {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	received, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, received.StatusCode)
	assert.Equal(t, "text/event-stream", received.Header.Get("Content-Type"))
	assert.Equal(t, "no-store", received.Header.Get("Cache-Control"))
	assert.Equal(t, "no", received.Header.Get("X-Accel-Buffering"))
	events := make(chan streamEvent, 20_000)
	go func() {
		defer close(events)
		defer received.Body.Close()
		readEvents(t, bufio.NewScanner(received.Body), events)
	}()
	return events
}

func readEvents(t testing.TB, lines *bufio.Scanner, events chan<- streamEvent) {
	t.Helper()
	var read streamEvent
	for lines.Scan() {
		switch name, text, _ := strings.Cut(lines.Text(), ":"); name {
		case "id":
			read.id = strings.TrimSpace(text)
		case "event":
			read.kind = strings.TrimSpace(text)
		case "data":
			if json.Unmarshal([]byte(text), &read.data) != nil {
				return // the test ended before the event was complete
			}
		case "":
			if read.kind != "" {
				events <- read
			}
			read = streamEvent{}
		}
	}
}

// nextEvent returns the next event of a kind, and skips other events.
func nextEvent(t testing.TB, events <-chan streamEvent, kind string) streamEvent {
	t.Helper()
	for e := range events {
		if e.kind == kind {
			return e
		}
	}
	require.Fail(t, "the stream has ended", "without an event %s", kind)
	return streamEvent{}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := start(t)
	boot := get[statusBody](t, s, "/_sandbox/status").Boot
	events := watchEvents(t, s)
	hello := <-events
	assert.Equal(t, streamEvent{boot + "-0", "hello", map[string]any{"now": monday, "speed": 0.0, "boot": boot}}, hello)

	c := s.newClient(t)
	_, err := c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{Title: new("Renamed")})
	require.NoError(t, err)
	changed := nextEvent(t, events, "agent")
	assert.Equal(t, map[string]any{"org": "acme", "agent_id": 1.0, "at": monday}, changed.data)

	log := send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"status": "error"}`).Log
	assert.EqualValues(t, log.ID, nextEvent(t, events, "run_started").data["log_id"])
	assert.Equal(t, "error", nextEvent(t, events, "run_finished").data["status"])
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "6m"}`)
	assert.EqualValues(t, 2, nextEvent(t, events, "delivery").data["agent_id"])
	nextEvent(t, events, "clock")
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.EqualValues(t, 1, nextEvent(t, events, "agent_deleted").data["agent_id"])
	nextEvent(t, events, "request")

	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, map[string]any{"at": monday}, nextEvent(t, events, "replaced").data)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{}`)
	last := nextEvent(t, events, "run_started")
	assert.NotEqual(t, "1", last.id)

	s.stop()
	for range events { // the stream ends with the server
	}
}

// A client that reconnects gets the events that it has missed, or lost.
func TestResumedStream(t *testing.T) {
	t.Parallel()
	s := start(t)
	events := watchEvents(t, s)
	<-events
	run := func() { send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"status": "error"}`) }
	run()
	last := nextEvent(t, events, "run_started")
	run()

	resumed := watchEvents(t, s, "Last-Event-ID", last.id)
	assert.Equal(t, "hello", (<-resumed).kind)
	assert.EqualValues(t, 1, nextEvent(t, resumed, "run_finished").data["log_id"])
	assert.EqualValues(t, 2, nextEvent(t, resumed, "run_finished").data["log_id"])
	for range maxFeedEvents {
		run()
	}
	for _, id := range []string{last.id, "another-1", "nonsense", strings.Split(last.id, "-")[0] + "-999999"} {
		lost := watchEvents(t, s, "Last-Event-ID", id)
		assert.Equal(t, "hello", (<-lost).kind)
		assert.Equal(t, "lost", (<-lost).kind, id)
	}
}

// With an interval, events of the same kind are coalesced.
func TestCoalescedEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var written lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		s, ended := startStreamAt(ctx, t, &fakeWriter{write: written.Write}, "/_sandbox/events?interval=1s")
		synctest.Wait()
		for range 50 {
			_, err := s.Sandbox().RunNow(t.Context(), 1, sandbox.Outcome{Status: api.StatusError})
			require.NoError(t, err)
		}
		synctest.Wait()
		assert.Equal(t, 1, strings.Count(written.String(), "event: "), "only hello is sent immediately")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		assert.Equal(t, 1, strings.Count(written.String(), "event: run_started"))
		assert.Equal(t, 1, strings.Count(written.String(), "event: run_finished"))
		assert.Contains(t, written.String(), `"log_id":50,"status":"error","count":50`)
		assert.NotContains(t, written.String(), "event: lost")
		cancel()
		<-ended
		s.Close()
	})
}

func TestHeadOfEventsEnds(t *testing.T) {
	t.Parallel()
	a := start(t).do(t, http.MethodHead, "/_sandbox/events", "")
	assert.Equal(t, "text/event-stream", a.header.Get("Content-Type"))
	for _, interval := range []string{"", "x", "-1s", "61s"} {
		a := start(t).do(t, http.MethodGet, "/_sandbox/events?interval="+interval, "")
		assert.Equal(t, http.StatusBadRequest, a.status, interval)
		assert.Contains(t, a.reason(t), "interval must be a duration from 0s to 1m0s", interval)
	}
}

// A fakeWriter simulates the connection to a client.
type fakeWriter struct {
	http.ResponseWriter

	header http.Header
	write  func(text []byte) (int, error)
	flush  func() error
}

func (w *fakeWriter) Header() http.Header                { return w.header }
func (w *fakeWriter) Write(text []byte) (int, error)     { return w.write(text) }
func (w *fakeWriter) FlushError() error                  { return w.flush() }
func (w *fakeWriter) SetWriteDeadline(_ time.Time) error { return nil }

// startStream streams events to a writer until ctx is done. The channel is
// closed when the stream has ended.
func startStream(ctx context.Context, t *testing.T, w *fakeWriter) (*Server, <-chan struct{}) {
	t.Helper()
	return startStreamAt(ctx, t, w, "/_sandbox/events")
}

func startStreamAt(ctx context.Context, t *testing.T, w *fakeWriter, path string) (*Server, <-chan struct{}) {
	t.Helper()
	w.header = http.Header{}
	if w.flush == nil {
		w.flush = func() error { return nil }
	}
	initial, err := seed.Default()
	require.NoError(t, err)
	initial.Speed = 0
	s, err := New(Options{Seed: initial})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, path, http.NoBody)
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.streamEvents(w, request)
	}()
	return s, done
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var written lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		s, ended := startStream(ctx, t, &fakeWriter{write: written.Write})
		time.Sleep(46 * time.Second)
		synctest.Wait()
		assert.True(t, strings.HasSuffix(written.String(), "}\n\n:\n\n:\n\n:\n\n"), written.String())
		cancel()
		<-ended
		s.Close()
	})
}

func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, ended := startStream(t.Context(), t, &fakeWriter{write: new(bytes.Buffer).Write})
		synctest.Wait()
		s.Close()
		<-ended
		require.ErrorIs(t, s.reset(t.Context()), errStopping)
	})
}

// The stream ends when a write to a disconnected client fails.
func TestStreamEndsWithItsClient(t *testing.T) {
	t.Parallel()
	errDisconnected := errors.New("disconnected")
	for name, w := range map[string]*fakeWriter{
		"write": {write: func([]byte) (int, error) { return 0, errDisconnected }},
		"flush": {write: new(bytes.Buffer).Write, flush: func() error { return errDisconnected }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, ended := startStream(t.Context(), t, w)
				<-ended
				s.Close()
			})
		})
	}
	for name, trigger := range map[string]func(s *Server){
		"event":     func(s *Server) { _ = s.Sandbox().SetClockSpeed(1) },
		"heartbeat": func(*Server) { time.Sleep(heartbeatInterval) },
		"replaced":  func(s *Server) { _ = s.reset(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				s, ended := startStream(t.Context(), t, &fakeWriter{write: func(text []byte) (int, error) {
					if sent++; sent > 1 {
						return 0, errDisconnected
					}
					return len(text), nil
				}})
				synctest.Wait()
				trigger(s)
				<-ended
				s.Close()
			})
		})
	}
}

// A slow client gets lost instead of the events that it missed, and blocks
// nothing.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := make(chan struct{})
		var written lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		s, ended := startStream(ctx, t, &fakeWriter{write: func(text []byte) (int, error) {
			if strings.Contains(string(text), "event: run_started") {
				<-slow
			}
			return written.Write(text)
		}})
		synctest.Wait()
		for i := range 5000 {
			_, err := s.Sandbox().RunNow(t.Context(), 1, sandbox.Outcome{})
			require.NoError(t, err)
			if i == 0 {
				synctest.Wait() // until the stream waits for the client
			}
		}
		synctest.Wait() // until all events are in the feed
		close(slow)
		synctest.Wait()
		assert.Contains(t, written.String(), "event: lost\n")
		cancel()
		<-ended
		s.Close()
	})
}
