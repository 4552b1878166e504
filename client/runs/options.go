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

// FollowOption is an option of [Follow] and of NewReceiver.
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

// applyOptions applies opts by the method of their type. The poll interval is
// interval by default.
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

// WithPollInterval sets the wait between two polls of the logs. The default is
// 10 s, and 2 s for Once. While polls fail, a Receiver and Follow wait longer,
// up to 5 minutes.
func WithPollInterval(d time.Duration) SharedOption {
	return sharedOption(func(s *settings) error {
		s.interval = d
		return requirePositive("WithPollInterval", d)
	})
}

// WithOverlap sets the period before the newest log that every poll lists
// again, for logs that appear late. The default is 5 minutes. A log that
// appears when the newest log is younger by more than that is missed.
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

// WithParams selects the logs to follow. Ordering, Page and Status must be
// unset, since Follow sets them itself. The params don't select callbacks: a
// Receiver handles all whose signatures are right.
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

// WithCallOptions adds options to every call of the API.
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

// WithStore sets the store that records which runs are handled. The default is
// a [callback.MemoryStore] of 100,000 runs and one day. With a store that
// outlives the process, handled runs are not handled again after a restart.
// Receivers that share a store handle each run once among them.
func WithStore(store callback.Store) Option {
	return receiverOption(func(s *settings) error {
		s.store = store
		memory, ok := store.(*callback.MemoryStore) // of a NewMemoryStore whose error was ignored
		return requireNotNil("WithStore", store != nil && (!ok || memory != nil))
	})
}

// WithPositionStore sets the store for the position. Without it and
// [WithPositionFile], Follow starts with the runs of the present.
func WithPositionStore(positions PositionStore) Option {
	return receiverOption(func(s *settings) error {
		if err := requireNotNil("WithPositionStore", positions != nil); err != nil {
			return err
		}
		return s.setPositions("WithPositionStore", positions)
	})
}

// WithPositionFile sets the file for the position, which is replaced after
// every run. Its directory must exist. If the file doesn't exist, Follow starts
// with the runs of the present.
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
		return &api.ArgumentError{Argument: option, Reason: "is given although the position has a store; use one of WithPositionStore and WithPositionFile, once"}
	}
	s.positions = positions
	return nil
}

// WithLogger logs every [Outcome] of a receiver, in place of [slog.Default]:
// successes and duplicates at debug level, refused callbacks at warn level, and
// failures at error level. Once logs failures that it doesn't return. Loggers
// and observers add up. To log nothing, pass slog.New(slog.DiscardHandler).
func WithLogger(logger *slog.Logger) OnceOption {
	return onceOption(func(s *settings) error {
		s.reports.add(func(ctx context.Context, outcome Outcome) { outcome.log(ctx, logger) })
		return requireNotNil("WithLogger", logger != nil && logger.Handler() != nil)
	})
}

// WithObserver calls observe with every [Outcome], for metrics and alarms. The
// receiver waits for observe, and calls it concurrently. A receiver with an
// observer doesn't log to [slog.Default]; add [WithLogger] to log as well.
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
