package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Logs are copied in parts. Each is yielded once, and the loop may use the sandbox.
func TestLogsIterator(t *testing.T) {
	t.Parallel()
	const count = 5000
	past := make([]client.PeriodicAgentLog, count)
	for i := range past {
		past[i] = client.PeriodicAgentLog{PeriodicAgent: int64(1 + i%2), StartTime: client.Time{Time: start.Add(time.Duration(i-count) * time.Second)}}
	}
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", titled("a"), titled("b")), sandbox.WithPeriodicAgentLog("acme", past...))
	begin, end := start.Add(-count*time.Second), start

	var last int64
	for log := range server.Logs("acme", begin, end) {
		assert.Equal(t, last+1, log.ID)
		last = log.ID
	}
	assert.EqualValues(t, count, last)
	for _, test := range []struct {
		from, to time.Time
		want     int
	}{
		{begin, begin.Add(time.Second), 1},
		{begin, begin.Add(time.Second + 1), 2},
		{begin.Add(1), begin.Add(2 * time.Second), 1},
		{begin.Add(1), begin.Add(time.Second), 0},
		{begin.Add(time.Second), begin.Add(2049 * time.Second), 2048},
		{end, begin, 0},
	} {
		yielded := 0
		for range server.Logs("acme", test.from, test.to) {
			yielded++
		}
		assert.Equal(t, test.want, yielded, test)
	}

	yielded := 0
	for log := range server.Logs("acme", begin, end.Add(time.Hour)) {
		if yielded == 0 {
			assert.Equal(t, http.StatusNoContent, send(t, server, http.MethodDelete, "periodic-agents/2/", "").status)
			runNow(t, server, 1, sandbox.Outcome{})
		}
		yielded++
		if log.ID > 1024 {
			assert.EqualValues(t, 1, log.PeriodicAgent, "the other agent's logs are deleted")
		}
	}
	assert.Equal(t, 1024+(count-1024)/2+1, yielded)
	for range server.Logs("acme", begin, end) {
		break
	}
}
