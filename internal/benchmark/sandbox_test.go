package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

func TestSandboxListsLikePlainCode(t *testing.T) {
	for _, part := range sandboxOf(t.Context(), 30, 1234) {
		if comparison, ok := part.(*measure.Comparison); ok {
			t.Run(comparison.Work, func(t *testing.T) { requireSame(t, comparison) })
		}
	}
}

func TestSandboxIsMeasured(t *testing.T) {
	for _, part := range []measurable{seeding{30, 1234}, deliveries{agents: 3, minutes: 2}, simulation{agents: 3, days: 2}} {
		rows, err := part.Measure(t.Context(), measure.Settings{})
		require.NoError(t, err) // fails if a run or a callback is missing
		assert.Len(t, rows, 1)
	}
}
