package callback

import (
	"fmt"
	"io"
)

// String returns what LogValue logs.
func (e Event) String() string { return e.LogValue().String() }

// Format writes what LogValue logs, whatever the verb.
func (e Event) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.String()) }
