package runs

import (
	"errors"
	"log/slog"
	"time"
)

// Status is the state of a [Receiver], for a readiness probe and a dashboard.
type Status struct {
	// Ready is true while Follow is running, if the latest poll and the latest
	// save of the position have succeeded. It is false before the first
	// successful poll.
	Ready bool
	// LastPoll is the time of the latest successful poll, or zero.
	LastPoll time.Time
	// Lag is the age of the oldest finished run that is still to be handled, by
	// the service's clock. It is 0 if there is none, and stays 0 if runs are
	// only still running.
	Lag time.Duration
	// InProgress is the number of runs that are being handled, or wait for their
	// turn (WithConcurrency).
	InProgress int
	// Running is the number of runs that have not finished, and Stuck the number
	// of those that were reported as stuck.
	Running, Stuck int
	// Failing is the number of runs that are to be handled again after an error.
	Failing int
	// DeadLetters is the number of runs that this receiver has given up.
	DeadLetters int64
	// Err is the reason if Ready is false: the error of the latest poll or
	// save, or the one that Follow has returned. It is nil before the first
	// poll.
	Err error
}

// LogValue groups the fields.
func (s Status) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Bool("ready", s.Ready), slog.Time("last_poll", s.LastPoll)}
	if s.Lag > 0 {
		attrs = append(attrs, slog.Duration("lag", s.Lag))
	}
	for _, count := range []struct {
		name string
		n    int64
	}{
		{"in_progress", int64(s.InProgress)},
		{"running", int64(s.Running)},
		{"stuck", int64(s.Stuck)},
		{"failing", int64(s.Failing)},
		{"dead_letters", s.DeadLetters},
	} {
		if count.n > 0 {
			attrs = append(attrs, slog.Int64(count.name, count.n))
		}
	}
	if s.Err != nil {
		attrs = append(attrs, slog.Any("error", s.Err))
	}
	return slog.GroupValue(attrs...)
}

// Status returns the state of the receiver. It is safe for concurrent use.
func (r *Receiver) Status() Status {
	r.mu.Lock()
	status, clock := r.status, r.clock
	r.mu.Unlock()
	r.runHandler.mu.Lock()
	status.DeadLetters = r.deadLetters
	r.runHandler.mu.Unlock()
	var oldest time.Time
	r.tracker.selectOpen(func(log *openLog) bool {
		switch {
		case log.isRunning && log.isStuck:
			status.Stuck++
			status.Running++
		case log.isRunning:
			status.Running++
		case log.isClaimed:
			status.InProgress++
		case log.attempts > 0:
			status.Failing++
		}
		if !log.isRunning && (oldest.IsZero() || log.created.Before(oldest)) {
			oldest = log.created
		}
		return false
	})
	if now := clock.now(); !oldest.IsZero() && now.After(oldest) {
		status.Lag = now.Sub(oldest)
	}
	return status
}

// serviceClock tells the service's time from the latest poll's.
type serviceClock struct {
	time time.Time // the service's
	at   time.Time // by the program's clock, which only measures what has passed since
}

func (c serviceClock) now() time.Time {
	if c.time.IsZero() {
		return time.Time{}
	}
	return c.time.Add(time.Since(c.at))
}

// serviceTime returns the service's time, or the program's before the first
// poll.
func (r *Receiver) serviceTime() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.clock.now(); !now.IsZero() {
		return now
	}
	return time.Now()
}

func (r *Receiver) isFollowing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.following
}

// begin marks the receiver as following. It returns false if it is marked
// already.
func (r *Receiver) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.following {
		return false
	}
	r.following = true
	r.status.Err = nil
	return true
}

func (r *Receiver) end(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.following = false
	r.status.Ready, r.status.Err = false, err
}

func (r *Receiver) recordPoll(p *poll, polled, saved error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if polled == nil {
		r.status.LastPoll = time.Now()
	}
	if !p.now.IsZero() {
		r.clock = serviceClock{time: p.now, at: time.Now()}
	}
	r.status.Err = errors.Join(polled, saved)
	r.status.Ready = r.status.Err == nil
}

func (r *Receiver) recordFailure(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Ready, r.status.Err = false, err
}
