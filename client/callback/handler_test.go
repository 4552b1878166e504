package callback_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func TestHandlerDelivers(t *testing.T) {
	t.Parallel()
	for _, rec := range recorded {
		h := newReceiver(t)
		resp := serve(h, newRequest(t, rec.body))
		assert.Equal(t, http.StatusNoContent, resp.StatusCode)
		assert.Empty(t, text(t, resp))
		require.Len(t, h.events, 1)
		assert.Equal(t, parse(t, rec.body), h.events[0])

		outcome := h.last(t)
		assert.NoError(t, outcome.Err)
		assert.Equal(t, http.StatusNoContent, outcome.StatusCode)
		assert.Equal(t, len(rec.body), outcome.BodyBytes)
		assert.Equal(t, h.events[0].LogID, outcome.LogID)
		assert.Equal(t, h.events[0].Status, outcome.Status)
		assert.Positive(t, outcome.Duration)
	}
}

// For a refused request, the function isn't called and the response has no
// reason.
func TestHandlerRefuses(t *testing.T) {
	t.Parallel()
	foreign := sign(t, []byte(event4711), api.NewSecret("the secret of a stranger"))
	header := func(values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[callback.SignatureHeader] = values }
	}
	method := func(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
	for name, test := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		want   error
	}{
		"GET":               {event4711, method("GET"), 405, callback.ErrMethodNotAllowed},
		"HEAD":              {event4711, method("HEAD"), 405, callback.ErrMethodNotAllowed},
		"PUT":               {event4711, method("PUT"), 405, callback.ErrMethodNotAllowed},
		"OPTIONS":           {event4711, method("OPTIONS"), 405, callback.ErrMethodNotAllowed},
		"post":              {event4711, method("post"), 405, callback.ErrMethodNotAllowed},
		"no header":         {event4711, header(), 401, callback.ErrNoSignature},
		"empty header":      {event4711, header(""), 401, callback.ErrNoSignature},
		"malformed header":  {event4711, header("sha256=nonsense"), 401, callback.ErrMalformedSignature},
		"SHA-1":             {event4711, header("sha1=" + foreign[7:47]), 401, callback.ErrMalformedSignature},
		"foreign signature": {event4711, header(foreign), 401, callback.ErrSignatureMismatch},
		"two headers":       {event4711, header(sign(t, []byte(event4711), secret), foreign), 401, callback.ErrMalformedSignature},
		"same header twice": {event4711, header(sign(t, []byte(event4711), secret), sign(t, []byte(event4711), secret)), 401, callback.ErrMalformedSignature},
		"older header": {event4711, func(r *http.Request) {
			r.Header.Set("X-Hub-Signature", r.Header.Get(callback.SignatureHeader))
			header()(r)
		}, 401, callback.ErrNoSignature},
		"in the trailer":       {event4711, func(r *http.Request) { r.Trailer = r.Header.Clone(); header()(r) }, 401, callback.ErrNoSignature},
		"other body":           {event4711, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(event4711 + " ")) }, 401, callback.ErrSignatureMismatch},
		"body already read":    {event4711, func(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }, 401, callback.ErrSignatureMismatch},
		"no body":              {event4711, func(r *http.Request) { r.Body = nil }, 401, callback.ErrSignatureMismatch},
		"bad and unsigned":     {"no JSON", header(foreign), 401, callback.ErrSignatureMismatch},
		"large and unsigned":   {strings.Repeat(" ", 2000), header(), 401, callback.ErrNoSignature},
		"signed nothing":       {"", func(r *http.Request) { r.Body = nil }, 400, callback.ErrMalformedPayload},
		"no JSON":              {"no JSON", nil, 400, callback.ErrMalformedPayload},
		"no object":            {"[" + event4711 + "]", nil, 400, callback.ErrMalformedPayload},
		"more than one":        {event4711 + event4711, nil, 400, callback.ErrMalformedPayload},
		"form":                 {"payload=" + event4711, func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 400, callback.ErrMalformedPayload},
		"too large":            {event4711 + strings.Repeat(" ", 1000), nil, 413, callback.ErrBodyTooLarge},
		"too large, no length": {event4711 + strings.Repeat(" ", 1000), func(r *http.Request) { r.ContentLength = -1 }, 413, callback.ErrBodyTooLarge},
		"broken off": {event4711, func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(r.Body, failingReader{io.ErrUnexpectedEOF}))
		}, 400, callback.ErrBodyUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newReceiver(t, callback.WithMaxBody(1000))
			r := newRequest(t, test.body)
			if test.change != nil {
				test.change(r)
			}
			resp := serve(h, r)
			assert.Equal(t, test.status, resp.StatusCode)
			assert.Equal(t, http.StatusText(test.status), text(t, resp))
			allow := ""
			if test.status == http.StatusMethodNotAllowed {
				allow = "POST"
			}
			assert.Equal(t, allow, resp.Header.Get("Allow"))
			assert.Empty(t, h.events)

			outcome := h.last(t)
			require.ErrorIs(t, outcome.Err, test.want)
			assert.Equal(t, test.status, outcome.StatusCode)
			assert.Zero(t, outcome.LogID)
			for _, signature := range []string{foreign, sign(t, []byte(test.body), secret)} {
				assert.NotContains(t, outcome.Err.Error(), strings.TrimPrefix(signature, "sha256=")[:40])
			}
		})
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

func TestHandlerKeepsTheReasonOfAnUnreadableBody(t *testing.T) {
	t.Parallel()
	reason := errors.New("the proxy gave up")
	h := newReceiver(t)
	r := newRequest(t, event4711)
	r.Body = io.NopCloser(failingReader{reason})
	assert.Equal(t, http.StatusBadRequest, serve(h, r).StatusCode)
	require.ErrorIs(t, h.last(t).Err, reason)
}

func TestHandlerAcceptsAnyMediaType(t *testing.T) {
	t.Parallel()
	for _, contentType := range []string{
		"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", "application/vnd.iblai+json",
		"text/json", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded", "", ";;;",
	} {
		h := newReceiver(t)
		r := newRequest(t, event4711)
		r.Header.Set("Content-Type", contentType)
		assert.Equal(t, http.StatusNoContent, serve(h, r).StatusCode, contentType)
		r = newRequest(t, event4711)
		r.Header.Del("Content-Type")
		assert.Equal(t, http.StatusNoContent, serve(h, r).StatusCode, contentType)
		assert.Len(t, h.events, 2)
	}
}

func TestHandlerBodyLimit(t *testing.T) {
	t.Parallel()
	h := newReceiver(t, callback.WithMaxBody(int64(len(event4711))))
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
	assert.Equal(t, http.StatusRequestEntityTooLarge, serve(h, newRequest(t, event4711+" ")).StatusCode)

	// 10 MiB by default.
	large := `{"log": "` + strings.Repeat("x", 10<<20-len(`{"log": ""}`)) + `"}`
	h = newReceiver(t)
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, large)).StatusCode)
	assert.Equal(t, http.StatusRequestEntityTooLarge, serve(h, newRequest(t, large+" ")).StatusCode)
}

// The announced length is only a hint: middleware may have changed the body.
func TestHandlerReadsBodiesOfAnyAnnouncedLength(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 500, 600, 40_000, 64 << 10, 64<<10 + 1, 300_000} {
		body := `{"log": "` + strings.Repeat("x", size) + `"}`
		for _, length := range []int64{-1, 0, 1, int64(len(body)) - 1, int64(len(body)), int64(len(body)) + 1, 10 << 20} {
			for name, reader := range map[string]io.Reader{
				"whole":  strings.NewReader(body),
				"pieces": &dribble{data: []byte(body)},
			} {
				h := newReceiver(t)
				r := newRequest(t, body)
				r.ContentLength = length
				r.Body = io.NopCloser(reader)
				require.Equal(t, http.StatusNoContent, serve(h, r).StatusCode, "%d %d %s", size, length, name)
				raw := h.events[0].Raw
				require.Equal(t, body, string(raw))
				if length == int64(len(body)) {
					require.Less(t, cap(raw), len(raw)+len(raw)/2+512, "memory wasted")
				}
			}
		}
	}
}

func TestAnnouncedLengthIsNotTrusted(t *testing.T) { // not parallel: it counts
	h := newReceiver(t)
	r := newRequest(t, strings.Repeat(" ", 65<<10))
	r.ContentLength = 10 << 20
	w := httptest.NewRecorder()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h.ServeHTTP(w, r)
	runtime.ReadMemStats(&after)
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Equal(t, 65<<10, h.last(t).BodyBytes)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// dribble returns its data in pieces of odd sizes, some of them empty, and the
// last one together with io.EOF.
type dribble struct {
	data []byte
	n    int
}

func (d *dribble) Read(p []byte) (int, error) {
	d.n++
	n := copy(p[:min(len(p), d.n*d.n%9973)], d.data)
	if d.n%5 == 0 {
		n = 0
	}
	d.data = d.data[n:]
	if len(d.data) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func TestHandlerFailure(t *testing.T) {
	t.Parallel()
	h := newReceiver(t)
	h.err = errors.New("dial tcp 10.1.2.3: password authentication failed")
	resp := serve(h, newRequest(t, event4711))
	assert.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	assert.Equal(t, "Internal Server Error", text(t, resp))
	outcome := h.last(t)
	assert.Equal(t, h.err, outcome.Err)
	assert.EqualValues(t, 4711, outcome.LogID)

	// A sentinel of this package from the function is a failure of the function.
	h.err = callback.ErrDuplicate
	assert.Equal(t, http.StatusInternalServerError, serve(h, newRequest(t, event4711)).StatusCode)
}

func TestHandlerPassesTheContextOn(t *testing.T) {
	t.Parallel()
	type key struct{}
	var got, observed any
	h := newHandler(t, func(ctx context.Context, _ *callback.Event) error {
		got = ctx.Value(key{})
		return nil
	}, callback.WithObserver(func(ctx context.Context, _ callback.Outcome) { observed = ctx.Value(key{}) }))
	r := newRequest(t, event4711)
	serve(h, r.WithContext(context.WithValue(r.Context(), key{}, "trace 1")))
	assert.Equal(t, "trace 1", got)
	assert.Equal(t, "trace 1", observed)
}

func TestHandlerMaxAge(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body string
		now  time.Time
		want error
	}{
		"at once":       {event4711, at, nil},
		"just in time":  {event4711, at.Add(time.Hour), nil},
		"too old":       {event4711, at.Add(time.Hour + 1), callback.ErrTooOld},
		"skewed":        {event4711, at.Add(-5 * time.Minute), nil},
		"in the future": {event4711, at.Add(-5*time.Minute - 1), callback.ErrInFuture},
		"years ahead":   {event4711, at.AddDate(-10, 0, 0), callback.ErrInFuture},
		"year 9999":     {`{"timestamp": "9999-12-31T23:59:59Z"}`, at, callback.ErrInFuture},
		"year 1":        {`{"timestamp": "0001-01-02T00:00:00Z"}`, at, callback.ErrTooOld},
		"missing":       {`{"log_id": 4711}`, at, callback.ErrNoTimestamp},
		"null":          {`{"timestamp": null}`, at, callback.ErrNoTimestamp},
		"unreadable":    {`{"timestamp": "just now"}`, at, callback.ErrNoTimestamp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newReceiver(t, callback.WithMaxAge(time.Hour), callback.WithClock(func() time.Time { return test.now }))
			status := serve(h, newRequest(t, test.body)).StatusCode
			require.ErrorIs(t, h.last(t).Err, test.want)
			if test.want == nil {
				assert.Equal(t, http.StatusNoContent, status)
				assert.Len(t, h.events, 1)
			} else {
				assert.Equal(t, http.StatusBadRequest, status)
				assert.Empty(t, h.events)
			}
			// Without the option any age is accepted.
			assert.Equal(t, http.StatusNoContent, serve(newReceiver(t), newRequest(t, test.body)).StatusCode)
		})
	}
}

func TestHandlerMaxAgeUsesTheWallClock(t *testing.T) {
	t.Parallel()
	h := newReceiver(t, callback.WithMaxAge(time.Hour))
	body := `{"timestamp": "` + time.Now().Add(-time.Minute).Format(time.RFC3339) + `"}`
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, body)).StatusCode)
	body = `{"timestamp": "` + time.Now().Add(-2*time.Hour).Format(time.RFC3339) + `"}`
	assert.Equal(t, http.StatusBadRequest, serve(h, newRequest(t, body)).StatusCode)
}

func TestHandlerUnderRoutersAndMiddleware(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"mux": func(h http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("POST /hooks/callbacks", h)
			return mux
		},
		"strip prefix": func(h http.Handler) http.Handler { return http.StripPrefix("/hooks", h) },
		"timeout":      func(h http.Handler) http.Handler { return http.TimeoutHandler(h, time.Minute, "late") },
		"max bytes":    func(h http.Handler) http.Handler { return http.MaxBytesHandler(h, 1<<20) },
		"buffering":    func(h http.Handler) http.Handler { return buffering(t, h) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The read timeout has no effect where it isn't supported.
			h := newReceiver(t, callback.WithReadTimeout(time.Minute))
			server := httptest.NewServer(wrap(h))
			defer server.Close()
			r, err := callback.NewRequest(t.Context(), server.URL+"/hooks/callbacks", []byte(event4711), secret)
			require.NoError(t, err)
			resp, err := server.Client().Do(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, http.StatusNoContent, resp.StatusCode)
			assert.Len(t, h.events, 1)
		})
	}
}
