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
	// KindCallback is a request to the receiver: a callback, or another request,
	// which is refused.
	KindCallback Kind = "callback"
	// KindRun is the handling of a run that was found in the logs.
	KindRun Kind = "run"
	// KindPoll is a poll of the logs. Its duration includes the time that it
	// waited for free workers.
	KindPoll Kind = "poll"
	// KindSave is a failure to save the position or to mark a run as done in the
	// store.
	KindSave Kind = "save"
	// KindLog is a problem with the list of logs, such as a stuck run or an
	// unreadable log. Err has the details.
	KindLog Kind = "log"

	// kindCleanup is a failure to delete the agent of Once. It is logged only.
	kindCleanup Kind = "cleanup"
)

// Outcome is the result of one step of a [Receiver]. It is passed to the
// function of [WithObserver] and logged by [WithLogger]. It contains no secrets
// and no text of a run.
type Outcome struct {
	// Kind is the kind of step.
	Kind Kind
	// LogID and Status belong to the run, if Kind is KindCallback or KindRun. They
	// are zero if the signature of a callback is invalid or its body isn't an
	// event. LogID is also set if Kind is KindSave and one run is affected.
	LogID  int64
	Status api.Status
	// AgentID is the id of the agent, if Kind is KindRun.
	AgentID int64
	// StatusCode is the HTTP status of the response, if Kind is KindCallback.
	StatusCode int
	// Found is the number of finished runs that a poll found. Requests is the
	// number of requests that it sent. Reread reports whether it read the whole
	// overlap.
	Found, Requests int
	Reread          bool
	// Duration is how long the step took, including the call of the function.
	Duration time.Duration
	// RetryIn is the time until the next poll, if Kind is KindPoll and Err is not
	// nil.
	RetryIn time.Duration
	// Err is nil if the step succeeded. It is [callback.ErrDuplicate] if the run
	// was already handled, and [callback.ErrInProgress] if it is being handled.
	// For a refused request, it is an error of package callback. Otherwise it
	// wraps the error of the function, of a store or of the client.
	Err error
}

// LogValue returns a group of the fields that are set.
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

// level returns the level and the message of the log record.
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
		return slog.LevelDebug, "callback without a finished run"
	case o.StatusCode == http.StatusNoContent && errors.Is(o.Err, ErrLate):
		return slog.LevelWarn, "callback is late"
	case o.StatusCode >= 400 && o.StatusCode < 500:
		return slog.LevelWarn, "callback refused" // anyone can send one
	}
	return slog.LevelError, failed
}

// isDuplicate reports whether the run was handled, or is being handled,
// elsewhere. If the function itself returns these errors, they are wrapped or
// the status code differs.
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

// reports are the functions that receive outcomes. If there are none, outcomes
// are logged to slog.Default.
type reports []func(context.Context, Outcome)

func (r *reports) add(report func(context.Context, Outcome)) { *r = append(*r, report) }

func (r reports) report(ctx context.Context, outcome Outcome) {
	if len(r) == 0 {
		outcome.log(ctx, slog.Default())
	}
	for _, report := range r {
		// A panic of an observer must not stop the handling of runs.
		if err := catchPanic(func() error { report(ctx, outcome); return nil }); err != nil {
			slog.Default().ErrorContext(ctx, "observer failed", "error", err)
		}
	}
}
