package runs

import (
	"errors"
	"log/slog"
	"time"
)

// Status is the state of a [Receiver], for readiness probes and dashboards.
type Status struct {
	// Ready is true while Follow is running if the latest poll and the latest save
	// succeeded. It is false before the first successful poll.
	Ready bool
	// LastPoll is the time of the latest successful poll by the program's clock.
	// It is zero before the first one.
	LastPoll time.Time
	// Lag is the age of the oldest log whose run has finished but has not been
	// handled, by the service's clock. It is 0 if there is none. Runs that are
	// still running don't count.
	Lag time.Duration
	// InProgress is the number of runs that are being handled or waiting for a
	// worker (WithConcurrency).
	InProgress int
	// Running is the number of runs that have not finished. Stuck is the number of
	// those that were reported as stuck.
	Running, Stuck int
	// Failing is the number of runs that will be retried after an error.
	Failing int
	// DeadLetters is the number of runs that this receiver has given up since it
	// was created.
	DeadLetters int64
	// Err is the error of the latest poll or save, or the error that Follow
	// returned. It is nil if Ready is true, and before the first poll.
	Err error
}

// LogValue returns a group of the fields that are set.
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

// serviceClock estimates the service's time from the time of the latest poll.
type serviceClock struct {
	time time.Time // the service's time at the latest poll
	at   time.Time // the program's time then, to measure the time since
}

func (c serviceClock) now() time.Time {
	if c.time.IsZero() {
		return time.Time{}
	}
	return c.time.Add(time.Since(c.at))
}

// serviceTime returns the service's time. Before the first poll, it returns the
// program's time.
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

// startFollowing marks the receiver as following. It returns false if the receiver is
// already following.
func (r *Receiver) startFollowing() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.following {
		return false
	}
	r.following = true
	r.status.Err = nil
	return true
}

func (r *Receiver) stopFollowing(err error) {
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
