package runs

import (
	"errors"
	"fmt"

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
	// ErrPositionFormat is returned by Position.UnmarshalText, and so by
	// Receiver.Follow, when a text is not a position in a format of this
	// release.
	ErrPositionFormat = errors.New("runs: not a position that this release can read")
	// ErrNoLogID is reported, by Follow and by a Receiver, when the service
	// sends a log without its id. The other logs are delivered.
	ErrNoLogID = errors.New("runs: the service sent a log without its id")
	// ErrNoAgentID is returned by Once, in a CleanupError, when the response to
	// the agent's creation has no id.
	ErrNoAgentID = errors.New("runs: the response to the agent's creation has no id")
)

// CleanupError reports that [Once] has not deleted its agent, or that the agent
// may exist. The agent runs once at most, since its task is one-off. The error
// is in [OnceResult] or, if there is no result, in the error of Once: use
// errors.As.
type CleanupError struct {
	// AgentID is the id of the agent. It is 0 if the response to the creation
	// was lost: then the agent may exist, and its id is unknown.
	AgentID int64
	// Err is the reason.
	Err error
}

func (e *CleanupError) Error() string {
	if e.AgentID == 0 {
		return fmt.Sprintf("runs: the agent may have been created, and was not deleted because its id is unknown: %v", e.Err)
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
