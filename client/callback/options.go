package callback

import (
	"context"
	"time"
)

const (
	// A run's whole log is inside a callback.
	defaultMaxBody = 10 << 20

	// maxSkew is how far ahead of this clock the platform's may be.
	maxSkew = 5 * time.Minute
)

// An Option changes what [Handler] does. An argument that makes no sense, such
// as a negative duration or a nil function, makes the option panic.
type Option func(*handler)

// WithMaxBody sets the size in bytes from which on a body is refused with 413
// and ErrBodyTooLarge, whether it announces its length or not. The default is
// 10 MiB: the run's whole log is inside.
func WithMaxBody(n int64) Option {
	mustBe(n > 0, "WithMaxBody: size must be positive")
	return func(h *handler) { h.maxBody = n }
}

// WithReadTimeout sets how long the body may take to arrive, from the call of
// the handler on. A slower one is refused with 408 and ErrBodyUnreadable. The
// default is the server's own [http.Server.ReadTimeout], which is no limit
// unless set. The option has no effect behind middleware whose ResponseWriter
// doesn't support [http.ResponseController.SetReadDeadline].
func WithReadTimeout(d time.Duration) Option {
	mustBe(d > 0, "WithReadTimeout: duration must be positive")
	return func(h *handler) { h.readTimeout = d }
}

// WithMaxAge refuses with 400 an event whose timestamp is longer ago than d
// (ErrTooOld), more than five minutes ahead (ErrInFuture), or can't be read
// (ErrNoTimestamp). It limits for how long a recorded callback can be replayed;
// [WithDeduplication] covers the time until then. By default events of any age
// are taken.
//
// The timestamp is that of the run's end: leave room for what the platform
// takes to deliver. Beware of a deployment that sends its local time without an
// offset: it is read as UTC.
func WithMaxAge(d time.Duration) Option {
	mustBe(d > 0, "WithMaxAge: duration must be positive")
	return func(h *handler) { h.maxAge = d }
}

// WithClock sets the clock that [WithMaxAge] goes by. The default is
// [time.Now].
func WithClock(now func() time.Time) Option {
	mustBe(now != nil, "WithClock: nil function")
	return func(h *handler) { h.now = now }
}

// WithDeduplication calls the function once for each log id and status, as far
// as the store remembers. The platform gives a callback no other identity, and
// one run may report that it is running and later how it ended.
//
// An event is claimed before the function is called, done when it has returned
// nil, and released when it has returned an error or panicked, so that a
// redelivery is handled. A duplicate of an event that is done is answered with
// 204 and ErrDuplicate; one of an event still being handled with 503, a
// Retry-After header and ErrInProgress, as the first delivery may yet fail.
// When the store fails to claim, the answer is 503. When it fails to note that
// the function has succeeded, the answer is 204 all the same, and [Outcome] has
// the error: the sender shouldn't try again.
//
// An event without a log id can't be told from others. It is delivered.
func WithDeduplication(store Store) Option {
	mustBe(store != nil, "WithDeduplication: nil store")
	return func(h *handler) { h.store = store }
}

// WithObserver sets a function that is told the outcome of every request once
// it is answered, for logs and metrics. It gets the request's context, and
// never a secret or a signature. It is called in the request's goroutine, also
// when the handling function has panicked.
func WithObserver(observe func(context.Context, Outcome)) Option {
	mustBe(observe != nil, "WithObserver: nil function")
	return func(h *handler) { h.observe = observe }
}

func mustBe(ok bool, text string) {
	if !ok {
		panic("callback: " + text)
	}
}
