package crontab_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/crontab"
)

func Example() {
	schedule, err := crontab.Parse("0 8 * * mon-fri")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schedule.Describe())

	friday := time.Date(2026, time.January, 9, 12, 0, 0, 0, time.UTC)
	if next, ok := schedule.Next(friday); ok {
		fmt.Println(next.Format(time.RFC1123))
	}
	// Output:
	// At 08:00 on Monday through Friday
	// Mon, 12 Jan 2026 08:00:00 UTC
}

func ExampleCheck() {
	report := crontab.Check(crontab.Fields{Minute: "0", Hour: "22-2", DayOfWeek: "7"})
	fmt.Println(report.Verdict)
	for _, finding := range report.Findings {
		fmt.Println(finding)
	}
	// Output:
	// refused by the API
	// hour "22-2": refused by the API: Bad range '22-2'; write "0-2,22,23"
	// day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"
}

func ExampleFields_Parse() {
	schedule, err := crontab.Fields{Minute: "*/15", Hour: "8-18", DayOfWeek: "mon-fri"}.Parse()
	fmt.Println(schedule, err)

	_, err = crontab.Fields{Minute: "0", DayOfWeek: "sunday-7"}.Parse()
	if fieldError, ok := errors.AsType[*crontab.FieldError](err); ok {
		fmt.Println(fieldError.Field, fieldError.Reason)
	}
	// Output:
	// */15 8-18 * * 1-5 <nil>
	// day_of_week "7" is not a number from 0 to 6: Sunday is 0
}

func ExampleSchedule_Fields() {
	schedule, _ := crontab.Parse("0 9 1 jan,jul *")
	fmt.Printf("%+v\n", schedule.Fields())
	// Output:
	// {Minute:0 Hour:9 DayOfWeek:* DayOfMonth:1 MonthOfYear:1,7}
}

func ExampleSchedule_In() {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		fmt.Println(err)
		return
	}
	schedule, _ := crontab.Parse("0 8 * * *")
	from := time.Date(2026, time.January, 9, 0, 0, 0, 0, time.UTC)

	inUTC, _ := schedule.Next(from)
	inNewYork, _ := schedule.In(newYork).Next(from)
	fmt.Println(inUTC)
	fmt.Println(inNewYork)
	// Output:
	// 2026-01-09 08:00:00 +0000 UTC
	// 2026-01-09 08:00:00 -0500 EST
}

func ExampleSchedule_Runs() {
	schedule, _ := crontab.Parse("0 0 1 * *")
	from := time.Date(2026, time.January, 9, 0, 0, 0, 0, time.UTC)
	for run := range schedule.Runs(from) {
		if run.Month() == time.May {
			break
		}
		fmt.Println(run.Format(time.DateOnly))
	}
	// Output:
	// 2026-02-01
	// 2026-03-01
	// 2026-04-01
}

// An agent is to run at 08:00 in Berlin on a server in UTC.
func ExampleToUTC() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	local := crontab.Fields{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"}
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	periods, err := crontab.ToUTC(local, berlin, now, now.AddDate(1, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, period := range periods {
		for _, fields := range period.Fields {
			fmt.Printf("from %s: hour %q, day_of_week %q\n", period.From.Format(time.DateTime), fields.Hour, fields.DayOfWeek)
		}
	}
	// Output:
	// from 2026-03-02 09:00:00: hour "7", day_of_week "1-5"
	// from 2026-03-29 01:00:00: hour "6", day_of_week "1-5"
	// from 2026-10-25 01:00:00: hour "7", day_of_week "1-5"
}
