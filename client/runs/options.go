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

// WatchOption is an option of [Watchdog.Run] and of NewReceiver.
type WatchOption interface {
	Option
	applyToWatch(*settings) error
}

// FollowOption is an option of [Follow], Watchdog.Run and NewReceiver.
type FollowOption interface {
	WatchOption
	applyToFollow(*settings) error
}

// OnceOption is an option of [Once], [OnceAgent] and NewReceiver.
type OnceOption interface {
	Option
	applyToOnce(*settings) error
}

// LogOption is an option of NewReceiver, Watchdog.Run, Once and OnceAgent.
type LogOption interface {
	WatchOption
	OnceOption
}

// SharedOption is an option of NewReceiver, Watchdog.Run, Follow, Once and
// OnceAgent.
type SharedOption interface {
	FollowOption
	OnceOption
}

type receiverOption func(*settings) error

func (o receiverOption) applyToReceiver(s *settings) error { return o(s) }

type watchOption func(*settings) error

func (o watchOption) applyToReceiver(s *settings) error { return o(s) }
func (o watchOption) applyToWatch(s *settings) error    { return o(s) }

type followOption func(*settings) error

func (o followOption) applyToReceiver(s *settings) error { return o(s) }
func (o followOption) applyToWatch(s *settings) error    { return o(s) }
func (o followOption) applyToFollow(s *settings) error   { return o(s) }

type logOption func(*settings) error

func (o logOption) applyToReceiver(s *settings) error { return o(s) }
func (o logOption) applyToWatch(s *settings) error    { return o(s) }
func (o logOption) applyToOnce(s *settings) error     { return o(s) }

type sharedOption func(*settings) error

func (o sharedOption) applyToReceiver(s *settings) error { return o(s) }
func (o sharedOption) applyToWatch(s *settings) error    { return o(s) }
func (o sharedOption) applyToFollow(s *settings) error   { return o(s) }
func (o sharedOption) applyToOnce(s *settings) error     { return o(s) }

// settings holds the values that options set.
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
	start           *Position // nil means the present
	concurrency     int
	handleTimeout   time.Duration // 0 means no limit
	shutdownTimeout time.Duration
	maxAttempts     int
	deadLetter      func(context.Context, *Run, error) error
	logLookup       bool
	watchdog        *Watchdog // nil means none
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

// applyOptions applies opts with apply. The default poll interval is interval.
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

// WithPollInterval sets the time between two polls of the logs. The default is
// 10 s, and 2 s for Once. While polls fail, a Receiver and Follow wait longer,
// up to 5 minutes.
func WithPollInterval(d time.Duration) SharedOption {
	return sharedOption(func(s *settings) error {
		s.interval = d
		return requirePositive("WithPollInterval", d)
	})
}

// WithOverlap sets the period before the newest log in which further logs may
// still appear. The default is 5 minutes. If logs appear later than half of
// that, the overlap is extended automatically, by up to an hour.
func WithOverlap(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.overlap = d
		return requirePositive("WithOverlap", d)
	})
}

// WithReread sets how often all logs within the overlap are read again even if
// the size of the list has not changed: a late log and a deleted one leave the
// size unchanged. The default is 5 minutes.
func WithReread(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.reread = d
		return requirePositive("WithReread", d)
	})
}

// WithStuckAfter sets how long a run may be running before it is reported as
// stuck ([ErrStuck]). From then on, it is checked only when the overlap is read
// again. The default is 24 hours.
func WithStuckAfter(d time.Duration) FollowOption {
	return followOption(func(s *settings) error {
		s.stuckAfter = d
		return requirePositive("WithStuckAfter", d)
	})
}

func requirePositive(option string, d time.Duration) error {
	if d <= 0 {
		return &api.ArgumentError{Argument: option, Reason: fmt.Sprintf("is %s, but must be positive", d)}
	}
	return nil
}

// WithParams selects the logs to follow. Ordering, Page and Status must be
// unset, since Follow sets them. The params don't apply to callbacks: a
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

// WithCallOptions adds options to every API call.
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

// allOptions returns the call options for methods named All.
func (s *settings) allOptions() []client.AllOption {
	opts := make([]client.AllOption, len(s.callOptions))
	for i, opt := range s.callOptions {
		opts[i] = opt
	}
	return opts
}

// writeOptions returns the call options for methods named Create.
func (s *settings) writeOptions() []client.WriteOption {
	opts := make([]client.WriteOption, len(s.callOptions))
	for i, opt := range s.callOptions {
		opts[i] = opt
	}
	return opts
}

// WithStore sets a store that several receivers share, so that each run is
// handled by one of them. A store also detects callbacks that are delivered
// again after the position has forgotten their runs. The keys are those of
// [callback.Key] with the client's org.
func WithStore(store callback.Store) Option {
	return receiverOption(func(s *settings) error {
		s.store = store
		memory, ok := store.(*callback.MemoryStore) // nil if the error of NewMemoryStore was ignored
		return requireNotNil("WithStore", store != nil && (!ok || memory != nil))
	})
}

// WithPositionStore sets the store that saves the position.
func WithPositionStore(positions PositionStore) Option {
	return receiverOption(func(s *settings) error {
		if err := requireNotNil("WithPositionStore", positions != nil); err != nil {
			return err
		}
		return s.setPositions("WithPositionStore", positions)
	})
}

// WithPositionFile sets the path of the file that saves the position. Follow
// creates the file if it doesn't exist, and locks it while it is running.
// Changes are appended to the file, and from time to time the file is replaced.
// Its folder must therefore be writable: in a container, mount the folder, not
// the file. If the file is removed while it is in use, it is written again.
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
		return &api.ArgumentError{Argument: option, Reason: "sets a second store for the position; use WithPositionStore or WithPositionFile once"}
	}
	s.positions = positions
	return nil
}

// WithStart sets the start of a receiver that has no saved position: it handles
// the runs whose logs were created at t or later, by the service's clock. The
// zero time selects all logs. By default, a receiver starts from the present,
// and handles the runs that have not finished yet.
func WithStart(t time.Time) Option {
	return receiverOption(func(s *settings) error {
		s.start = At(t)
		return nil
	})
}

// WithConcurrency sets how many runs from the logs are handled concurrently.
// The default is 4. With 1, they are handled in order. Runs from callbacks are
// handled immediately and don't count.
func WithConcurrency(n int) Option {
	return receiverOption(func(s *settings) error {
		s.concurrency = n
		if n < 1 || n > maxConcurrency {
			return &api.ArgumentError{Argument: "WithConcurrency", Reason: fmt.Sprintf("is %d, but must be from 1 to %d", n, maxConcurrency)}
		}
		return nil
	})
}

// maxConcurrency limits the number of workers of a receiver.
const maxConcurrency = 10_000

// WithHandleTimeout sets a timeout for each call of the function, after which
// the context of the call ends. By default there is no timeout. If a function
// doesn't return then, it is reported ([ErrHandlerHangs]) and counts toward
// [WithConcurrency] until it returns.
func WithHandleTimeout(d time.Duration) Option {
	return receiverOption(func(s *settings) error {
		s.handleTimeout = d
		return requirePositive("WithHandleTimeout", d)
	})
}

// WithShutdownTimeout sets how long Follow waits for running calls of the
// function after its context has ended. After that, the contexts of these calls
// end, too, and Follow waits up to 5 s more. The default is 10 s.
func WithShutdownTimeout(d time.Duration) Option {
	return receiverOption(func(s *settings) error {
		s.shutdownTimeout = d
		return requirePositive("WithShutdownTimeout", d)
	})
}

// WithDeadLetter limits the number of attempts to handle a run. After that many
// failed attempts, handle is called with the run and the last error. If handle
// returns nil, the run is done and is reported with a [*DeadLetterError]. If
// handle fails, the next attempt calls the function again and, if that fails,
// handle. By default, a run is retried until it succeeds.
func WithDeadLetter(attempts int, handle func(context.Context, *Run, error) error) Option {
	return receiverOption(func(s *settings) error {
		s.maxAttempts, s.deadLetter = attempts, handle
		if attempts < 1 {
			return &api.ArgumentError{Argument: "WithDeadLetter", Reason: fmt.Sprintf("has %d attempts, but must have at least 1", attempts)}
		}
		return requireNotNil("WithDeadLetter", handle != nil)
	})
}

// WithLogLookup makes the receiver request the log of every run that a callback
// reports, so that [Run.Log] and [Run.AgentID] are set unless the log was
// deleted. If the request fails, the response to the callback is 503, and the
// run is handled when it is found in the logs.
func WithLogLookup() Option {
	return receiverOption(func(s *settings) error {
		s.logLookup = true
		return nil
	})
}

// WithCallbackOptions adds options for the callback handler. Don't use
// [callback.WithDeduplication]: a receiver detects duplicates itself.
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

// WithLogger sets a logger for every [Outcome] of a receiver or of
// [Watchdog.Run], instead of [slog.Default]. Successes and duplicates have
// debug level, refused callbacks warn level, and failures error level. Once
// logs the errors that it doesn't return. Several loggers and observers can be set. To disable logging, pass
// slog.New(slog.DiscardHandler).
func WithLogger(logger *slog.Logger) LogOption {
	return logOption(func(s *settings) error {
		s.reports.add(func(ctx context.Context, outcome Outcome) { outcome.log(ctx, logger) })
		return requireNotNil("WithLogger", logger != nil && logger.Handler() != nil)
	})
}

// WithObserver sets a function that is called with every [Outcome], for metrics
// and alerts. The receiver calls it concurrently and waits for it to return. A
// receiver with an observer doesn't log to [slog.Default]; add [WithLogger] to
// log as well.
func WithObserver(observe func(context.Context, Outcome)) WatchOption {
	return watchOption(func(s *settings) error {
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
