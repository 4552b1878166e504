package sandbox_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// discardingWriter keeps the status of a response only.
type discardingWriter struct {
	header http.Header
	status int
}

func (d *discardingWriter) Header() http.Header         { return d.header }
func (d *discardingWriter) WriteHeader(status int)      { d.status = status }
func (d *discardingWriter) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkServe measures a page of ten agents, and a 404 response.
func BenchmarkServe(b *testing.B) {
	options := []sandbox.Option{withTestAccount(), withTestClock()}
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
				w := &discardingWriter{header: http.Header{}}
				sb.ServeHTTP(w, request)
				if w.status != served.status {
					b.Fatal(w.status)
				}
			}
		})
	}
}
