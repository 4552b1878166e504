package main

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
	"github.com/iblai/iblai-go/client/sandbox"
)

// An event is one of a stream's.
type event struct {
	id, kind string
	data     map[string]any
}

// watch reads the events of a server, until the stream ends.
func watch(t testing.TB, s *server) <-chan event {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/_sandbox/events", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, "text/event-stream", response.Header.Get("Content-Type"))
	assert.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	events := make(chan event, 1000)
	go func() {
		defer close(events)
		defer response.Body.Close()
		readEvents(t, bufio.NewScanner(response.Body), events)
	}()
	return events
}

func readEvents(t testing.TB, lines *bufio.Scanner, events chan<- event) {
	t.Helper()
	var read event
	for lines.Scan() {
		switch name, text, _ := strings.Cut(lines.Text(), ":"); name {
		case "id":
			read.id = strings.TrimSpace(text)
		case "event":
			read.kind = strings.TrimSpace(text)
		case "data":
			assert.NoError(t, json.Unmarshal([]byte(text), &read.data))
		case "":
			if read.kind != "" {
				events <- read
			}
			read = event{}
		}
	}
}

// next is the next event of a kind, those between skipped.
func next(t testing.TB, events <-chan event, kind string) event {
	t.Helper()
	for e := range events {
		if e.kind == kind {
			return e
		}
	}
	require.Fail(t, "the stream has ended", "there was no %s", kind)
	return event{}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := start(t)
	boot := get[statusBody](t, s, "/_sandbox/status").Boot
	events := watch(t, s)
	hello := <-events
	assert.Equal(t, event{"1", "hello", map[string]any{"now": monday, "speed": 0.0, "boot": boot}}, hello)

	c := s.newClient(t)
	_, err := c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{Title: new("Renamed")})
	require.NoError(t, err)
	changed := next(t, events, "agent")
	assert.Equal(t, map[string]any{"org": "acme", "agent_id": 1.0, "at": monday}, changed.data)

	log := send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{"status": "error"}`).Log
	assert.EqualValues(t, log.ID, next(t, events, "run_started").data["log_id"])
	assert.Equal(t, "error", next(t, events, "run_finished").data["status"])
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "6m"}`)
	assert.EqualValues(t, 2, next(t, events, "delivery").data["agent_id"])
	next(t, events, "clock")
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.EqualValues(t, 1, next(t, events, "agent_deleted").data["agent_id"])
	next(t, events, "request")

	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, map[string]any{"at": monday}, next(t, events, "replaced").data)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/1/fire", `{}`)
	last := next(t, events, "run_started")
	assert.NotEqual(t, "1", last.id)

	require.NoError(t, s.stop())
	for range events { // ends with the program
	}
}

func TestHeadOfEventsEnds(t *testing.T) {
	t.Parallel()
	a := start(t).ask(t, http.MethodHead, "/_sandbox/events", "")
	assert.Equal(t, "text/event-stream", a.header.Get("Content-Type"))
}

// A fakeWriter is a client that takes what it is told to take.
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

// streaming has a program stream to a writer, until the context ends.
func streaming(ctx context.Context, t *testing.T, w *fakeWriter) (*program, <-chan struct{}) {
	t.Helper()
	w.header = http.Header{}
	if w.flush == nil {
		w.flush = func() error { return nil }
	}
	r, err := readSeed(fileSource("default.yaml"), defaultSeed, formatYAML)
	require.NoError(t, err)
	r.seed.speed = 0
	sb, err := r.build(nil)
	require.NoError(t, err)
	p := &program{platform: newPlatform(r.seed, sb)}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/_sandbox/events", http.NoBody)
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.stream(w, request)
	}()
	return p, done
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var written lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		p, ended := streaming(ctx, t, &fakeWriter{write: written.Write})
		time.Sleep(46 * time.Second)
		synctest.Wait()
		assert.True(t, strings.HasSuffix(written.String(), "}\n\n:\n\n:\n\n:\n\n"), written.String())
		cancel()
		<-ended
		p.close()
	})
}

func TestStreamEndsWithTheProgram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, ended := streaming(t.Context(), t, &fakeWriter{write: new(bytes.Buffer).Write})
		synctest.Wait()
		p.close()
		<-ended
		require.ErrorIs(t, p.reset(), errStopping)
	})
}

// A client that is gone is noticed when something is sent to it.
func TestStreamEndsWithItsClient(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	for name, w := range map[string]*fakeWriter{
		"write": {write: func([]byte) (int, error) { return 0, gone }},
		"flush": {write: new(bytes.Buffer).Write, flush: func() error { return gone }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, ended := streaming(t.Context(), t, w)
				<-ended
				p.close()
			})
		})
	}
	for name, happen := range map[string]func(p *program){
		"event":     func(p *program) { _ = p.current.Load().SetClockSpeed(1) },
		"heartbeat": func(*program) { time.Sleep(heartbeat) },
		"replaced":  func(p *program) { _ = p.reset() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				p, ended := streaming(t.Context(), t, &fakeWriter{write: func(text []byte) (int, error) {
					if sent++; sent > 1 {
						return 0, gone
					}
					return len(text), nil
				}})
				synctest.Wait()
				happen(p)
				<-ended
				p.close()
			})
		})
	}
}

// A client that is slow is told that it has missed something, and keeps nobody
// waiting.
func TestSlowClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := make(chan struct{})
		var written lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		p, ended := streaming(ctx, t, &fakeWriter{write: func(text []byte) (int, error) {
			if strings.Contains(string(text), "event: run_started") {
				<-slow
			}
			return written.Write(text)
		}})
		synctest.Wait()
		for range 5000 {
			_, err := p.current.Load().RunNow(t.Context(), 1, sandbox.Outcome{})
			require.NoError(t, err)
		}
		close(slow)
		synctest.Wait()
		assert.Contains(t, written.String(), "event: lost\n")
		cancel()
		<-ended
		p.close()
	})
}
