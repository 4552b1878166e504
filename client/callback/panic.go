package callback

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
)

// A PanicError is the panic of a function or a [Store] that a [Handler] has
// recovered. Errors of the function wrap [ErrPanicked] too.
type PanicError struct {
	// Value is the argument of panic.
	Value any
	// Stack is the stack of the goroutine that panicked.
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprint(e.Value) }

// recovered returns the error for a panic, or nil if value is nil. It doesn't
// recover http.ErrAbortHandler, by which a program asks the server to close the
// connection.
func recovered(value any) error {
	switch value {
	case nil:
		return nil
	case http.ErrAbortHandler:
		panic(value)
	}
	return newPanicError(value)
}

func newPanicError(value any) *PanicError { return &PanicError{Value: value, Stack: debug.Stack()} }

// stackOf returns the stack of a panic in err, or nil.
func stackOf(err error) []byte {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return p.Stack
	}
	return nil
}

// callReport calls a report, and logs its panic to [slog.Default].
func callReport(ctx context.Context, report report, outcome Outcome) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		defer func() { _ = recover() }() // the default logger may panic as well
		slog.Default().LogAttrs(ctx, slog.LevelError, "callback observer panicked",
			slog.Any("panic", value), slog.String("stack", string(debug.Stack())))
	}()
	report(ctx, outcome)
}
