package callback

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

const (
	// A callback contains the whole log of a run.
	defaultMaxBody = 10 << 20

	defaultMaxUnverified = 64 << 20

	// A server without a ReadTimeout waits for a body for ever.
	defaultReadTimeout = 30 * time.Second

	// maxSkew is how far the platform's clock may be ahead of this one.
	maxSkew = 5 * time.Minute
)

// An Option configures a [Handler]. If an option is nil or its value invalid,
// [NewHandler] returns an [*api.ArgumentError] that names it.
type Option interface {
	apply(*settings) error
}

type settings struct {
	maxBody       int64
	maxUnverified int64         // 0: the default
	readTimeout   time.Duration // 0: the server's, or the default
	maxAge        time.Duration // 0: any age
	now           func() time.Time
	store         Store // nil: no deduplication
	org           string
	reports       []report
}

// report receives the outcome of every request.
type report func(context.Context, Outcome)

type option func(*settings) error

func (o option) apply(s *settings) error { return o(s) }

func newSettings(opts []Option) (settings, error) {
	s := settings{maxBody: defaultMaxBody, now: time.Now}
	for i, opt := range opts {
		if opt == nil {
			return settings{}, &api.ArgumentError{Argument: fmt.Sprintf("opts[%d]", i), Reason: "is nil"}
		}
		if err := opt.apply(&s); err != nil {
			return settings{}, err
		}
	}
	switch {
	case s.maxUnverified == 0:
		s.maxUnverified = max(defaultMaxUnverified, s.maxBody+1)
	case s.maxUnverified <= s.maxBody:
		return settings{}, &api.ArgumentError{
			Argument: "WithMaxUnverified",
			Reason:   fmt.Sprintf("is %d, which must be more than WithMaxBody, %d", s.maxUnverified, s.maxBody),
		}
	}
	if len(s.reports) == 0 {
		s.reports = []report{logToDefault}
	}
	return s, nil
}

// WithMaxBody sets the largest body in bytes that is accepted. A larger one is
// refused with 413 and [ErrBodyTooLarge], whether its length is announced or
// not. The default is 10 MiB, since a callback contains the whole log of a run.
func WithMaxBody(n int64) Option {
	return option(func(s *settings) error {
		s.maxBody = n
		return requirePositive("WithMaxBody", n, n, "leave the option out for the default of 10 MiB")
	})
}

// WithMaxUnverified sets how many bytes the bodies of all requests together may
// take up in memory until their signatures are verified, since anyone can send a
// body. A request that would exceed it is refused with 503 and [ErrOverloaded]. It
// must be more than [WithMaxBody]. The default is 64 MiB, or just enough for one body
// if WithMaxBody is larger.
func WithMaxUnverified(n int64) Option {
	return option(func(s *settings) error {
		s.maxUnverified = n
		return requirePositive("WithMaxUnverified", n, n, "leave the option out for the default of 64 MiB")
	})
}

// WithReadTimeout limits how long a body may take to arrive, counted from the
// call of ServeHTTP. A slower one is refused with 408 and [ErrBodyUnreadable].
// The default is the server's [http.Server.ReadTimeout], or 30 seconds if the
// server has none. The timeout has no effect behind middleware whose
// ResponseWriter doesn't support [http.ResponseController.SetReadDeadline].
func WithReadTimeout(d time.Duration) Option {
	return option(func(s *settings) error {
		s.readTimeout = d
		return requirePositive("WithReadTimeout", int64(d), d, "leave the option out for the server's timeout")
	})
}

// WithMaxAge refuses events with 400 whose timestamp is older than d
// ([ErrTooOld]), more than five minutes ahead ([ErrInFuture]) or can't be parsed
// ([ErrNoTimestamp]). It limits for how long a recorded callback can be
// replayed; [WithDeduplication] covers the time until then. By default events of
// any age are accepted.
//
// The timestamp is that of the end of the run: allow for the time that a
// delivery takes. A deployment that sends its local time without an offset is
// misunderstood, since such a time is read as UTC.
func WithMaxAge(d time.Duration) Option {
	return option(func(s *settings) error {
		s.maxAge = d
		return requirePositive("WithMaxAge", int64(d), d, "leave the option out to accept events of any age")
	})
}

// WithClock sets the clock that [WithMaxAge] compares timestamps with. The
// default is [time.Now].
func WithClock(now func() time.Time) Option {
	return option(func(s *settings) error {
		s.now = now
		return requireNotNil("WithClock", now != nil)
	})
}

// WithDeduplication calls the function once for each finished run, for as long as
// the store remembers it. A run is known by its log id (see [Key]). Callbacks with
// a status that isn't final, such as running, are distinguished by the status too.
//
// An event is claimed before the function is called. It is done when the
// function has returned nil, and released when the function has returned an
// error or panicked, so that a redelivery is handled. A duplicate of an event
// that is done gets 204 and is reported as [ErrDuplicate]. A duplicate of an
// event in progress gets 503 with Retry-After and is reported as
// [ErrInProgress], since the first delivery may still fail. If the store fails
// to claim, the response is 503. If it fails to mark an event as done, the
// response is 204, since the sender must not retry; the [Outcome] has the error.
// The handler knows the event until it could be marked, which it tries again
// after the next event. A call of the store may take 10 seconds.
//
// An event without a log id can't be identified and is always handled.
func WithDeduplication(store Store) Option {
	return option(func(s *settings) error {
		s.store = store
		memory, ok := store.(*MemoryStore) // of a NewMemoryStore whose error was ignored
		return requireNotNil("WithDeduplication", store != nil && (!ok || memory != nil))
	})
}

// WithOrg sets the org of the runs, for the keys of [WithDeduplication]. A store
// that several orgs share needs it, since a callback doesn't name its org.
func WithOrg(org string) Option {
	return option(func(s *settings) error {
		s.org = org
		if org == "" {
			return &api.ArgumentError{Argument: "WithOrg", Reason: "is empty"}
		}
		return nil
	})
}

// WithLogger logs the outcome of every request, in place of [slog.Default]:
// handled events and duplicates at debug, refused callbacks at warn, and
// failures of the function and of the store at error. Loggers and observers add
// up. To log nothing, pass slog.New(slog.DiscardHandler).
func WithLogger(logger *slog.Logger) Option {
	return option(func(s *settings) error {
		s.reports = append(s.reports, func(ctx context.Context, o Outcome) { o.log(ctx, logger) })
		return requireNotNil("WithLogger", logger != nil && logger.Handler() != nil)
	})
}

// WithObserver calls observe with the outcome of every request after the
// response has been written, for metrics and logs. Observe gets the request's
// context, and is called in the request's goroutine. If it panics, the panic is
// logged to [slog.Default]. Otherwise a handler with an observer doesn't log there;
// add [WithLogger] to log as well.
func WithObserver(observe func(context.Context, Outcome)) Option {
	return option(func(s *settings) error {
		s.reports = append(s.reports, observe)
		return requireNotNil("WithObserver", observe != nil)
	})
}

func requirePositive(name string, n int64, value any, advice string) error {
	if n > 0 {
		return nil
	}
	return &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %v, which is not positive; %s", value, advice)}
}

func requireNotNil(name string, ok bool) error {
	if ok {
		return nil
	}
	return &api.ArgumentError{Argument: name, Reason: "is nil"}
}
