package runs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Option is an option of [NewReceiver].
type Option interface{ applyToReceiver(*settings) error }

// FollowOption is an option of [Follow], and of NewReceiver for its polls.
type FollowOption interface {
	Option
	applyToFollow(*settings) error
}

// OnceOption is an option of [Once] and of NewReceiver.
type OnceOption interface {
	Option
	applyToOnce(*settings) error
}

// SharedOption is an option of NewReceiver, Follow and Once.
type SharedOption interface {
	FollowOption
	OnceOption
}

type receiverOption func(*settings) error

func (o receiverOption) applyToReceiver(s *settings) error { return o(s) }

type followOption func(*settings) error

func (o followOption) applyToReceiver(s *settings) error { return o(s) }
func (o followOption) applyToFollow(s *settings) error   { return o(s) }

type onceOption func(*settings) error

func (o onceOption) applyToReceiver(s *settings) error { return o(s) }
func (o onceOption) applyToOnce(s *settings) error     { return o(s) }

type sharedOption func(*settings) error

func (o sharedOption) applyToReceiver(s *settings) error { return o(s) }
func (o sharedOption) applyToFollow(s *settings) error   { return o(s) }
func (o sharedOption) applyToOnce(s *settings) error     { return o(s) }

// settings are what options set.
type settings struct {
	interval    time.Duration
	overlap     time.Duration
	params      client.PeriodicAgentLogListParams
	callOptions []client.CallOption
	store       callback.Store
	positions   PositionStore
	reports     reports
}

const (
	defaultFollowInterval = 10 * time.Second
	defaultOnceInterval   = 2 * time.Second
	defaultOverlap        = 5 * time.Minute
)

// applyOptions sets the interval that is the default and applies opts, of any of
// the interfaces above, with apply.
func applyOptions[O Option](interval time.Duration, opts []O, apply func(O, *settings) error) (*settings, error) {
	s := &settings{interval: interval, overlap: defaultOverlap}
	for i, opt := range opts {
		if any(opt) == nil {
			return nil, &api.ArgumentError{Argument: fmt.Sprintf("opts[%d]", i), Reason: "is nil"}
		}
		if err := apply(opt, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// WithPollInterval sets the wait between two polls of the logs: by default 10 s,
// and 2 s for Once. After polls that failed, a Receiver and Follow wait longer,
// up to 5 minutes.
func WithPollInterval(d time.Duration) SharedOption {
	return sharedOption(func(s *settings) error {
		s.interval = d
		return requirePositive("WithPollInterval", d)
	})
}

// WithOverlap sets how much older than the newest log another one may be that
// shows up later: 5 minutes by default. A log that is older still when it shows
// up is missed.
func WithOverlap(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.overlap = d
		return requirePositive("WithOverlap", d)
	})
}

func requirePositive(option string, d time.Duration) error {
	if d <= 0 {
		return &api.ArgumentError{Argument: option, Reason: fmt.Sprintf("is %s, but must be above 0", d)}
	}
	return nil
}

// WithParams selects the logs to follow. Follow sets Ordering, Page and Status
// itself; these must be unset. A Receiver handles callbacks of other agents all
// the same.
func WithParams(params client.PeriodicAgentLogListParams) FollowOption {
	return followOption(func(s *settings) error {
		for _, field := range []struct {
			name  string
			isSet bool
		}{
			{"Ordering", params.Ordering != ""},
			{"Page", params.Page != 0},
			{"Status", params.Status != ""},
		} {
			if field.isSet {
				return &api.ArgumentError{Argument: "WithParams", Reason: "sets " + field.name + ", which Follow sets itself"}
			}
		}
		s.params = params
		return nil
	})
}

// WithCallOptions adds options to every call of the API that is made. They are
// applied after the client's own.
func WithCallOptions(opts ...client.CallOption) SharedOption {
	opts = slices.Clone(opts)
	return sharedOption(func(s *settings) error {
		for i, opt := range opts {
			if opt == nil {
				return &api.ArgumentError{Argument: fmt.Sprintf("WithCallOptions[%d]", i), Reason: "is nil"}
			}
		}
		s.callOptions = append(s.callOptions, opts...)
		return nil
	})
}

// allOptions returns the call options as options of All.
func (s *settings) allOptions() []client.AllOption {
	opts := make([]client.AllOption, len(s.callOptions))
	for i, opt := range s.callOptions {
		opts[i] = opt
	}
	return opts
}

// writeOptions returns the call options as options of Create.
func (s *settings) writeOptions() []client.WriteOption {
	opts := make([]client.WriteOption, len(s.callOptions))
	for i, opt := range s.callOptions {
		opts[i] = opt
	}
	return opts
}

// WithStore sets the store that remembers which runs were handled. By default
// the last 100,000 runs of a day are remembered in memory. With a store that
// outlives the process, runs are not handled again after a restart; receivers
// that share one handle each run once among them.
func WithStore(store callback.Store) Option {
	return receiverOption(func(s *settings) error {
		s.store = store
		memory, ok := store.(*callback.MemoryStore) // of a NewMemoryStore whose error was ignored
		return requireNotNil("WithStore", store != nil && (!ok || memory != nil))
	})
}

// WithPositionStore sets where the position is saved. Without it and
// [WithPositionFile], Follow begins with the runs of its start.
func WithPositionStore(positions PositionStore) Option {
	return receiverOption(func(s *settings) error {
		if err := requireNotNil("WithPositionStore", positions != nil); err != nil {
			return err
		}
		return s.setPositions("WithPositionStore", positions)
	})
}

// WithPositionFile saves the position in the file at path, which is replaced
// after every run. The directory must exist. If the file doesn't, Follow begins
// with the runs of its start.
func WithPositionFile(path string) Option {
	return receiverOption(func(s *settings) error {
		if path == "" {
			return &api.ArgumentError{Argument: "WithPositionFile", Reason: "is empty"}
		}
		return s.setPositions("WithPositionFile", positionFile(path))
	})
}

func (s *settings) setPositions(option string, positions PositionStore) error {
	if s.positions != nil {
		return &api.ArgumentError{Argument: option, Reason: "is the second place for the position: give WithPositionStore or WithPositionFile, and once"}
	}
	s.positions = positions
	return nil
}

// WithLogger sets a logger for what the receiver does, see [Outcome], or for
// what Once does not return. What went well is logged at debug level, a callback
// that was refused as a warning, and any other failure as an error. Without this
// option and [WithObserver], [slog.Default] is the logger.
func WithLogger(logger *slog.Logger) OnceOption {
	return onceOption(func(s *settings) error {
		s.reports.add(func(ctx context.Context, outcome Outcome) { outcome.log(ctx, logger) })
		return requireNotNil("WithLogger", logger != nil && logger.Handler() != nil)
	})
}

// WithObserver sets a function that gets every [Outcome], for metrics and
// alarms. It is called concurrently, and must return soon. If a logger is to get
// the outcomes too, it must be set with [WithLogger].
func WithObserver(observe func(context.Context, Outcome)) Option {
	return receiverOption(func(s *settings) error {
		s.reports.add(observe)
		return requireNotNil("WithObserver", observe != nil)
	})
}

func requireNotNil(argument string, ok bool) error {
	if ok {
		return nil
	}
	return &api.ArgumentError{Argument: argument, Reason: "is nil"}
}
