package callback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// A panic of the function is a failure: 500, reported with its stack, and the
// event is handled when it is delivered again.
func TestPanicOfTheFunction(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	var seen observed
	calls := 0
	h := newHandler(t, func(context.Context, *callback.Event) error {
		if calls++; calls == 1 {
			panic("a mistake")
		}
		return nil
	}, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)), callback.WithObserver(seen.observe),
		callback.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	assert.Equal(t, http.StatusInternalServerError, serve(h, newRequest(t, event4711)).StatusCode)
	require.Len(t, seen.outcomes, 1)
	outcome := seen.outcomes[0]
	assert.Equal(t, http.StatusInternalServerError, outcome.StatusCode)
	assert.EqualValues(t, 4711, outcome.LogID)
	require.ErrorIs(t, outcome.Err, callback.ErrPanicked)
	assert.EqualError(t, outcome.Err, "callback: the function panicked: a mistake")
	panicked, ok := errors.AsType[*callback.PanicError](outcome.Err)
	require.True(t, ok)
	assert.Equal(t, "a mistake", panicked.Value)
	assert.Contains(t, string(panicked.Stack), "TestPanicOfTheFunction")
	assert.Contains(t, log.String(), "TestPanicOfTheFunction")

	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
	assert.Equal(t, 2, calls)
}

// panicking is a store that panics in the named call.
type panicking struct{ call string }

func (s panicking) panicIn(call string) error {
	if call == s.call {
		panic("store: " + call)
	}
	return nil
}

func (s panicking) Claim(context.Context, string, string) error   { return s.panicIn("claim") }
func (s panicking) Done(context.Context, string) error            { return s.panicIn("done") }
func (s panicking) Release(context.Context, string, string) error { return s.panicIn("release") }

func TestPanicOfTheStore(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]int{"claim": 503, "done": 204, "release": 500} {
		h := newReceiver(t, callback.WithDeduplication(panicking{call}))
		if call == "release" {
			h.err = errors.New("disk full")
		}
		assert.Equal(t, want, serve(h, newRequest(t, event4711)).StatusCode)
		outcome := h.last(t)
		assert.ErrorContains(t, outcome.Err, fmt.Sprintf("callback: store: %[1]s 4711: panic: store: %[1]s", call))
		assert.NotErrorIs(t, outcome.Err, callback.ErrPanicked)
	}
}

// A panic of one observer keeps neither the response nor the other observers from
// getting the outcome.
func TestPanicOfAnObserver(t *testing.T) { //nolint:paralleltest // sets slog's default
	before := slog.Default()
	t.Cleanup(func() { slog.SetDefault(before) })
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), panickingLog{slog.DiscardHandler}} {
		slog.SetDefault(slog.New(handler))
		var seen observed
		h := newHandler(t, func(context.Context, *callback.Event) error { return nil },
			callback.WithObserver(func(context.Context, callback.Outcome) { panic("a mistake") }),
			callback.WithObserver(seen.observe))
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
		assert.Len(t, seen.outcomes, 1)
	}
	assert.Contains(t, log.String(), `msg="callback observer panicked" panic="a mistake"`)
}

// panickingLog is a log that panics.
type panickingLog struct{ slog.Handler }

func (panickingLog) Enabled(context.Context, slog.Level) bool { panic("no log") }
