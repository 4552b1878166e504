package runs

import (
	"errors"
	"log/slog"
	"time"
)

// Status is the state of a [Receiver], for a readiness probe.
type Status struct {
	// Ready is true while Follow is running, if the latest poll and the latest
	// save of the position have succeeded. It is false before the first poll has.
	Ready bool
	// LastPoll is the end of the latest poll that succeeded, or zero.
	LastPoll time.Time
	// Err is why Ready is false: the error of the latest poll or save, or the one
	// that Follow has returned. It is nil before the first poll.
	Err error
}

// LogValue groups the fields.
func (s Status) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Bool("ready", s.Ready), slog.Time("last_poll", s.LastPoll)}
	if s.Err != nil {
		attrs = append(attrs, slog.Any("error", s.Err))
	}
	return slog.GroupValue(attrs...)
}

// Status returns the receiver's state. It may be called at any time.
func (r *Receiver) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// begin reports whether no other call of Follow is running.
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

func (r *Receiver) recordPoll(polled, saved error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if polled == nil {
		r.status.LastPoll = time.Now()
	}
	r.status.Err = errors.Join(polled, saved)
	r.status.Ready = r.status.Err == nil
}

func (r *Receiver) recordFailure(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status.Ready, r.status.Err = false, err
}
