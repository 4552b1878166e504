package api

// ArgumentError reports an invalid argument or option. It is returned before
// anything is sent or started.
type ArgumentError struct {
	// Argument is the name of the argument, field or option.
	Argument string
	// Reason says what is wrong with it, as in "is empty".
	Reason string
	// Err is the cause, if there is one.
	Err error
}

func (e *ArgumentError) Error() string {
	text := "ibl.ai: " + e.Argument + " " + e.Reason
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *ArgumentError) Unwrap() error { return e.Err }
