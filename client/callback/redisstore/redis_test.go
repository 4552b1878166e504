package redisstore

import (
	"bytes"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// startRedis starts a redis-server that runs until stop is called or the test
// ends. It stores nothing on disk and listens on a socket in a temporary
// directory.
func startRedis(t *testing.T) (url string, stop func()) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("no redis-server on the PATH: install one to run this test (apt-get install redis-server)")
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "s") // the path of a socket is limited to about 100 bytes
	var output bytes.Buffer
	server := exec.CommandContext(t.Context(), path,
		"--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no")
	server.Stdout, server.Stderr = &output, &output
	require.NoError(t, server.Start())
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = server.Wait()
	}()
	stop = func() {
		_ = server.Process.Kill()
		<-exited
	}
	t.Cleanup(stop)

	for {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			conn.Close()
			return "unix://" + socket, stop
		}
		select {
		case <-exited:
			require.FailNow(t, "redis-server has exited", "%s", &output)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// startMiniredis starts a fake Redis in this process. Its clock advances only
// when the test advances it.
func startMiniredis(t *testing.T) (url string, server *miniredis.Miniredis) {
	t.Helper()
	server = miniredis.RunT(t)
	return "redis://" + server.Addr(), server
}

// connect returns a new client with fewer retries, like the client of another
// replica.
func connect(t *testing.T, url string) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(url)
	require.NoError(t, err)
	options.ContextTimeoutEnabled = true
	options.DialerRetries = 1
	client := redis.NewClient(options)
	t.Cleanup(func() { _ = client.Close() })
	return client
}
