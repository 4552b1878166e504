package tests

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ledger records every call of the function in all processes, and the outages of
// the server.
type ledger struct {
	mu      sync.Mutex
	calls   []*handlerCall
	outages []period
}

// handlerCall is a call of the function.
type handlerCall struct {
	process   int
	logID     int64
	handledAt time.Time
	settledAt time.Time // when its result was stored; zero if it was not
}

type period struct{ from, to time.Time }

// record returns a function for the lines that a process prints.
func (l *ledger) record(process int) func(line string) {
	return func(line string) {
		var event string
		var logID, nanoseconds int64
		if _, err := fmt.Sscan(line, &event, &logID, &nanoseconds); err != nil {
			return // the process was killed while it printed
		}
		at := time.Unix(0, nanoseconds)
		l.mu.Lock()
		defer l.mu.Unlock()
		if event == "handled" {
			l.calls = append(l.calls, &handlerCall{process: process, logID: logID, handledAt: at})
			return
		}
		for _, call := range l.calls {
			if call.process == process && call.logID == logID && call.settledAt.IsZero() {
				call.settledAt = at
			}
		}
	}
}

// outage calls restart, which restarts the server.
func (l *ledger) outage(restart func()) {
	from := time.Now()
	restart()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.outages = append(l.outages, period{from, time.Now()})
}

// waitForOneMore waits until the function is called for another run.
func (l *ledger) waitForOneMore(t *testing.T) {
	t.Helper()
	before := l.runs()
	waitFor(t, "progress", func() bool { return l.runs() > before })
}

// runs returns the number of runs for which the function was called.
func (l *ledger) runs() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	handled := map[int64]bool{}
	for _, call := range l.calls {
		handled[call.logID] = true
	}
	return len(handled)
}

// areSettled reports whether the results of all calls in a process are stored.
func (l *ledger) areSettled(process int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, call := range l.calls {
		if call.process == process && call.settledAt.IsZero() {
			return false
		}
	}
	return true
}

// check checks that a run was handled again only if each call before was in
// flight when its process was killed or the server was down. It returns the
// number of calls for runs that were handled before, and of calls in flight.
func (l *ledger) check(t *testing.T) (again, interrupted int) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	calls, interruptedCalls := map[int64]int{}, map[int64]int{}
	for _, call := range l.calls {
		calls[call.logID]++
		if l.isInterrupted(call) {
			interruptedCalls[call.logID]++
			interrupted++
		}
	}
	for logID, n := range calls {
		again += n - 1
		assert.LessOrEqual(t, n-1, interruptedCalls[logID], "run %d was handled again, but had not been in flight", logID)
	}
	require.LessOrEqual(t, again, interrupted)
	return again, interrupted
}

func (l *ledger) isInterrupted(call *handlerCall) bool {
	if call.settledAt.IsZero() {
		return true
	}
	for _, outage := range l.outages {
		if call.handledAt.Before(outage.to) && call.settledAt.After(outage.from) {
			return true
		}
	}
	return false
}
