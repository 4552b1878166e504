package contract_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const npm = root + "/internal/tools/npm"

// startPrism starts Prism on a free port of the loopback interface, waits until
// it listens, and returns its host and port. Prism ends with the test.
func startPrism(t *testing.T, args ...string) string {
	t.Helper()
	tool, err := filepath.Abs(npm + "/node_modules/.bin/prism")
	require.NoError(t, err)
	_, err = os.Stat(tool)
	require.NoError(t, err, "Prism is not installed: run npm ci --ignore-scripts in internal/tools/npm")

	ctx, cancel := context.WithCancel(contextBeforeDeadline(t))
	log := &prismLog{listening: make(chan string, 1)}
	cmd := exec.CommandContext(ctx, tool, append(args, "--host=127.0.0.1", "--port=0", "--cors=false")...)
	cmd.Env = append(os.Environ(), "FORCE_COLOR=0")
	cmd.Stdout, cmd.Stderr = log, log
	killProcessGroup(cmd)
	require.NoError(t, cmd.Start(), "Prism needs Node 20")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = cmd.Wait()
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	select {
	case address := <-log.listening:
		return address
	case <-ended:
		require.FailNow(t, "Prism ended", "%v\n%s", err, log.text())
	case <-ctx.Done():
		require.FailNow(t, "Prism does not listen", "%s", log.text())
	}
	return ""
}

// contextBeforeDeadline returns a context that ends shortly before the test run
// times out, so that no program outlives the run.
func contextBeforeDeadline(t *testing.T) context.Context {
	t.Helper()
	deadline, ok := t.Deadline()
	if !ok {
		deadline = time.Now().Add(4 * time.Minute)
	}
	ctx, cancel := context.WithDeadline(t.Context(), deadline.Add(-5*time.Second))
	t.Cleanup(cancel)
	return ctx
}

// killProcessGroup makes cmd kill a program together with its children.
func killProcessGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.WaitDelay = 10 * time.Second
}

// prismLog collects the output of Prism until a line says where Prism listens.
type prismLog struct {
	mu        sync.Mutex
	printed   bytes.Buffer
	listening chan string // gets host and port, once
	found     bool
}

var listening = regexp.MustCompile(`listening on http://(\S+)\n`)

func (l *prismLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.found {
		return len(p), nil // logs of requests
	}
	l.printed.Write(p)
	if match := listening.FindSubmatch(l.printed.Bytes()); match != nil {
		l.found = true
		l.listening <- string(match[1])
	}
	return len(p), nil
}

func (l *prismLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.printed.String()
}
