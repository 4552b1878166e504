package client

import (
	"log/slog"
	"time"
)

// Attempt is one attempt to send a request and to receive its response, as
// [WithObserver] and [WithLogger] report it.
type Attempt struct {
	// Operation is the operation that was called.
	Operation Operation
	// Number is 1 for the first attempt of a call.
	Number int
	// StatusCode is the response's HTTP status, or 0 if there was no response.
	StatusCode int
	// Duration is the time from the beginning of the attempt to the end of the
	// response.
	Duration time.Duration
	// Err is nil for a success: otherwise an [*Error], a [*TransportError] or a
	// [*DecodeError].
	Err error
	// RetryIn is the wait before the next attempt, or 0 if this is the last. After a
	// 429 the wait is longer if other calls of the client wait, too.
	RetryIn time.Duration
}

// LogValue groups the fields that are set.
func (a Attempt) LogValue() slog.Value { return slog.GroupValue(a.attrs()...) }

func (a Attempt) attrs() []slog.Attr {
	attrs := append(a.Operation.attrs(),
		slog.Int("attempt", a.Number),
		slog.Duration("duration", a.Duration),
	)
	if a.StatusCode > 0 {
		attrs = append(attrs, slog.Int("status_code", a.StatusCode))
	}
	if a.Err != nil {
		attrs = append(attrs, slog.Any("error", a.Err))
	}
	if a.RetryIn > 0 {
		attrs = append(attrs, slog.Duration("retry_in", a.RetryIn))
	}
	return attrs
}
