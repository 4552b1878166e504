package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// logged is a logger for tests: a line is a JSON object.
type logged struct{ bytes.Buffer }

func (l *logged) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: level}))
}

// lines returns the lines since the last call, without times and durations.
func (l *logged) lines(t testing.TB) []map[string]any {
	t.Helper()
	lines := []map[string]any{}
	for decoder := json.NewDecoder(&l.Buffer); ; {
		var line map[string]any
		err := decoder.Decode(&line)
		if err == io.EOF {
			l.Reset()
			return lines
		}
		require.NoError(t, err)
		delete(line, slog.TimeKey)
		lines = append(lines, line)
	}
}

// captureDefault makes l the default logger during a test that isn't parallel.
func (l *logged) captureDefault(t *testing.T, level slog.Level) {
	t.Helper()
	logger, writer, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(l.logger(level))
	t.Cleanup(func() {
		slog.SetDefault(logger)
		log.SetOutput(writer) // which SetDefault has changed
		log.SetFlags(flags)
	})
}

func forged(t testing.TB) *http.Request {
	t.Helper()
	r := newRequest(t, event4711)
	r.Header.Set(callback.SignatureHeader, sign(t, []byte(event4711), api.NewSecret("the secret of a forger")))
	return r
}

// Every outcome is logged at its level, as one line with the reason.
func TestLogging(t *testing.T) {
	t.Parallel()
	down, failed := errors.New("redis: connection refused"), errors.New("disk full")
	const size = float64(len(event4711))
	for name, test := range map[string]struct {
		store  *scripted
		err    error
		change func(*http.Request)
		want   map[string]any
	}{
		"handled": {nil, nil, nil, map[string]any{"level": "DEBUG", "msg": "callback received", "status_code": 204.0}},
		"duplicate": {&scripted{claim: callback.ErrDuplicate}, nil, nil, map[string]any{
			"level": "DEBUG", "msg": "callback received", "status_code": 204.0, "error": callback.ErrDuplicate.Error(),
		}},
		"in progress": {&scripted{claim: callback.ErrInProgress}, nil, nil, map[string]any{
			"level": "DEBUG", "msg": "callback received", "status_code": 503.0, "error": callback.ErrInProgress.Error(),
		}},
		"function": {nil, failed, nil, map[string]any{"level": "ERROR", "msg": "callback failed", "status_code": 500.0, "error": "disk full"}},
		"function with a duplicate": {nil, callback.ErrDuplicate, nil, map[string]any{
			"level": "ERROR", "msg": "callback failed", "status_code": 500.0, "error": callback.ErrDuplicate.Error(),
		}},
		"function in progress": {nil, callback.ErrInProgress, nil, map[string]any{
			"level": "ERROR", "msg": "callback failed", "status_code": 500.0, "error": callback.ErrInProgress.Error(),
		}},
		"claim": {&scripted{claim: down}, nil, nil, map[string]any{
			"level": "ERROR", "msg": "callback failed", "status_code": 503.0, "error": "callback: store: claim 4711: redis: connection refused",
		}},
		"done": {&scripted{done: down}, nil, nil, map[string]any{
			"level": "ERROR", "msg": "callback failed", "status_code": 204.0, "error": "callback: store: done 4711: redis: connection refused",
		}},
		"release": {&scripted{release: down}, failed, nil, map[string]any{
			"level": "ERROR", "msg": "callback failed", "status_code": 500.0,
			"error": "disk full\ncallback: store: release 4711: redis: connection refused",
		}},
		"old": {nil, nil, func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0; signed(t, r, `{"log_id": 5}`) }, map[string]any{
			"level": "WARN", "msg": "callback refused", "status_code": 400.0, "body_bytes": 13.0, "log_id": 5.0, "status": nil,
			"error": callback.ErrNoTimestamp.Error(),
		}},
		"forged": {nil, nil, func(r *http.Request) { r.Header = forged(t).Header }, map[string]any{
			"level": "WARN", "msg": "callback refused", "status_code": 401.0, "log_id": nil, "status": nil, "error": callback.ErrSignatureMismatch.Error(),
		}},
		"method": {nil, nil, func(r *http.Request) { r.Method = http.MethodGet }, map[string]any{
			"level": "WARN", "msg": "callback refused", "status_code": 405.0, "body_bytes": 0.0, "log_id": nil, "status": nil,
			"error": callback.ErrMethodNotAllowed.Error(),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out logged
			opts := []callback.Option{
				callback.WithLogger(out.logger(slog.LevelDebug)), callback.WithMaxAge(time.Hour), callback.WithClock(func() time.Time { return at }),
			}
			if test.store != nil {
				opts = append(opts, callback.WithDeduplication(test.store))
			}
			h := newHandler(t, func(context.Context, *callback.Event) error { return test.err }, opts...)
			r := newRequest(t, event4711)
			if test.change != nil {
				test.change(r)
			}
			serve(h, r)

			want := map[string]any{"body_bytes": size, "log_id": 4711.0, "status": "success"}
			for key, value := range test.want {
				want[key] = value
				if value == nil {
					delete(want, key)
				}
			}
			lines := out.lines(t)
			require.Len(t, lines, 1)
			assert.Positive(t, lines[0]["duration"])
			delete(lines[0], "duration")
			assert.Equal(t, want, lines[0])
		})
	}
}

// signed gives a request another body and its signature.
func signed(t testing.TB, r *http.Request, body string) {
	t.Helper()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	r.Header.Set(callback.SignatureHeader, sign(t, []byte(body), secret))
}

func TestPanicIsLogged(t *testing.T) {
	t.Parallel()
	var out logged
	h := newHandler(t, func(context.Context, *callback.Event) error { panic("a mistake") }, callback.WithLogger(out.logger(slog.LevelDebug)))
	assert.Equal(t, http.StatusInternalServerError, serve(h, newRequest(t, event4711)).StatusCode)
	lines := out.lines(t)
	require.Len(t, lines, 1)
	assert.Equal(t, "ERROR", lines[0]["level"])
	assert.InDelta(t, 500, lines[0]["status_code"], 0)
	assert.Equal(t, "callback: the function panicked: a mistake", lines[0]["error"])
}

// Without an observer and a logger, refusals and failures go to slog.Default, as
// it is when they happen.
func TestLoggingToDefault(t *testing.T) { //nolint:paralleltest // it sets the default logger
	failing := false
	h := newHandler(t, func(context.Context, *callback.Event) error {
		if failing {
			return errors.New("disk full")
		}
		return nil
	})
	var out logged
	out.captureDefault(t, slog.LevelInfo)
	serve(h, newRequest(t, event4711))
	assert.Empty(t, out.lines(t), "nobody wants to read of successes")
	serve(h, forged(t))
	failing = true
	serve(h, newRequest(t, event4711))
	lines := out.lines(t)
	require.Len(t, lines, 2)
	assert.Equal(t, callback.ErrSignatureMismatch.Error(), lines[0]["error"])
	assert.Equal(t, "WARN", lines[0]["level"])
	assert.Equal(t, "disk full", lines[1]["error"])
	assert.Equal(t, "ERROR", lines[1]["level"])

	for name, zero := range map[string]http.Handler{"zero": new(callback.Handler), "nil": (*callback.Handler)(nil)} {
		resp := serve(zero, newRequest(t, event4711))
		assert.Equal(t, http.StatusInternalServerError, resp.StatusCode, name)
		assert.Equal(t, "Internal Server Error", text(t, resp))
		lines = out.lines(t)
		require.Len(t, lines, 1)
		assert.Equal(t, "ERROR", lines[0]["level"])
		assert.Equal(t, callback.ErrNoSecret.Error(), lines[0]["error"])
	}
}

// Observers and loggers add up, and each of them replaces the default.
func TestObserversAndLoggersAddUp(t *testing.T) { //nolint:paralleltest // it sets the default logger
	var standard, first, second logged
	standard.captureDefault(t, slog.LevelDebug)
	observed := make([]int, 2)
	observe := func(i int) callback.Option {
		return callback.WithObserver(func(_ context.Context, o callback.Outcome) {
			observed[i]++
			assert.Equal(t, http.StatusUnauthorized, o.StatusCode)
		})
	}
	logTo := func(l *logged) callback.Option { return callback.WithLogger(l.logger(slog.LevelInfo)) }
	for i, opts := range [][]callback.Option{
		{observe(0)}, {logTo(&first)}, {observe(0), observe(1), logTo(&first), logTo(&second)}, {callback.WithLogger(slog.New(slog.DiscardHandler))},
	} {
		serve(newHandler(t, ignore, opts...), forged(t))
		assert.Empty(t, standard.lines(t))
		assert.Equal(t, [][]int{{1, 0}, {1, 0}, {2, 1}, {2, 1}}[i], observed)
		assert.Len(t, first.lines(t), []int{0, 1, 1, 0}[i])
		assert.Len(t, second.lines(t), []int{0, 0, 1, 0}[i])
	}
}

// An observer that logs the outcome writes the same fields as a group.
func TestOutcomeAsValue(t *testing.T) {
	t.Parallel()
	var out logged
	outcome := callback.Outcome{
		StatusCode: 500, Duration: time.Second, BodyBytes: 12, LogID: 4711, Status: api.StatusError, Err: errors.New("disk full"),
	}
	logger := out.logger(slog.LevelInfo)
	logger.Info("full", "outcome", outcome)
	logger.Info("zero", "outcome", callback.Outcome{})
	lines := out.lines(t)
	require.Len(t, lines, 2)
	assert.Equal(t, map[string]any{
		"status_code": 500.0, "duration": 1e9, "body_bytes": 12.0, "log_id": 4711.0, "status": "error", "error": "disk full",
	}, lines[0]["outcome"])
	assert.Equal(t, map[string]any{"status_code": 0.0, "duration": 0.0, "body_bytes": 0.0}, lines[1]["outcome"])
}

// A flood of requests of strangers leaves short lines that show nothing of what
// they sent.
func TestLinesOfForgeriesAreShort(t *testing.T) {
	t.Parallel()
	const sent = "what a stranger has sent"
	long := strings.Repeat(sent+" ", 10_000)
	header := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(callback.SignatureHeader, value) }
	}
	for name, change := range map[string]func(*http.Request){
		"method":         func(r *http.Request) { r.Method = long },
		"no header":      func(r *http.Request) { r.Header.Del(callback.SignatureHeader) },
		"header":         header("sha256=" + long),
		"many headers":   func(r *http.Request) { r.Header[callback.SignatureHeader] = strings.Split(long, " ") },
		"other secret":   header(sign(t, []byte(event4711), api.NewSecret(sent))),
		"other body":     func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(long)) },
		"long body":      func(r *http.Request) { r.ContentLength = 1 << 50 },
		"URL and header": func(r *http.Request) { r.URL.Path = long; r.Header.Set("X-Request-Id", long); header("none")(r) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			h := newHandler(t, ignore, callback.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
			r := newRequest(t, event4711)
			change(r)
			serve(h, r)
			line := out.String()
			assert.Equal(t, 1, strings.Count(line, "\n"))
			assert.Less(t, len(line), 360, line)
			assert.NotContains(t, line, "stranger")
			assert.NotContains(t, line, secret.Reveal())
			if signature := r.Header.Get(callback.SignatureHeader); signature != "" && signature != "none" {
				assert.NotContains(t, line, strings.TrimPrefix(signature, "sha256="))
			}
		})
	}
}

// The reason of a malformed payload has no name and no value of it.
func TestReasonOfAMalformedPayload(t *testing.T) {
	t.Parallel()
	for body, reason := range map[string]string{
		`{"private": {"private": nope}}`:     "the body is not JSON after byte 24",
		`{"private": ["private"`:             "the body ends too early",
		`["private"]`:                        "the body is an array instead of an object",
		`{"private": "` + "\n" + `private"}`: "the body is not JSON after byte 13",
		`{"log": "private"} "private"`:       "the body is not JSON after byte 19",
		`{"log": nope}`:                      "log is not JSON after byte 8",
		``:                                   "the body is empty",
	} {
		_, err := callback.ParseEvent([]byte(body))
		require.EqualError(t, err, callback.ErrMalformedPayload.Error()+": "+reason)
	}
}

// The observer is called after the response has been written.
func TestObserverSeesTheResponse(t *testing.T) {
	t.Parallel()
	w, code := httptest.NewRecorder(), 0
	h := newHandler(t, ignore, callback.WithObserver(func(context.Context, callback.Outcome) { code = w.Code; w.Code = 0 }))
	h.ServeHTTP(w, forged(t))
	assert.Equal(t, http.StatusUnauthorized, code)
}
