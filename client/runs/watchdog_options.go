package runs

import (
	"context"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// WatchdogOption is an option of [NewWatchdog].
type WatchdogOption interface{ applyToWatchdog(*watchdogSettings) error }

type watchdogOption func(*watchdogSettings) error

func (o watchdogOption) applyToWatchdog(s *watchdogSettings) error { return o(s) }

type watchdogSettings struct {
	grace    time.Duration
	failures int
	silence  time.Duration
	location *time.Location
	store    AlarmStore // nil means none
}

// earlyStart returns how long before its due time a run may be dated, since the
// clocks of the scheduler and of the database differ.
func (s *watchdogSettings) earlyStart() time.Duration { return s.grace / 2 }

const (
	defaultGrace    = 10 * time.Minute
	defaultFailures = 3
	defaultSilence  = time.Hour
)

// maxFailures limits the number of runs that are remembered of each agent.
const maxFailures = 100

func (s *watchdogSettings) apply(opts []WatchdogOption) error {
	*s = watchdogSettings{grace: defaultGrace, failures: defaultFailures, silence: defaultSilence, location: time.UTC}
	for i, opt := range opts {
		if opt == nil {
			return &api.ArgumentError{Argument: fmt.Sprintf("opts[%d]", i), Reason: "is nil"}
		}
		if err := opt.applyToWatchdog(s); err != nil {
			return err
		}
	}
	if s.silence < s.grace {
		return &api.ArgumentError{Argument: "WithSilence", Reason: fmt.Sprintf("is %s, but must not be shorter than the grace period of %s", s.silence, s.grace)}
	}
	return nil
}

// WithGrace sets how late a run may start, and how long after a due time its log
// may appear, before the run is missed. The default is 10 minutes. It must be
// longer than runs wait for a free worker, and twice as long as the clocks of
// the service's servers differ.
func WithGrace(d time.Duration) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		s.grace = d
		return requirePositive("WithGrace", d)
	})
}

// WithFailures sets how many runs of an agent must fail in a row before it is
// failing. The default is 3.
func WithFailures(n int) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		s.failures = n
		if n < 1 || n > maxFailures {
			return &api.ArgumentError{Argument: "WithFailures", Reason: fmt.Sprintf("is %d, but must be from 1 to %d", n, maxFailures)}
		}
		return nil
	})
}

// WithSilence sets for how long no agent has run, although one was due, before
// the scheduler is reported as silent. The default is an hour. It must not be
// shorter than the grace period.
func WithSilence(d time.Duration) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		s.silence = d
		return requirePositive("WithSilence", d)
	})
}

// WithScheduleLocation sets the time zone of the schedules, which is that of the
// server. The default is UTC, which is the server's unless its operators have
// changed it.
func WithScheduleLocation(location *time.Location) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		s.location = location
		return requireNotNil("WithScheduleLocation", location != nil)
	})
}

// WithAlarmFile sets the path of the file that saves the open alarms. It is
// created if it doesn't exist, and replaced when an alarm is raised or resolved.
// Its folder must therefore be writable: in a container, mount the folder, not
// the file. Two processes must not use the same file.
func WithAlarmFile(path string) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		if path == "" {
			return &api.ArgumentError{Argument: "WithAlarmFile", Reason: "is empty"}
		}
		return s.setStore("WithAlarmFile", alarmFile{path: path})
	})
}

// WithAlarmStore sets the store that saves the open alarms.
func WithAlarmStore(store AlarmStore) WatchdogOption {
	return watchdogOption(func(s *watchdogSettings) error {
		if err := requireNotNil("WithAlarmStore", store != nil); err != nil {
			return err
		}
		return s.setStore("WithAlarmStore", store)
	})
}

func (s *watchdogSettings) setStore(option string, store AlarmStore) error {
	if s.store != nil {
		return &api.ArgumentError{Argument: option, Reason: "sets a second store for the alarms; use WithAlarmStore or WithAlarmFile once"}
	}
	s.store = store
	return nil
}

// AlarmStore saves the open alarms of a [Watchdog], for example in a database.
// The watchdog never calls the methods concurrently. A call that takes longer
// than 10 s is reported as an error.
type AlarmStore interface {
	// Load returns the saved text, or nil if there is none.
	Load(ctx context.Context) ([]byte, error)
	// Save replaces the saved text. It must return nil only when the text would
	// survive a crash.
	Save(ctx context.Context, text []byte) error
}
