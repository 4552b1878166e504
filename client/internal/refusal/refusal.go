// Package refusal lets the function of a callback handler choose the response,
// which only packages of this module can do.
package refusal

// Error is returned by a function that has not handled an event, or not as
// usual. The handler responds with the status, and reports Err.
type Error struct {
	StatusCode int
	Err        error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error that is reported.
func (e *Error) Unwrap() error { return e.Err }
