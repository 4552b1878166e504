package main

import (
	"context"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// A measurable produces rows of a table.
type measurable interface {
	Measure(ctx context.Context, s measure.Settings) ([]measure.Row, error)
}

// subjects are the tables, in order. Their parts are created just before they
// are measured, because some signatures expire.
var subjects = []struct {
	title string
	parts func(ctx context.Context) ([]measurable, error)
}{
	{"Decoding", decoding},
	{"Calls", calling},
	{"Paging", paging},
	{"Memory", walking},
	{"Signatures", verifying},
	{"Handlers", receiving},
	{"Schedules", scheduling},
	{"Sandbox", sandboxing},
}
