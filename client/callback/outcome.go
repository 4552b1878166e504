package callback

import (
	"log/slog"
	"time"
)

// An Outcome is what became of one request, for [WithObserver].
type Outcome struct {
	// StatusCode is the HTTP status of the answer. It is 0 if the function
	// panicked: the server decides what is answered then.
	StatusCode int
	// Duration is how long the request took, the function included.
	Duration time.Duration
	// BodyBytes is how much of the body was read.
	BodyBytes int
	// LogID and Status are the event's. They are zero for a request that was
	// refused before its payload was read: what isn't signed isn't reported.
	LogID  int64
	Status Status
	// Err is nil if all went well. Otherwise it is an error of this package, the
	// function's or the store's. It may come with a 204: ErrDuplicate, or a
	// store that failed to note the success.
	Err error
}

// LogValue groups the outcome's fields for a line of log.
func (o Outcome) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.Int("status_code", o.StatusCode),
		slog.Duration("duration", o.Duration),
		slog.Int("body_bytes", o.BodyBytes),
		slog.Int64("log_id", o.LogID),
		slog.String("status", string(o.Status)),
	}
	if o.Err != nil {
		attrs = append(attrs, slog.Any("error", o.Err))
	}
	return slog.GroupValue(attrs...)
}
