package crontab_test

import (
	"testing"
	"time"

	"github.com/iblai/iblai-go/client/crontab"
)

func BenchmarkNext(b *testing.B) {
	berlin := loadZone(b, "Europe/Berlin")
	from := time.Date(2026, 1, 9, 12, 34, 56, 0, time.UTC)
	for _, bench := range []struct {
		name, line string
		zone       *time.Location
	}{
		{"often", "*/15 * * * *", time.UTC},
		{"weekdays", "0 8 * * 1-5", time.UTC},
		{"weekdays in Berlin", "0 8 * * 1-5", berlin},
		{"29 February on a Monday", "0 0 29 2 1", time.UTC},
		{"31 February", "0 0 31 2 *", time.UTC},
	} {
		schedule := mustParse(b, bench.line).In(bench.zone)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				schedule.Next(from)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, _ = crontab.Parse("*/15 8-18 * * mon-fri")
	}
}
