package callback_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// observed collects outcomes of requests that are served at the same time.
type observed struct {
	mu       sync.Mutex
	outcomes []callback.Outcome
}

func (o *observed) observe(_ context.Context, outcome callback.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outcomes = append(o.outcomes, outcome)
}

// stalled is a body that stops arriving after its first bytes until it is
// released.
type stalled struct {
	io.Reader
	release <-chan struct{}
}

func (s *stalled) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF {
		<-s.release
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Forty senders with a forged signature, each of which stalls after 5 MiB, take
// up no more memory than the limit. A genuine callback is refused meanwhile, and
// accepted afterwards.
func TestStalledBodiesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const limit, sent = 20 << 20, 5 << 20
		var seen observed
		h := newHandler(t, func(context.Context, *callback.Event) error { return nil },
			callback.WithMaxUnverified(limit), callback.WithObserver(seen.observe))
		release := make(chan struct{})
		for range 40 {
			go func() {
				body := &stalled{strings.NewReader(strings.Repeat("x", sent)), release}
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
				assert.NoError(t, err)
				request.Header.Set(callback.SignatureHeader, "sha256="+strings.Repeat("00", 32))
				request.ContentLength = 10 << 20
				serve(h, request)
			}()
		}
		synctest.Wait()
		genuine := serve(h, newRequest(t, event4711))
		require.LessOrEqual(t, genuine.StatusCode, http.StatusServiceUnavailable)
		close(release)
		synctest.Wait()

		var held, overloaded int
		for _, o := range seen.outcomes {
			if errors.Is(o.Err, callback.ErrOverloaded) {
				overloaded++
				assert.Equal(t, http.StatusServiceUnavailable, o.StatusCode)
				continue
			}
			held += o.BodyBytes
		}
		assert.Positive(t, overloaded)
		assert.Positive(t, held)
		assert.LessOrEqual(t, held, limit)
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode, "everything has been given back")
	})
}

// Verified bodies don't count: a slow function doesn't block other callbacks.
func TestVerifiedBodiesDoNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := newHandler(t, func(context.Context, *callback.Event) error {
			<-release
			return nil
		}, callback.WithMaxBody(1000), callback.WithMaxUnverified(1001))
		statuses := make(chan int, 8)
		for range cap(statuses) {
			request := newRequest(t, event4711)
			go func() { statuses <- serve(h, request).StatusCode }()
			synctest.Wait()
		}
		close(release)
		for range cap(statuses) {
			assert.Equal(t, http.StatusNoContent, <-statuses)
		}
	})
}

// A body of any length up to the limit fits, announced or not.
func TestLargestBodyFits(t *testing.T) {
	t.Parallel()
	for _, size := range []int{len(event4711), 511, 512, 513, 64 << 10, 64<<10 + 1, 99_999, 100_000} {
		body := event4711 + strings.Repeat(" ", size-len(event4711))
		for _, announced := range []bool{true, false} {
			h := newReceiver(t, callback.WithMaxBody(100_000), callback.WithMaxUnverified(100_001))
			request := newRequest(t, body)
			if !announced {
				request.ContentLength = -1
			}
			assert.Equal(t, http.StatusNoContent, serve(h, request).StatusCode, "%d bytes, announced: %t", size, announced)
		}
	}
}

// The default timeout ends a stalled body if the server has none, and never
// extends that of the server.
func TestDefaultReadTimeout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server, want time.Duration
	}{
		"no timeout of the server":    {0, 30 * time.Second},
		"a longer one of the server":  {time.Minute, time.Minute},
		"a shorter one of the server": {5 * time.Second, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				conn := connect(t, newReceiver(t), func(s *http.Server) { s.ReadTimeout = test.server })
				start := time.Now()
				send(t, conn, head(t, event4711, contentLength(len(event4711)))+event4711[:20])
				assert.Equal(t, http.StatusRequestTimeout, receive(t, conn).StatusCode)
				assert.Equal(t, test.want, time.Since(start))
			})
		})
	}
}
