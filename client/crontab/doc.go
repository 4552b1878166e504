// Package crontab reads, checks and explains the schedules of periodic agents.
//
// The platform runs its agents with celery, and celery's crontab is not the
// one of cron(8):
//
//   - All five fields must match. "0 8 13 * 5" runs on Friday the 13th, not on
//     every 13th and every Friday.
//   - Sunday is 0, never 7. There are no seconds, no @daily, no L, W, # or ?.
//   - A range may wrap round ("fri-mon", "22-2"), and "*/3" counts from the
//     field's first value: days 1, 4, 7 and so on.
//
// The API that stores a schedule has a check of its own. It refuses some
// schedules that celery would run ("22-2"), and accepts some that never run
// ("7" for Sunday, 31 February). [Check] tells all of it before anything is sent:
//
//	report := crontab.Check(crontab.Fields{Minute: "0", Hour: "8", DayOfWeek: "7"})
//	if report.Verdict != crontab.Runs {
//		fmt.Println(report.Findings[0]) // day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"
//	}
//
// [Parse] and [Fields.Parse] give a [Schedule], which knows its next runs and
// says in English what it means:
//
//	schedule, err := crontab.Parse("0 8 * * mon-fri")
//	…
//	schedule.Describe()                // At 08:00 on Monday through Friday
//	next, ok := schedule.Next(time.Now())
//
// # Time zones
//
// The API stores no time zone with a schedule: the server's applies, which is
// UTC unless the server is configured otherwise. So a Schedule is in UTC until
// [Schedule.In] says otherwise.
//
// Celery reckons on the wall clock. Where clocks go forward, a run that falls
// into the skipped hour takes place once, as much later as the clocks jump:
// 02:30 becomes 03:30. Where clocks go back, the repeated hour runs once, the
// first time round, and even "* * * * *" then pauses for an hour. So it is with
// celery 5.5.2 and later. Earlier releases start a skipped run at the jump itself
// (03:00), and may be late with other runs of that day.
//
// # Where the rules come from
//
// Parsing and next runs were compared with celery 5.2.6, and the API's check
// with django-celery-beat 2.4.0 and python-crontab 2.7.1; testdata holds some of
// their answers. A deployment may run other releases. One difference is known to
// matter: names of months run from celery 5.5 on, see [DependsOnRelease].
//
// Parse means what celery means by everything it accepts, and refuses all that
// celery refuses. It also refuses spellings that celery accepts by ignoring a
// part of them ("mon#2" runs every Monday, "8-18-20" as 8-18), day names outside
// day_of_week, month names outside month_of_year, numbers with an underscore,
// and fields longer than the API stores.
package crontab
