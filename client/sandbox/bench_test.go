package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// forgotten is an answer of which only the status is kept.
type forgotten struct {
	header http.Header
	status int
}

func (d *forgotten) Header() http.Header         { return d.header }
func (d *forgotten) WriteHeader(status int)      { d.status = status }
func (d *forgotten) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkServe answers with a page of ten agents, and with one that is not
// there.
func BenchmarkServe(b *testing.B) {
	options := []sandbox.Option{withAda(), withStill()}
	for range 10 {
		options = append(options, sandbox.WithPeriodicAgent("acme", digest()))
	}
	sb, err := sandbox.New(options...)
	require.NoError(b, err)
	b.Cleanup(sb.Close)
	for _, served := range []struct {
		name, path string
		status     int
	}{
		{"list", userPath + "periodic-agents/", http.StatusOK},
		{"nothing", userPath + "periodic-agents/99/", http.StatusNotFound},
	} {
		b.Run(served.name, func(b *testing.B) {
			b.ReportAllocs()
			request := newRequest(http.MethodGet, served.path, "")
			for b.Loop() {
				w := &forgotten{header: http.Header{}}
				sb.ServeHTTP(w, request)
				if w.status != served.status {
					b.Fatal(w.status)
				}
			}
		})
	}
}
