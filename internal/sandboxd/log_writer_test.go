package sandboxd

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A blockedWriter blocks writes until it is opened.
type blockedWriter struct {
	open chan struct{}

	mu   sync.Mutex
	text strings.Builder
}

func (p *blockedWriter) Write(text []byte) (int, error) {
	<-p.open
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(text)
}

func (p *blockedWriter) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func TestLogWriterDropsLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &blockedWriter{open: make(chan struct{})}
		l := NewLogWriter(p)
		for i := range maxLogLines + 50 {
			n, err := fmt.Fprintf(l, "line %d\n", i)
			require.NoError(t, err)
			require.Positive(t, n)
			synctest.Wait()
		}
		l.Close() // gives up
		assert.Empty(t, p.String())
		_, err := io.WriteString(l, "too late\n")
		require.NoError(t, err)
		close(p.open)
		l.Close()
		synctest.Wait()
		assert.Equal(t, maxLogLines+2, strings.Count(p.String(), "\n"))
		assert.True(t, strings.HasSuffix(p.String(), "line 1000\n49 log lines were dropped because the log was not read fast enough\n"))
	})
}

func TestUnreadLogDoesNotBlockRequests(t *testing.T) {
	t.Parallel()
	p := &blockedWriter{open: make(chan struct{})}
	l := NewLogWriter(p)
	t.Cleanup(l.Close)
	t.Cleanup(func() { close(p.open) })
	s := start(t, Config{Logger: slog.New(slog.NewTextHandler(l, nil))})
	for range 2 * maxLogLines {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/", http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusNotFound, response.StatusCode)
	}
}
