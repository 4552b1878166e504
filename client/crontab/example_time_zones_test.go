package crontab_test

import (
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/crontab"
)

func ExampleParse() {
	schedule, err := crontab.Parse("*/30 8-17 * * mon-fri")
	if err != nil {
		fmt.Println(err) // names the field and the reason
		return
	}
	fmt.Println(schedule.Describe())
	monday := time.Date(2026, time.January, 5, 17, 0, 0, 0, time.UTC)
	fmt.Println(schedule.Matches(monday))
	for _, run := range schedule.NextN(monday, 2) {
		fmt.Println(run.Format("Mon 15:04"))
	}
	// Output:
	// Every 30 minutes from 08:00 through 17:30 on Monday through Friday
	// true
	// Mon 17:30
	// Tue 08:00
}

// How does an agent run at 08:00 in New York all year, if the server is in UTC?
// The service has no time zones, so its crontab must change with the clocks: a
// program sends the crontab of the first period, waits until half a minute before the
// next one, and sends that one's. A program that only runs once a day is too late: the
// clocks change during the night, before the run of that day. After a restart, the
// program computes the periods from the present time, and updates the agent if it
// differs (see client.PeriodicAgent.Diff). So that the update doesn't run the agent at
// once, it disables the agent, and a second update enables it.
func Example_timeZones() {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		fmt.Println(err)
		return
	}
	local := crontab.Fields{Minute: "0", Hour: "8"}
	now := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	periods, err := crontab.ToUTC(local, newYork, now, now.AddDate(1, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, period := range periods {
		schedule, err := period.Fields[0].Parse()
		if err != nil {
			fmt.Println(err)
			return
		}
		next, _ := schedule.Next(period.From)
		fmt.Println(period.From.Format(time.DateTime), "hour", schedule.Fields().Hour, "UTC; next run at", next.In(newYork).Format(time.DateTime), "in New York")
	}
	// Output:
	// 2026-01-05 00:00:00 hour 13 UTC; next run at 2026-01-05 08:00:00 in New York
	// 2026-03-08 07:00:00 hour 12 UTC; next run at 2026-03-08 08:00:00 in New York
	// 2026-11-01 06:00:00 hour 13 UTC; next run at 2026-11-01 08:00:00 in New York
}
