package runs

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Kind is the kind of step that an [Outcome] reports.
type Kind string

// The kinds of outcomes.
const (
	// KindCallback is a request to the receiver: a callback, or another
	// request, which is refused.
	KindCallback Kind = "callback"
	// KindRun is the handling of a run that was found in the logs.
	KindRun Kind = "run"
	// KindPoll is a poll of the logs, including the handling of the runs that
	// it found.
	KindPoll Kind = "poll"
	// KindSave is a failure to record what was handled: to save the position, or
	// to mark a run as done in the store.
	KindSave Kind = "save"
	// KindLog is a fact about the list of logs, such as a run that is stuck or a
	// log that can't be read: Err says which.
	KindLog Kind = "log"

	// kindCleanup is a deletion of Once's agent that failed. It is only logged.
	kindCleanup Kind = "cleanup"
)

// Outcome is the result of one step of a [Receiver], for [WithObserver] and
// [WithLogger]. It holds no secret and no text of a run.
type Outcome struct {
	// Kind is the kind of step.
	Kind Kind
	// LogID and Status are those of the run, if Kind is KindCallback or
	// KindRun. They are zero if the signature of a callback is wrong or its
	// body isn't an event.
	LogID  int64
	Status api.Status
	// AgentID is the id of the agent, if Kind is KindRun.
	AgentID int64
	// StatusCode is the HTTP status of the response, if Kind is KindCallback.
	StatusCode int
	// Found is the number of finished runs that a poll found, Requests the number
	// of its requests, and Reread says whether it read the whole overlap.
	Found, Requests int
	Reread          bool
	// Duration is the time that the step took, including the function.
	Duration time.Duration
	// RetryIn is the wait before the next poll, if Kind is KindPoll and Err is
	// not nil.
	RetryIn time.Duration
	// Err is nil if the step succeeded. It is [callback.ErrDuplicate] if the
	// run has been handled before, and [callback.ErrInProgress] if it is being
	// handled. Otherwise it is an error of package callback about a refused
	// request, or an error that wraps the function's, a store's or the
	// client's.
	Err error
}

// LogValue groups the fields that are set.
func (o Outcome) LogValue() slog.Value { return slog.GroupValue(o.attrs()...) }

func (o Outcome) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("kind", string(o.Kind)), slog.Duration("duration", o.Duration)}
	if o.LogID != 0 {
		attrs = append(attrs, slog.Int64("log_id", o.LogID))
	}
	if o.AgentID != 0 {
		attrs = append(attrs, slog.Int64("agent_id", o.AgentID))
	}
	if o.Status != "" {
		attrs = append(attrs, slog.String("status", string(o.Status)))
	}
	if o.Kind == KindCallback {
		attrs = append(attrs, slog.Int("status_code", o.StatusCode))
	}
	if o.Kind == KindPoll {
		attrs = append(attrs, slog.Int("found", o.Found), slog.Int("requests", o.Requests))
		if o.Reread {
			attrs = append(attrs, slog.Bool("reread", true))
		}
	}
	if o.RetryIn > 0 {
		attrs = append(attrs, slog.Duration("retry_in", o.RetryIn))
	}
	if o.Err != nil {
		attrs = append(attrs, slog.Any("error", o.Err))
	}
	return attrs
}

// level returns the level and the message for a line of log.
func (o Outcome) level() (slog.Level, string) {
	succeeded, failed := "callback handled", "callback failed"
	switch o.Kind {
	case KindCallback:
	case KindRun:
		succeeded, failed = "run handled", "run failed"
	case KindPoll:
		succeeded, failed = "logs polled", "poll of the logs failed"
	case KindSave:
		failed = "progress not recorded"
	case KindLog:
		failed = "logs need attention"
	case kindCleanup:
		failed = "agent not deleted"
	}
	switch {
	case o.Err == nil:
		return slog.LevelDebug, succeeded
	case o.isDuplicate():
		return slog.LevelDebug, string(o.Kind) + " is a duplicate"
	case o.StatusCode == http.StatusNoContent && errors.Is(o.Err, ErrNotFinal):
		return slog.LevelDebug, "callback left to the logs"
	case o.StatusCode == http.StatusNoContent && errors.Is(o.Err, ErrLate):
		return slog.LevelWarn, "callback is late"
	case o.StatusCode >= 400 && o.StatusCode < 500:
		return slog.LevelWarn, "callback refused" // anyone can send one
	}
	return slog.LevelError, failed
}

// isDuplicate reports whether the store knows the run. If the function returns
// the same errors, the status is another one or they are wrapped.
func (o Outcome) isDuplicate() bool {
	if o.Kind == KindRun {
		return o.Err == callback.ErrDuplicate || o.Err == callback.ErrInProgress //nolint:errorlint // see above
	}
	return o.StatusCode == http.StatusNoContent && errors.Is(o.Err, callback.ErrDuplicate) ||
		o.StatusCode == http.StatusServiceUnavailable && errors.Is(o.Err, callback.ErrInProgress)
}

func (o Outcome) log(ctx context.Context, logger *slog.Logger) {
	level, message := o.level()
	logger.LogAttrs(ctx, level, message, o.attrs()...) //nolint:sloglint // level has the messages
}

// reports are the functions that get outcomes. If there is none, they are
// logged to slog.Default.
type reports []func(context.Context, Outcome)

func (r *reports) add(report func(context.Context, Outcome)) { *r = append(*r, report) }

func (r reports) report(ctx context.Context, outcome Outcome) {
	if len(r) == 0 {
		outcome.log(ctx, slog.Default())
	}
	for _, report := range r {
		// A program that reports badly must not stop handling runs.
		if err := recovered(func() error { report(ctx, outcome); return nil }); err != nil {
			slog.Default().ErrorContext(ctx, "observer failed", "error", err)
		}
	}
}
