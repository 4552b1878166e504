package command

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// An agent misses its runs while the scheduler is down.
func TestWatch(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t, sandbox.WithClock(monday.Add(-30*time.Minute), 1000), sandbox.WithPeriodicAgent("acme", hourly("Inbox watch")))
	sb.StopScheduler()
	s := newShell(t, sb)
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	var stderr bytes.Buffer
	raised := make(chan struct{})
	stdout := &writer{wait: "missed          agent 2", found: func() { close(raised) }}
	env := s.environment
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), stdout, &stderr
	ended := make(chan int)
	go func() { ended <- Run(ctx, []string{"watch", "--grace", "1m"}, env) }()
	select {
	case <-raised:
	case code := <-ended:
		require.Equal(t, exitOK, code, "%s%s", stdout.text.String(), stderr.String())
	}
	stdout.mu.Lock()
	stdout.wait, stdout.found = "resolved (run)  agent 2", interrupt
	stdout.mu.Unlock()
	sb.StartScheduler()
	assert.Equal(t, exitOK, <-ended, stderr.String())
	assert.Regexp(t, `missed          agent 2 \("Inbox watch"\) was due at 2026-01-\d\dT\d\d:00:00Z and has not run`, stdout.text.String())
}

func TestWatchReportsInvalidFlags(t *testing.T) {
	t.Parallel()
	s := newShell(t, newSandbox(t))
	for flag, want := range map[string]string{
		"--grace=0": "iblai: --grace ", "--failures=0": "iblai: --failures ", "--stuck-after=0": "iblai: --stuck-after ",
		"--schedule-tz=Mars": "unknown time zone Mars",
	} {
		out := s.run("watch", flag)
		assert.Equal(t, exitFailed, out.code)
		assert.Contains(t, out.stderr, want)
	}
}
