package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// BenchmarkAll has a benchmark for each contestant, for profiles. The command
// makes the tables.
func BenchmarkAll(b *testing.B) {
	for _, subject := range subjects {
		parts, err := subject.parts(b.Context())
		require.NoError(b, err)
		for _, part := range parts {
			comparison, ok := part.(*measure.Comparison)
			if !ok {
				continue
			}
			for _, contestant := range comparison.Contestants() {
				b.Run(comparison.Work+"/"+contestant.Name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if _, err := contestant.Run(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
