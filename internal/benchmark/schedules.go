package main

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/iblai/iblai-go/client/crontab"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// scheduling compares the computation of a schedule's next run, from times
// spread over two years.
func scheduling(context.Context) ([]measurable, error) {
	var all []measurable
	for _, schedule := range []struct {
		text, ours, robfig string
		also               func(time.Time) bool // a condition that robfig's notation lacks
	}{
		{text: "at 08:00 on working days", ours: "0 8 * * mon-fri", robfig: "0 8 * * mon-fri"},
		{text: "every 5 minutes by day", ours: "*/5 8-18 * * *", robfig: "*/5 8-18 * * *"},
		{text: "every minute", ours: "* * * * *", robfig: "* * * * *"},
		{text: "on 29 February", ours: "0 0 29 2 *", robfig: "0 0 29 2 *"},
		{
			text: "on a Monday that is 29 February", ours: "0 0 29 2 mon", robfig: "0 0 29 2 *",
			also: func(t time.Time) bool { return t.Weekday() == time.Monday },
		},
	} {
		ours, err := crontab.Parse(schedule.ours)
		if err != nil {
			return nil, err
		}
		robfig, err := cron.ParseStandard(schedule.robfig)
		if err != nil {
			return nil, err
		}
		all = append(all, &measure.Comparison{
			Work: "64 next runs " + schedule.text,
			Ours: nextRuns("crontab.Schedule", func(from time.Time) time.Time {
				next, _ := ours.Next(from)
				return next
			}),
			Others: []measure.Opponent{measure.Against(
				nextRuns("robfig/cron", func(from time.Time) time.Time { return nextMatching(robfig, from, schedule.also) }),
				measure.TimesAsFast(1),
			)},
		})
	}
	return all, nil
}

// nextMatching returns robfig/cron's next run that fulfils the condition. If
// both day fields are restricted, robfig/cron runs if either matches, but the
// platform only if both do.
func nextMatching(s cron.Schedule, from time.Time, also func(time.Time) bool) time.Time {
	next := s.Next(from)
	for also != nil && !next.IsZero() && !also(next) {
		next = s.Next(next)
	}
	return next
}

func nextRuns(name string, next func(time.Time) time.Time) measure.Contestant {
	start := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	runs := make([]time.Time, 64)
	return measure.Contestant{Name: name, Run: func() (any, error) {
		for i := range runs {
			runs[i] = next(start.Add(time.Duration(i) * (273*time.Hour + 17*time.Minute + 11*time.Second)))
		}
		return &runs, nil
	}}
}
