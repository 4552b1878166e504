package main

import (
	"context"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// measurable is what becomes rows of a table.
type measurable interface {
	Measure(ctx context.Context, s measure.Settings) ([]measure.Row, error)
}

// subjects are the tables, in their order. Their parts are made when it is their turn, since some signatures grow old.
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
