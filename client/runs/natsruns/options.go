package natsruns

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
)

// Option is an option of [New].
type Option func(*settings) error

// settings holds the values that options set. Those of the streams are 0 if no
// option sets them.
type settings struct {
	name            string
	replicas        int
	maxBytes        int64
	maxRunsPerOrg   int64
	duplicateWindow time.Duration
	doneTTL         time.Duration
	ackWait         time.Duration
	lease           time.Duration
	followOptions   []runs.Option
	observers       []func(context.Context, Outcome)
}

// The defaults of the options.
const (
	defaultName            = "iblai-runs"
	defaultReplicas        = 1
	defaultMaxBytes        = 1 << 30
	defaultMaxRunsPerOrg   = 100_000
	defaultDuplicateWindow = time.Hour
	defaultDoneTTL         = 24 * time.Hour
	defaultAckWait         = 30 * time.Second
	defaultLease           = 15 * time.Second
)

const (
	// maxNameSize leaves room for the names that begin with it.
	maxNameSize = 200
	// minWindow is the shortest duplicate window that the server accepts.
	minWindow = 100 * time.Millisecond
	// minAckWait and minLease limit how often claims and leases are renewed.
	minAckWait = 100 * time.Millisecond
	minLease   = 100 * time.Millisecond
)

func newSettings(opts []Option) (settings, error) {
	s := settings{name: defaultName, lease: defaultLease}
	for i, opt := range opts {
		if opt == nil {
			return s, &api.ArgumentError{Argument: fmt.Sprintf("opts[%d]", i), Reason: "is nil"}
		}
		if err := opt(&s); err != nil {
			return s, err
		}
	}
	if err := s.checkDoneTTL(); err != nil {
		return s, err
	}
	if len(s.observers) == 0 {
		s.observers = append(s.observers, func(ctx context.Context, o Outcome) { o.log(ctx, slog.Default()) })
	}
	return s, nil
}

// checkDoneTTL checks that handled runs are remembered for as long as they may be
// published or delivered again.
func (s *settings) checkDoneTTL() error {
	window, ackWait := cmp.Or(s.duplicateWindow, defaultDuplicateWindow), cmp.Or(s.ackWait, defaultAckWait)
	switch {
	case s.doneTTL == 0:
		return nil
	case s.doneTTL < window:
		return &api.ArgumentError{Argument: "WithDoneTTL", Reason: fmt.Sprintf("is %v, but must not be shorter than WithDuplicateWindow, %v", s.doneTTL, window)}
	case s.doneTTL < ackWait:
		return &api.ArgumentError{Argument: "WithDoneTTL", Reason: fmt.Sprintf("is %v, but must not be shorter than WithAckWait, %v", s.doneTTL, ackWait)}
	}
	return nil
}

// WithName sets the name of the stream, and the beginning of the names of the
// other stream and the buckets. The default is iblai-runs. Bridges with different
// names share nothing.
func WithName(name string) Option {
	return func(s *settings) error {
		s.name = name
		if name == "" || encodeToken(name) != name {
			return &api.ArgumentError{Argument: "WithName", Reason: fmt.Sprintf("is %q, but must have letters, digits, - and _ only", name)}
		}
		if len(name) > maxNameSize {
			return &api.ArgumentError{Argument: "WithName", Reason: fmt.Sprintf("has %d characters, but must have at most %d", len(name), maxNameSize)}
		}
		return nil
	}
}

// WithReplicas sets how many servers store each stream and bucket: 1, 3 or 5. The
// default is 1, which any server supports. With 3, no run is lost if a server of
// the cluster is.
func WithReplicas(n int) Option {
	return func(s *settings) error {
		s.replicas = n
		if n != 1 && n != 3 && n != 5 {
			return &api.ArgumentError{Argument: "WithReplicas", Reason: fmt.Sprintf("is %d, but must be 1, 3 or 5", n)}
		}
		return nil
	}
}

// WithMaxBytes sets the size of the stream at which callbacks get 503. The default
// is 1 GiB. The stream holds the runs that are not handled yet. The dead letters
// have the same limit.
func WithMaxBytes(n int64) Option {
	return func(s *settings) error {
		s.maxBytes = n
		return requirePositive("WithMaxBytes", n)
	}
}

// WithMaxRunsPerOrg sets how many runs of an org may wait in the stream. Further
// callbacks of the org get 503. The default is 100,000.
func WithMaxRunsPerOrg(n int64) Option {
	return func(s *settings) error {
		s.maxRunsPerOrg = n
		return requirePositive("WithMaxRunsPerOrg", n)
	}
}

// WithDuplicateWindow sets how long the stream recognizes a run that is published
// again. The default is an hour, the minimum 100 ms. The server keeps the ids of
// these runs in memory.
func WithDuplicateWindow(d time.Duration) Option {
	return func(s *settings) error {
		s.duplicateWindow = d
		return requireAtLeast("WithDuplicateWindow", d, minWindow)
	}
}

// WithDoneTTL sets how long handled runs are remembered. The default is 24 hours,
// or the duplicate window if that is longer. It must not be shorter than the
// duplicate window or the AckWait. Callbacks that are older are not published. If
// the logs can't be followed for longer, runs that callbacks have reported are
// handled again.
func WithDoneTTL(d time.Duration) Option {
	return func(s *settings) error {
		s.doneTTL = d
		return requirePositive("WithDoneTTL", d)
	}
}

// WithAckWait sets how long a run that a dead worker has claimed waits until it is
// delivered again. The default is 30 s, the minimum 100 ms.
func WithAckWait(d time.Duration) Option {
	return func(s *settings) error {
		s.ackWait = d
		return requireAtLeast("WithAckWait", d, minAckWait)
	}
}

// WithLease sets how long an org isn't followed after its follower has died. The
// lease is renewed, and the position saved, three times in that period. The
// default is 15 s, the minimum 100 ms.
func WithLease(d time.Duration) Option {
	return func(s *settings) error {
		s.lease = d
		return requireAtLeast("WithLease", d, minLease)
	}
}

// WithFollowOptions adds options of the receivers that poll the logs, such as
// [runs.WithPollInterval] and [runs.WithStart]. Options of callbacks have no
// effect here, and options that save the position or limit the handling of runs
// have no place here: the bridge does both.
func WithFollowOptions(opts ...runs.Option) Option {
	opts = slices.Clone(opts)
	return func(s *settings) error {
		if i := slices.Index(opts, nil); i >= 0 {
			return &api.ArgumentError{Argument: fmt.Sprintf("WithFollowOptions[%d]", i), Reason: "is nil"}
		}
		s.followOptions = append(s.followOptions, opts...)
		return nil
	}
}

// WithLogger sets a logger for every [Outcome], instead of [slog.Default].
// Successes and duplicates have debug level, retries and changes of a lease info
// or warn level, failures and dead letters error level.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings) error {
		if logger == nil {
			return &api.ArgumentError{Argument: "WithLogger", Reason: "is nil"}
		}
		s.observers = append(s.observers, func(ctx context.Context, o Outcome) { o.log(ctx, logger) })
		return nil
	}
}

// WithObserver sets a function that is called with every [Outcome], for metrics
// and alerts. It is called concurrently. If it panics, the panic is logged to
// [slog.Default]. Otherwise a bridge with an observer doesn't log there; add
// [WithLogger] to log as well.
func WithObserver(observe func(context.Context, Outcome)) Option {
	return func(s *settings) error {
		if observe == nil {
			return &api.ArgumentError{Argument: "WithObserver", Reason: "is nil"}
		}
		s.observers = append(s.observers, observe)
		return nil
	}
}

// ConsumeOption is an option of [Bridge.Consume].
type ConsumeOption func(*consumeSettings) error

type consumeSettings struct {
	concurrency     int
	maxAttempts     int
	handleTimeout   time.Duration
	shutdownTimeout time.Duration
}

func newConsumeSettings(opts []ConsumeOption) (consumeSettings, error) {
	s := consumeSettings{concurrency: 16, maxAttempts: 10, handleTimeout: time.Hour, shutdownTimeout: 10 * time.Second}
	for i, opt := range opts {
		if opt == nil {
			return s, &api.ArgumentError{Argument: fmt.Sprintf("opts[%d]", i), Reason: "is nil"}
		}
		if err := opt(&s); err != nil {
			return s, err
		}
	}
	return s, nil
}

// WithConcurrency sets how many calls of the function may run concurrently, for
// all orgs together. The default is 16, the maximum 1000.
func WithConcurrency(n int) ConsumeOption {
	return func(s *consumeSettings) error {
		s.concurrency = n
		if n < 1 || n > maxAckPending {
			return &api.ArgumentError{Argument: "WithConcurrency", Reason: fmt.Sprintf("is %d, but must be from 1 to %d", n, maxAckPending)}
		}
		return nil
	}
}

// WithMaxAttempts sets how often a run is delivered before it becomes a dead
// letter. The default is 10. Deliveries to workers that died count.
func WithMaxAttempts(n int) ConsumeOption {
	return func(s *consumeSettings) error {
		s.maxAttempts = n
		return requirePositive("WithMaxAttempts", n)
	}
}

// WithHandleTimeout sets a timeout for each call of the function, after which its
// context ends and its claim is no longer extended. If the function doesn't return
// then, the bridge reports [runs.ErrHandlerHangs]. The default is an hour.
func WithHandleTimeout(d time.Duration) ConsumeOption {
	return func(s *consumeSettings) error {
		s.handleTimeout = d
		return requirePositive("WithHandleTimeout", d)
	}
}

// WithShutdownTimeout sets how long Consume waits for running calls of the
// function after its context has ended. After that, the contexts of these calls
// end, too, and Consume waits up to 5 s more. The default is 10 s.
func WithShutdownTimeout(d time.Duration) ConsumeOption {
	return func(s *consumeSettings) error {
		s.shutdownTimeout = d
		return requirePositive("WithShutdownTimeout", d)
	}
}

func requireAtLeast(option string, value, least time.Duration) error {
	if value < least {
		return &api.ArgumentError{Argument: option, Reason: fmt.Sprintf("is %v, but must be at least %v", value, least)}
	}
	return nil
}

func requirePositive[T int | int64 | time.Duration](option string, value T) error {
	if value <= 0 {
		return &api.ArgumentError{Argument: option, Reason: fmt.Sprintf("is %v, but must be positive", value)}
	}
	return nil
}
