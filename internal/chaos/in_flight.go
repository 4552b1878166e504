package main

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// run is a run of an agent.
type run struct {
	id             int64
	created, ended time.Time // ended is zero while it is running
	handled        []time.Time
	// begun and recorded are bit sets of the receivers that have begun to handle
	// the run, and that have recorded that it is handled.
	begun, recorded uint64
	// excuses counts the kills and restarts of the store while the run was in
	// flight. Each may cause it to be handled again.
	excuses int
	// seen is the time of the latest report about the run.
	seen time.Time
}

// settledAfter is the time after which a run without reports counts as recorded:
// the reports of a killed receiver may be lost. It is the overlap of the
// receivers, since a receiver may be that far behind the others.
const settledAfter = 5 * time.Minute

// ledger records which runs the receivers have handled. A run is in flight from
// when a receiver begins to handle it until all receivers have recorded that it
// is handled.
type ledger struct {
	mu        sync.Mutex
	receivers int
	// processes is the number of processes of each receiver that have ended.
	processes []int
	byID      map[int64]*run
	inFlight  map[int64]*run
	unhandled int
	// excused is the number of runs that were in flight at a kill or a restart.
	excused int
}

func newLedger(receivers int) *ledger {
	return &ledger{receivers: receivers, processes: make([]int, receivers), byID: map[int64]*run{}, inFlight: map[int64]*run{}}
}

func (l *ledger) add(r *run) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byID[r.id] = r
	l.unhandled++
}

// ServeHTTP receives the reports of the receivers.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.URL.Query().Get("id"), 10, 64)
	receiver, _ := strconv.Atoi(r.URL.Query().Get("receiver"))
	process, _ := strconv.Atoi(r.URL.Query().Get("process"))
	l.mu.Lock()
	defer l.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
	run := l.byID[id]
	if run == nil {
		return
	}
	run.seen = time.Now()
	bit := uint64(1) << receiver
	switch r.URL.Path {
	case "/ledger/handled":
		if len(run.handled) == 0 {
			l.unhandled--
		}
		run.handled = append(run.handled, time.Now())
		l.inFlight[id] = run
		if process < l.processes[receiver] { // the report arrives after the kill
			run.excuses++
			l.excused++
			return
		}
		run.begun |= bit
	case "/ledger/duplicate", "/ledger/recorded":
		if r.URL.Path == "/ledger/duplicate" && run.begun&bit != 0 {
			return // it was recorded unless the disk was full
		}
		run.recorded |= bit
		if run.recorded == uint64(1)<<l.receivers-1 {
			delete(l.inFlight, id)
		}
	case "/ledger/unrecorded":
		run.recorded &^= bit
		l.inFlight[id] = run
	}
}

// excuseKilled notes the runs that a killed receiver had handled and not
// recorded.
func (l *ledger) excuseKilled(receiver int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.processes[receiver]++
	bit := uint64(1) << receiver
	l.excuse(func(r *run) bool {
		isAffected := r.begun&bit != 0 && r.recorded&bit == 0
		r.begun &^= bit
		return isAffected
	})
}

// excuseForgotten notes the runs that the store has forgotten and that some
// receiver has not recorded, and those of the claims that it has forgotten, which
// may not be reported yet.
func (l *ledger) excuseForgotten(claimed []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range claimed {
		if run := l.byID[id]; run != nil && l.inFlight[id] == nil {
			run.seen = time.Now()
			l.inFlight[id] = run
		}
	}
	l.excuse(func(*run) bool { return true })
}

func (l *ledger) excuse(isAffected func(*run) bool) {
	for id, r := range l.inFlight {
		if time.Since(r.seen) > settledAfter {
			delete(l.inFlight, id)
			continue
		}
		if isAffected(r) {
			r.excuses++
			l.excused++
		}
	}
}

func (l *ledger) countUnhandled() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unhandled
}
