package natsruns

import (
	"errors"
	"fmt"
)

// The errors of this package, for use with errors.Is. Invalid arguments and
// options are reported as [*api.ArgumentError].
var (
	// ErrFull is reported when the stream, or the part of one org, is full. The
	// callback gets 503.
	ErrFull = errors.New("natsruns: the stream is full")
	// ErrLeaseLost is reported when another replica has taken over an org.
	ErrLeaseLost = errors.New("natsruns: another replica follows the org")
	// ErrFollowing is returned by Bridge.Follow when another call is running.
	ErrFollowing = errors.New("natsruns: the bridge is already following the logs")
	// ErrUndecodable is the reason of a dead letter that is not the message of a
	// run.
	ErrUndecodable = errors.New("natsruns: the message can't be decoded")
	// ErrNoDeadLetter is returned by Bridge.Replay and Bridge.Delete when no dead
	// letter has the id.
	ErrNoDeadLetter = errors.New("natsruns: no dead letter has this id")
	// ErrDeleted is returned by Bridge.Consume and Bridge.Follow when a stream or
	// bucket was deleted. [New] creates it again, without its content.
	ErrDeleted = errors.New("natsruns: deleted on the server")
	// ErrUnfinished is returned by Bridge.Consume, joined with the context's error,
	// when functions were still running after the shutdown timeout.
	ErrUnfinished = errors.New("natsruns: functions were still running when Consume returned")

	// errReconnected is reported when a follower starts again after the connection
	// was lost, because the server may have lost runs.
	errReconnected = errors.New("natsruns: the connection was lost; the latest runs of the logs are published again")

	errWorkerDied = errors.New("natsruns: no worker has reported a result")
)

// ConfigError is returned by [New] when a stream, bucket or consumer exists with
// another configuration. [Bridge.Consume] and [Bridge.Follow] return it when the
// configuration is changed while they run.
type ConfigError struct {
	// Kind is stream, bucket or consumer.
	Kind string
	// Name is its name.
	Name string
	// Setting is the name of the setting, and Got and Want are its values.
	Setting   string
	Got, Want any
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("natsruns: the %s %q exists with %s %v instead of %v; change it on the server, or use another name (WithName)",
		e.Kind, e.Name, e.Setting, e.Got, e.Want)
}

// PermissionError is returned by [New] and the methods of [Bridge] when the user
// of the connection lacks a permission.
type PermissionError struct {
	// Action is what was attempted.
	Action string
	// Err is the error of the server, which names the subject.
	Err error
}

func (e *PermissionError) Error() string {
	return fmt.Sprintf("natsruns: a permission is missing to %s: %v", e.Action, e.Err)
}

// Unwrap returns Err.
func (e *PermissionError) Unwrap() error { return e.Err }
