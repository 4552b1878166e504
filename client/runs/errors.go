package runs

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// The sentinel errors of this package, for use with errors.Is. Invalid
// arguments and options are reported as [*api.ArgumentError]. Errors from
// package client are wrapped.
var (
	// ErrFollowing is returned by Receiver.Follow when another call of Follow is
	// running.
	ErrFollowing = errors.New("runs: the receiver is already following the logs")
	// ErrWatching is returned by Receiver.Follow and Watchdog.Run, and yielded by
	// Follow, when the watchdog is already in use.
	ErrWatching = errors.New("runs: the watchdog is already in use")
	// ErrUnfinished is returned by Receiver.Follow, joined with the context's
	// error, when runs are still being handled after the shutdown timeout.
	ErrUnfinished = errors.New("runs: runs were still being handled when Follow returned")

	// ErrPositionFormat is returned by Position.UnmarshalText, NewPosition and
	// Receiver.Follow when this release does not support the format of a saved
	// position.
	ErrPositionFormat = errors.New("runs: unsupported position format")
	// ErrPositionLocked is returned by Receiver.Follow when another process uses
	// the position file.
	ErrPositionLocked = errors.New("runs: another process uses the position file")
	// ErrPositionAhead is reported when the position is ahead of the service's
	// clock, for example because it was saved for another service. Polling
	// continues from the service's present.
	ErrPositionAhead = errors.New("runs: the position is ahead of the service's clock")
	// ErrStoreHangs is reported when a store has not returned after its context
	// ended. Receiver.Follow returns it if the position can't be loaded for this
	// reason.
	ErrStoreHangs = errors.New("runs: the store did not return after its context ended")

	// ErrNoLogID is reported by Follow and by a Receiver when the service sends a
	// log without its id. All other logs are delivered.
	ErrNoLogID = errors.New("runs: the service sent a log without its id")
	// ErrUnreadableLog is reported once for each log when a log is too large or
	// can't be decoded. All other logs are delivered.
	ErrUnreadableLog = errors.New("runs: a log can't be read")
	// ErrLateLogs is reported when logs appear that are dated before the overlap
	// and whose ids are not new. They are not delivered.
	ErrLateLogs = errors.New("runs: logs appeared later than the overlap (WithOverlap)")
	// ErrUnsortedList is reported once when the service ignores the requested
	// ordering. From then on, the whole list is read whenever it has changed.
	ErrUnsortedList = errors.New("runs: the service does not sort the logs by created_at as requested; the whole list is read instead")
	// ErrUnstableList is reported when the pages of the list repeatedly contradict
	// each other, so that logs could be missed. The next poll reads them again.
	ErrUnstableList = errors.New("runs: the pages of the list of logs contradict each other")
	// ErrTooManyLogs is reported when the position can't hold more logs: a million
	// are running, failing or within the overlap. Further logs are read when that
	// number falls.
	ErrTooManyLogs = errors.New("runs: too many logs are unfinished or within the overlap")
	// ErrStuck is reported once for each log when a run has been running for
	// longer than WithStuckAfter. The run is still delivered if it finishes.
	ErrStuck = errors.New("runs: a run has not finished in time")

	// ErrNotFinal is reported when a callback doesn't identify a finished run, or
	// has an unknown status. The run is handled when it is found in the logs.
	ErrNotFinal = errors.New("runs: the callback does not identify a finished run")
	// ErrLate is reported when a callback, such as a replay, is about a run that
	// ended before the position. The function isn't called.
	ErrLate = errors.New("runs: the callback is about a run that ended before the position")
	// ErrHandlerHangs is reported when a function has not returned after its
	// context ended.
	ErrHandlerHangs = errors.New("runs: a function did not return after its context ended")

	// ErrAlarmsNotSent is reported when the function of a Watchdog returns an error.
	// The same alarms are passed to it again after the next poll.
	ErrAlarmsNotSent = errors.New("runs: the function of the watchdog failed")
	// ErrAlarmFormat is returned by Receiver.Follow and Watchdog.Run, and yielded by
	// Follow, when this release does not support the format of the saved alarms.
	ErrAlarmFormat = errors.New("runs: unsupported format of saved alarms")
	// ErrAgentsUnread is reported when the watchdog can't read the agents or their
	// logs. It judges nothing that it does not know, and tries again.
	ErrAgentsUnread = errors.New("runs: the watchdog can't read the agents")

	// ErrNoAgentID is returned by Once, wrapped in a CleanupError, when the
	// response to the creation of the agent has no id.
	ErrNoAgentID = errors.New("runs: the response to the creation of the agent has no id")
)

// PanicError reports that a function panicked. If the function was handling a
// run, the run is retried as after any other error.
type PanicError struct {
	// Value is the value passed to panic.
	Value any
	// Stack is the stack trace of the goroutine.
	Stack []byte
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

func (e *PanicError) Error() string { return fmt.Sprintf("runs: panic: %v", e.Value) }

// DeadLetterError reports that a run was given up and passed to the function of
// [WithDeadLetter].
type DeadLetterError struct {
	// LogID is the id of the run's log.
	LogID int64
	// Attempts is the number of failed attempts.
	Attempts int
	// Err is the error of the last attempt.
	Err error
}

func (e *DeadLetterError) Error() string {
	return fmt.Sprintf("runs: log %d was given up after %d attempts: %v", e.LogID, e.Attempts, e.Err)
}

// Unwrap returns the error of the last attempt.
func (e *DeadLetterError) Unwrap() error { return e.Err }

// CleanupError reports that [Once] has not deleted the agent that it created,
// or doesn't know whether the agent was created. Since the task of the agent is
// one-off, the agent runs at most once. If Once returns a result, the error is
// in its Cleanup field. Otherwise Once returns it, wrapped or joined with
// others: use errors.As.
type CleanupError struct {
	// AgentID is the id of the agent. It is 0 if the response to the creation was
	// lost. The agent may exist then.
	AgentID int64
	// Marker is a unique text in the description of the agent. It is set only if
	// AgentID is 0.
	Marker string
	// Err is the reason why the agent was not deleted or not found.
	Err error
}

func (e *CleanupError) Error() string {
	if e.AgentID == 0 {
		return fmt.Sprintf("runs: the agent may have been created, but was not found: search the descriptions of the agents for %q: %v", e.Marker, e.Err)
	}
	return fmt.Sprintf("runs: agent %d was not deleted: %v", e.AgentID, e.Err)
}

// Unwrap returns Err.
func (e *CleanupError) Unwrap() error { return e.Err }

// isArgumentError reports whether an argument or an option is invalid.
func isArgumentError(err error) bool {
	_, ok := errors.AsType[*api.ArgumentError](err)
	return ok
}

// isPermanent reports whether a retry can't succeed.
func isPermanent(err error) bool {
	_, redirected := errors.AsType[*client.RedirectError](err)
	return redirected || isArgumentError(err) || isNotFound(err) ||
		errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrValidation)
}

// isNotFound reports whether the service itself responded with 404. A 404 from
// a proxy proves nothing.
func isNotFound(err error) bool { return errors.Is(err, client.ErrNotFound) }
