package callback

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// An Outcome is the result of one request, for [WithObserver] and [WithLogger].
// It holds no secret, no signature and no text of the callback.
type Outcome struct {
	// StatusCode is the HTTP status of the response. It is 0 if the function
	// panicked with http.ErrAbortHandler, since the server closes the connection
	// then.
	StatusCode int
	// Duration is the time that the request took, including the function.
	Duration time.Duration
	// BodyBytes is the number of bytes of the body that were read.
	BodyBytes int
	// LogID and Status are the event's. They are zero if the signature is wrong
	// or the body isn't an event.
	LogID  int64
	Status api.Status
	// Err is nil if the function was called and everything went well. Otherwise
	// it is an error of this package, the function's or the store's. The
	// StatusCode is 204 for a duplicate, and if the store failed to mark a handled
	// event as done.
	Err error
}

// LogValue groups the fields that are set.
func (o Outcome) LogValue() slog.Value { return slog.GroupValue(o.attrs()...) }

func (o Outcome) attrs() []slog.Attr {
	attrs := []slog.Attr{
		slog.Int("status_code", o.StatusCode),
		slog.Duration("duration", o.Duration),
		slog.Int("body_bytes", o.BodyBytes),
	}
	if o.LogID != 0 {
		attrs = append(attrs, slog.Int64("log_id", o.LogID))
	}
	if o.Status != "" {
		attrs = append(attrs, slog.String("status", string(o.Status)))
	}
	if o.Err != nil {
		attrs = append(attrs, slog.Any("error", o.Err))
	}
	if stack := stackOf(o.Err); stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	return attrs
}

func (o Outcome) level() slog.Level {
	switch {
	case o.Err == nil,
		// The function may return these errors too, but with another status.
		o.StatusCode == http.StatusNoContent && errors.Is(o.Err, ErrDuplicate),
		o.StatusCode == http.StatusServiceUnavailable && errors.Is(o.Err, ErrInProgress):
		return slog.LevelDebug
	case 400 <= o.StatusCode && o.StatusCode < 500:
		return slog.LevelWarn
	}
	return slog.LevelError
}

func (o Outcome) log(ctx context.Context, logger *slog.Logger) {
	switch level := o.level(); {
	case !logger.Enabled(ctx, level):
	case level == slog.LevelDebug:
		logger.LogAttrs(ctx, level, "callback received", o.attrs()...)
	case level == slog.LevelWarn:
		logger.LogAttrs(ctx, level, "callback refused", o.attrs()...)
	default:
		logger.LogAttrs(ctx, level, "callback failed", o.attrs()...)
	}
}

// logToDefault is the report of a handler that was given no other.
func logToDefault(ctx context.Context, o Outcome) { o.log(ctx, slog.Default()) }
