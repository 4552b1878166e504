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
	interval        time.Duration
	overlap         time.Duration
	reread          time.Duration
	stuckAfter      time.Duration
	params          client.PeriodicAgentLogListParams
	callOptions     []client.CallOption
	callbackOptions []callback.Option
	store           callback.Store
	positions       PositionStore
	start           *Position // nil: the present
	concurrency     int
	handleTimeout   time.Duration // 0: none
	shutdownTimeout time.Duration
	maxAttempts     int
	deadLetter      func(context.Context, *Run, error) error
	lookUp          bool
	reports         reports
}

const (
	defaultFollowInterval  = 10 * time.Second
	defaultOnceInterval    = 2 * time.Second
	defaultOverlap         = 5 * time.Minute
	defaultReread          = 5 * time.Minute
	defaultStuckAfter      = 24 * time.Hour
	defaultConcurrency     = 4
	defaultShutdownTimeout = 10 * time.Second
)

// applyOptions applies opts by the method of their type. The poll interval is
// interval by default.
func applyOptions[O Option](interval time.Duration, opts []O, apply func(O, *settings) error) (*settings, error) {
	s := &settings{
		interval:        interval,
		overlap:         defaultOverlap,
		reread:          defaultReread,
		stuckAfter:      defaultStuckAfter,
		concurrency:     defaultConcurrency,
		shutdownTimeout: defaultShutdownTimeout,
	}
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

// WithOverlap sets the period before the newest log from which logs may still
// appear late. The default is 5 minutes, and becomes longer by itself, up to an
// hour, if logs appear later than that.
func WithOverlap(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.overlap = d
		return requirePositive("WithOverlap", d)
	})
}

// WithReread sets how often all logs within the overlap are read again, even if
// nothing indicates a change: a log that appeared late and one that was deleted
// can hide each other. The default is 5 minutes.
func WithReread(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.reread = d
		return requirePositive("WithReread", d)
	})
}

// WithStuckAfter sets how long a run may be running before it is reported as
// stuck ([ErrStuck]). From then on Follow looks for its end only when it reads
// the overlap again. The default is 24 hours.
func WithStuckAfter(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.stuckAfter = d
		return requirePositive("WithStuckAfter", d)
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
// Receiver handles every callback with a valid signature.
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

// WithStore sets a store that receivers share, so that each run is handled by
// one of them. A single receiver with [WithPositionFile] or [WithPositionStore]
// needs none. The keys are those of [callback.Key] with the client's org.
func WithStore(store callback.Store) Option {
	return receiverOption(func(s *settings) error {
		s.store = store
		memory, ok := store.(*callback.MemoryStore) // of a NewMemoryStore whose error was ignored
		return requireNotNil("WithStore", store != nil && (!ok || memory != nil))
	})
}

// WithPositionStore sets the store for the position.
func WithPositionStore(positions PositionStore) Option {
	return receiverOption(func(s *settings) error {
		if err := requireNotNil("WithPositionStore", positions != nil); err != nil {
			return err
		}
		return s.setPositions("WithPositionStore", positions)
	})
}

// WithPositionFile sets the file for the position. Changes are appended to it,
// and from time to time it is replaced, so that its folder must be writable: in
// a container, mount the folder, not the file. While Follow is running, the
// file is locked. If it doesn't exist, Follow creates it.
func WithPositionFile(path string) Option {
	return receiverOption(func(s *settings) error {
		if path == "" {
			return &api.ArgumentError{Argument: "WithPositionFile", Reason: "is empty"}
		}
		return s.setPositions("WithPositionFile", &positionFile{path: path})
	})
}

func (s *settings) setPositions(option string, positions PositionStore) error {
	if s.positions != nil {
		return &api.ArgumentError{Argument: option, Reason: "is given although the position has a store; use one of WithPositionStore and WithPositionFile, once"}
	}
	s.positions = positions
	return nil
}

// WithStart sets the beginning of a receiver without a saved position: the logs
// that were created at t or later, by the service's clock. The zero time
// selects all logs. By default a receiver begins with the present: with runs
// that have not finished, and those to come.
func WithStart(t time.Time) Option {
	return receiverOption(func(s *settings) error {
		s.start = At(t)
		return nil
	})
}

// WithConcurrency sets how many runs that were found in the logs are handled at
// the same time. The default is 4. With 1 they are handled in order. Runs that
// callbacks report are handled at once.
func WithConcurrency(n int) Option {
	return receiverOption(func(s *settings) error {
		s.concurrency = n
		if n < 1 || n > maxConcurrency {
			return &api.ArgumentError{Argument: "WithConcurrency", Reason: fmt.Sprintf("is %d, but must be from 1 to %d", n, maxConcurrency)}
		}
		return nil
	})
}

// maxConcurrency bounds the workers of a receiver.
const maxConcurrency = 10_000

// WithHandleTimeout limits each call of the function: its context ends then. By
// default there is no limit. A function that ignores the end of its context is
// reported ([ErrHandlerHangs]), and occupies one of the places of
// [WithConcurrency] until it returns.
func WithHandleTimeout(d time.Duration) Option {
	return receiverOption(func(s *settings) error {
		s.handleTimeout = d
		return requirePositive("WithHandleTimeout", d)
	})
}

// WithShutdownTimeout sets how long Follow waits, after its context has ended,
// for calls of the function. After that their contexts end, too. The default is
// 10 s.
func WithShutdownTimeout(d time.Duration) Option {
	return receiverOption(func(s *settings) error {
		s.shutdownTimeout = d
		return requirePositive("WithShutdownTimeout", d)
	})
}

// WithDeadLetter limits the attempts to handle a run. After that many failures
// handle is called with the run and the last error, instead of the function. If
// it returns nil, the run is done, and reported with a [*DeadLetterError]. If it
// fails, it is called again later. By default a run is tried until it succeeds.
func WithDeadLetter(attempts int, handle func(context.Context, *Run, error) error) Option {
	return receiverOption(func(s *settings) error {
		s.maxAttempts, s.deadLetter = attempts, handle
		if attempts < 1 {
			return &api.ArgumentError{Argument: "WithDeadLetter", Reason: fmt.Sprintf("has %d attempts, but must have at least 1", attempts)}
		}
		return requireNotNil("WithDeadLetter", handle != nil)
	})
}

// WithLogLookup requests the log of every run that a callback reports, so that
// [Run.Log] and [Run.AgentID] are always set, unless the log was deleted. If a
// log can't be requested, the callback is refused with 503, and the run is
// handled when it is found in the logs.
func WithLogLookup() Option {
	return receiverOption(func(s *settings) error {
		s.lookUp = true
		return nil
	})
}

// WithCallbackOptions adds options to the handler of callbacks. Don't use
// [callback.WithDeduplication]: a receiver recognizes duplicates itself.
func WithCallbackOptions(opts ...callback.Option) Option {
	opts = slices.Clone(opts)
	return receiverOption(func(s *settings) error {
		for i, opt := range opts {
			if opt == nil {
				return &api.ArgumentError{Argument: fmt.Sprintf("WithCallbackOptions[%d]", i), Reason: "is nil"}
			}
		}
		s.callbackOptions = append(s.callbackOptions, opts...)
		return nil
	})
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
