package natsruns

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Kind is the kind of step that an [Outcome] reports.
type Kind string

// The kinds of outcomes.
const (
	// KindCallback is a request to the bridge.
	KindCallback Kind = "callback"
	// KindPublish is the publication of a run that was found in the logs.
	KindPublish Kind = "publish"
	// KindRun is a call of the function.
	KindRun Kind = "run"
	// KindDeadLetter is a run that was moved to the dead letters. Err is the reason.
	KindDeadLetter Kind = "dead_letter"
	// KindLease is the start of following an org or, with an error, the end.
	KindLease Kind = "lease"
	// KindFollow is a failed poll, or a problem with the logs of an org.
	KindFollow Kind = "follow"
	// KindServer is a failed request to the NATS server, or a problem with what it
	// stores.
	KindServer Kind = "server"
)

// Outcome is the result of one step of a [Bridge]. It contains no secrets and no
// text of a run.
type Outcome struct {
	// Kind is the kind of step.
	Kind Kind
	// Org is the org, or empty if a request names none.
	Org string
	// LogID identifies the run, if there is one.
	LogID int64
	// Attempt is the number of the delivery, if Kind is KindRun or KindDeadLetter.
	Attempt int
	// StatusCode is the HTTP status of the response, if Kind is KindCallback.
	StatusCode int
	// Duplicate reports that the run was published or handled before.
	Duplicate bool
	// Duration is how long the step took.
	Duration time.Duration
	// RetryIn is the time until the next attempt, if there will be one.
	RetryIn time.Duration
	// Err is nil if the step succeeded.
	Err error
}

func (o Outcome) log(ctx context.Context, logger *slog.Logger) {
	level := slog.LevelDebug
	switch {
	case o.Kind == KindLease && o.Err == nil:
		level = slog.LevelInfo
	case o.Err == nil:
	case o.Kind == KindLease, o.RetryIn > 0, o.StatusCode >= 400 && o.StatusCode < 500:
		level = slog.LevelWarn
	case o.StatusCode == 0 || o.StatusCode >= 500:
		level = slog.LevelError
	}
	logger.LogAttrs(ctx, level, "natsruns: "+string(o.Kind), slog.Any("outcome", o)) //nolint:sloglint // the kinds are few
}

// LogValue returns a group of the fields that are set.
func (o Outcome) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("kind", string(o.Kind)), slog.String("org", o.Org)}
	if o.LogID != 0 {
		attrs = append(attrs, slog.Int64("log_id", o.LogID))
	}
	if o.Attempt != 0 {
		attrs = append(attrs, slog.Int("attempt", o.Attempt))
	}
	if o.StatusCode != 0 {
		attrs = append(attrs, slog.Int("status_code", o.StatusCode))
	}
	if o.Duplicate {
		attrs = append(attrs, slog.Bool("duplicate", true))
	}
	if o.Duration > 0 {
		attrs = append(attrs, slog.Duration("duration", o.Duration))
	}
	if o.RetryIn > 0 {
		attrs = append(attrs, slog.Duration("retry_in", o.RetryIn))
	}
	if o.Err != nil {
		attrs = append(attrs, slog.Any("error", o.Err))
	}
	return slog.GroupValue(attrs...)
}

// isServerFailure reports whether something on the server may be missing.
func (o Outcome) isServerFailure() bool {
	switch o.Kind {
	case KindPublish, KindLease, KindServer:
		return o.Err != nil
	default:
		return o.StatusCode == http.StatusServiceUnavailable
	}
}

func (b *Bridge) report(ctx context.Context, o Outcome) {
	if o.isServerFailure() {
		b.failures.Add(1)
	}
	for _, observe := range b.observers {
		// A panic of an observer must not stop the handling of runs.
		if err := catchPanic(func() error { observe(ctx, o); return nil }); err != nil {
			slog.Default().ErrorContext(ctx, "natsruns: observer failed", "error", err)
		}
	}
}
