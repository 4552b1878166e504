package callback_test

import (
	"bytes"
	"context"
	"io"
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

var secret = api.NewSecret("a callback secret of some length")

// recorded are callbacks written by Python's json.dumps and hmac: with escapes,
// without escapes, compact, with rare types of values, and with half a surrogate.
var recorded = []struct{ body, header string }{
	{
		`{"timestamp": "2026-01-02T03:04:05.123456Z", "status": "success", "prompt": "R\u00e9sum\u00e9 of the week \ud83d\udcda", "agent_output": "Three \"threads\" need an answer.", "log": "step 1\nstep 2\t\u2713", "log_id": 4711}`,
		"sha256=19d9f059bb2a20a00b91f20d976e8a8487f00f5bda1a04aacca3b2a4c2920d66",
	},
	{
		`{"timestamp": "2026-01-02T03:04:05.123456Z", "status": "success", "prompt": "Résumé of the week 📚", "agent_output": "Three \"threads\" need an answer.", "log": "step 1\nstep 2\t✓", "log_id": 4711}`,
		"sha256=3e8e2063e7b82e6187f5a74f76ef04efffa3526fb0810f72880d334dc8b7f199",
	},
	{
		`{"timestamp":"2026-01-02T03:04:05.123456Z","status":"success","prompt":"R\u00e9sum\u00e9 of the week \ud83d\udcda","agent_output":"Three \"threads\" need an answer.","log":"step 1\nstep 2\t\u2713","log_id":4711}`,
		"sha256=0fc18c3404016de289a80458e61707cc019d29ac87edb029877108457188c702",
	},
	{
		`{"timestamp": "2026-01-02 03:04:05.123456+00:00", "status": "error", "prompt": "R\u00e9sum\u00e9 of the week \ud83d\udcda", "agent_output": null, "log": {"steps": [1, 2]}, "log_id": "4712", "run_ms": 12.5}`,
		"sha256=9222015a4bfc5c690780c578d49d4ce9270b0d8d2eb568e04592aab649567f81",
	},
	{
		`{"log": "half \ud83d surrogate", "log_id": 12.0}`,
		"sha256=fe3f146631252800414a53742f5a24c784d7f2cb432e439ca424661b19f1a745",
	},
}

const event4711 = `{"timestamp": "2026-01-02T03:04:05Z", "status": "success", "log_id": 4711}`

func newVerifier(t testing.TB, secrets ...api.Secret) *callback.Verifier {
	t.Helper()
	if len(secrets) == 0 {
		secrets = []api.Secret{secret}
	}
	v, err := callback.NewVerifier(secrets...)
	require.NoError(t, err)
	return v
}

func newHandler(t testing.TB, handle func(context.Context, *callback.Event) error, opts ...callback.Option) *callback.Handler {
	t.Helper()
	h, err := callback.NewHandler(newVerifier(t), handle, opts...)
	require.NoError(t, err)
	return h
}

func newMemoryStore(t testing.TB, capacity int, ttl time.Duration) *callback.MemoryStore {
	t.Helper()
	store, err := callback.NewMemoryStore(capacity, ttl)
	require.NoError(t, err)
	return store
}

func sign(t testing.TB, body []byte, secret api.Secret) string {
	t.Helper()
	header, err := callback.Sign(body, secret)
	require.NoError(t, err)
	return header
}

func newRequest(t testing.TB, body string) *http.Request {
	t.Helper()
	r, err := callback.NewRequest(t.Context(), "https://receiver.example/callbacks", []byte(body), secret)
	require.NoError(t, err)
	return r
}

func serve(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// receiver is a handler under test with its events and outcomes.
type receiver struct {
	http.Handler
	events   []*callback.Event
	outcomes []callback.Outcome
	// err is what the function returns.
	err error
}

func newReceiver(t testing.TB, opts ...callback.Option) *receiver {
	t.Helper()
	rec := new(receiver)
	opts = append(opts, callback.WithObserver(func(_ context.Context, o callback.Outcome) {
		rec.outcomes = append(rec.outcomes, o)
	}))
	rec.Handler = newHandler(t, func(_ context.Context, e *callback.Event) error {
		rec.events = append(rec.events, e)
		return rec.err
	}, opts...)
	return rec
}

// last returns the outcome of the only request since the last call.
func (rec *receiver) last(t testing.TB) callback.Outcome {
	t.Helper()
	require.Len(t, rec.outcomes, 1)
	o := rec.outcomes[0]
	rec.outcomes = nil
	return o
}

func text(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return strings.TrimSpace(string(b))
}

// buffering is middleware that reads the body, as loggers do.
func buffering(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = -1
		next.ServeHTTP(w, r)
	})
}
