package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

func TestPagesComeInOrder(t *testing.T) {
	parts, err := pagingAt(t.Context(), 0)
	require.NoError(t, err)
	comparison, ok := parts[0].(*measure.Comparison)
	require.True(t, ok)
	for _, contestant := range comparison.Contestants() {
		ids, err := contestant.Run()
		require.NoError(t, err, contestant.Name)
		var want []int64
		for id := range int64(10 * pages) {
			want = append(want, id+1)
		}
		assert.Equal(t, want, ids, contestant.Name)
	}
}

func TestWalkSeesEveryLog(t *testing.T) {
	rows, err := walkMemory{logs: 1234}.Measure(t.Context(), measure.Settings{})
	require.NoError(t, err) // fails if a log is missing
	assert.Len(t, rows, 1)
}
