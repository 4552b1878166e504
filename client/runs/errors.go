package runs

import (
	"errors"
	"fmt"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// The errors of this package, for use with errors.Is. Invalid arguments and
// options are reported as [*api.ArgumentError]; the client's errors are wrapped.
var (
	// ErrFollowing is returned by Receiver.Follow while another call of it is
	// running.
	ErrFollowing = errors.New("runs: the receiver is following the logs already")
	// ErrPositionFormat is returned by Position.UnmarshalText for a text that is
	// not a position in a format of this release.
	ErrPositionFormat = errors.New("runs: not a position that this release can read")
	// ErrNoLogID is yielded by Follow, and reported by a Receiver, when the
	// service sends a log without its id. The other logs are delivered.
	ErrNoLogID = errors.New("runs: the service sent a log without its id")
	// ErrNoAgentID is wrapped by the CleanupError that Once returns when the
	// response to the agent's creation has no id.
	ErrNoAgentID = errors.New("runs: the response to the agent's creation has no id")
)

// CleanupError reports that [Once] may have left its agent behind. The agent
// runs once at most, since its task is one-off. If Once has a result, the error
// is in [OnceResult]; else it is in the error that Once returns, for
// errors.As.
type CleanupError struct {
	// AgentID is the id of the agent. It is 0 if the response to the agent's
	// creation was lost, so that its id, and whether it exists, is unknown.
	AgentID int64
	// Err is the reason.
	Err error
}

func (e *CleanupError) Error() string {
	if e.AgentID == 0 {
		return fmt.Sprintf("runs: the agent may have been created, and was not deleted, since its id is unknown: %v", e.Err)
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

// isPermanent reports whether err shows that requests can't succeed as the
// program is configured.
func isPermanent(err error) bool {
	_, redirected := errors.AsType[*client.RedirectError](err)
	return redirected || isArgumentError(err) || isNotFound(err) ||
		errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrValidation)
}

// isNotFound reports whether the application has said that there is no such
// object. A 404 without its message comes from a proxy, and proves nothing.
func isNotFound(err error) bool {
	failure, ok := errors.AsType[*client.Error](err)
	return ok && errors.Is(failure, client.ErrNotFound) && failure.Message != ""
}
