package runs

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// The errors of this package, for use with errors.Is. Invalid arguments and
// options are reported as [*api.ArgumentError]; the client's errors are
// wrapped.
var (
	// ErrFollowing is returned by Receiver.Follow when another call of it is
	// running.
	ErrFollowing = errors.New("runs: the receiver is following the logs already")
	// ErrUnfinished is returned by Receiver.Follow, joined with the context's
	// error, when runs were still being handled at the end of the shutdown
	// timeout.
	ErrUnfinished = errors.New("runs: runs were still being handled when Follow returned")

	// ErrPositionFormat is returned by Position.UnmarshalText, NewPosition and
	// Receiver.Follow when a saved position is not in the format of this release.
	ErrPositionFormat = errors.New("runs: not a position that this release can read")
	// ErrPositionLocked is returned by Receiver.Follow when another process uses
	// the position's file.
	ErrPositionLocked = errors.New("runs: another process uses the position's file")
	// ErrPositionAhead is reported when the position is ahead of the service's
	// clock, because it belongs to another service for example. Follow continues
	// from the service's present.
	ErrPositionAhead = errors.New("runs: the position is ahead of the service's clock")
	// ErrStoreHangs is reported when a store has not returned although its
	// context has ended.
	ErrStoreHangs = errors.New("runs: the store ignores the end of its context")

	// ErrNoLogID is reported, by Follow and by a Receiver, when the service
	// sends a log without its id. The other logs are delivered.
	ErrNoLogID = errors.New("runs: the service sent a log without its id")
	// ErrUnreadableLog is reported, once for each log, when a log is too large or
	// can't be decoded. The other logs are delivered.
	ErrUnreadableLog = errors.New("runs: a log can't be read")
	// ErrLateLogs is reported when logs have appeared that are dated before the
	// overlap and whose ids are not new. They are not delivered.
	ErrLateLogs = errors.New("runs: logs have appeared that are older than the overlap (WithOverlap)")
	// ErrUnsortedList is reported once when the service does not sort the logs as
	// requested. Follow then reads the whole list whenever it has changed.
	ErrUnsortedList = errors.New("runs: the service does not sort the logs by created_at as requested; all of them are read instead")
	// ErrUnstableList is reported when the pages of the list contradict each
	// other again and again, so that a log could have been missed. The next poll
	// reads them again.
	ErrUnstableList = errors.New("runs: the pages of the list of logs contradict each other")
	// ErrTooManyLogs is reported when more logs than a position can hold are
	// running, failing, or within the overlap. No more logs are read then.
	ErrTooManyLogs = errors.New("runs: too many logs are unfinished or within the overlap")
	// ErrStuck is reported, once for each log, when a run has been running for
	// longer than WithStuckAfter allows. It is delivered if it finishes.
	ErrStuck = errors.New("runs: a run does not finish")

	// ErrNotFinal is reported when a callback doesn't tell which run has
	// finished, or with which status. The run is handled when it is found in
	// the logs.
	ErrNotFinal = errors.New("runs: the callback reports no finished run")
	// ErrLate is reported when a callback reports a run that ended before the
	// position, as a replay does. The function isn't called.
	ErrLate = errors.New("runs: the callback's run ended before the position")
	// ErrHandlerHangs is reported when a function runs on although its context
	// has ended.
	ErrHandlerHangs = errors.New("runs: a function does not return")

	// ErrNoAgentID is returned by Once, in a CleanupError, when the response to
	// the agent's creation has no id.
	ErrNoAgentID = errors.New("runs: the response to the agent's creation has no id")
)

// PanicError reports that a function of the program has panicked while it
// handled a run. The run is handled again, as after any other error.
type PanicError struct {
	// Value is the value of the panic.
	Value any
	// Stack is the stack of the goroutine.
	Stack []byte
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

func (e *PanicError) Error() string { return fmt.Sprintf("runs: panic: %v", e.Value) }

// DeadLetterError reports that a run was given up and handed to the function of
// [WithDeadLetter].
type DeadLetterError struct {
	// LogID is the id of the run's log.
	LogID int64
	// Attempts is how often the function has failed.
	Attempts int
	// Err is the last error.
	Err error
}

func (e *DeadLetterError) Error() string {
	return fmt.Sprintf("runs: log %d was given up after %d attempts: %v", e.LogID, e.Attempts, e.Err)
}

// Unwrap returns the last error.
func (e *DeadLetterError) Unwrap() error { return e.Err }

// CleanupError reports that [Once] has not deleted its agent, or that the agent
// may exist. The agent runs once at most, since its task is one-off. The error
// is in [OnceResult] or, if there is no result, in the error of Once: use
// errors.As.
type CleanupError struct {
	// AgentID is the id of the agent. It is 0 if the response to the creation
	// was lost: then the agent may exist, and its id is unknown.
	AgentID int64
	// Marker is in the description of the agent if its id is unknown.
	Marker string
	// Err is the reason.
	Err error
}

func (e *CleanupError) Error() string {
	if e.AgentID == 0 {
		return fmt.Sprintf("runs: the agent may have been created, and was not found: look for an agent whose description contains %q: %v", e.Marker, e.Err)
	}
	return fmt.Sprintf("runs: agent %d was not deleted: %v", e.AgentID, e.Err)
}

// Unwrap returns the reason.
func (e *CleanupError) Unwrap() error { return e.Err }

// isArgumentError reports whether err refuses an argument or an option.
func isArgumentError(err error) bool {
	_, ok := errors.AsType[*api.ArgumentError](err)
	return ok
}

// isPermanent reports whether a retry can't mend err.
func isPermanent(err error) bool {
	_, redirected := errors.AsType[*client.RedirectError](err)
	return redirected || isArgumentError(err) || isNotFound(err) ||
		errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrValidation)
}

// isNotFound reports whether err is a 404 of the service itself: a proxy's proves
// nothing.
func isNotFound(err error) bool { return errors.Is(err, client.ErrNotFound) }
