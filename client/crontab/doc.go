// Package crontab parses, checks and explains the schedules of periodic agents,
// computes their runs, and converts them from local time to UTC.
//
// The platform runs agents with celery, whose crontabs differ from those of cron(8):
//
//   - All five fields must match. "0 8 13 * 5" runs on Friday the 13th, not on every
//     13th and every Friday.
//   - Sunday is 0, never 7. There are no seconds, no @daily, no L, W, # or ?.
//   - A range can wrap round ("fri-mon", "22-2"), and "*/3" counts from the first
//     value of a field: days 1, 4, 7 and so on.
//
// The API has a validator of its own. It refuses some schedules that celery would
// run ("22-2"), and accepts some that never run ("7" for Sunday, 31 February).
// [Check] reports both before anything is sent:
//
//	report := crontab.Check(crontab.Fields{Minute: "0", Hour: "8", DayOfWeek: "7"})
//	if report.Verdict != crontab.Runs {
//		fmt.Println(report.Findings[0]) // day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"
//	}
//
// [Parse] and [Fields.Parse] return a [Schedule], which computes its next runs and
// describes itself in English:
//
//	schedule, err := crontab.Parse("0 8 * * mon-fri")
//	if err != nil {
//		return err
//	}
//	fmt.Println(schedule.Describe()) // At 08:00 on Monday through Friday
//	next, ok := schedule.Next(time.Now())
//
// # Time zones
//
// The API stores no time zone with a schedule. The server's time zone applies, which
// is UTC unless its operators have changed it. A Schedule is therefore in UTC unless
// [Schedule.In] sets another time zone. To run an agent at a local time on a server
// in UTC, send the crontabs of [ToUTC], and those of the next period after each
// change of the clocks.
//
// Celery computes runs on the wall clock of the server's time zone. If the clocks
// skip the time of a run, it takes place once, as much later as the clocks jump:
// 02:30 becomes 03:30. If the clocks repeat an hour, its runs take place in the first
// pass only; even "* * * * *" then pauses for an hour. That is celery 5.5.2 and later.
// Earlier releases start a skipped run at the jump itself (03:00), and can be late
// with other runs of that day.
//
// Two faults of celery are not reproduced. If the last run of a task is in the second
// pass of a repeated hour, celery 5.5.2 and later run the task at every tick of the
// scheduler until the hour is over. Before celery 5.3, a task with a day_of_month in a
// time zone west of UTC runs too rarely or never. Neither affects a server in UTC.
//
// # The scheduler
//
// A Schedule has the times at which a crontab is due. Which runs take place is the
// decision of celery's scheduler, beat, which plans from the last run of a task and
// not from now:
//
//   - A changed schedule can run at once: if it would have been due between the last
//     run and now, it is overdue.
//   - A run that was due while the scheduler was down is caught up once.
//   - A start_time in the past makes django-celery-beat 2.5 and later run a new or
//     re-enabled task once more than its crontab says.
//   - One_off on a task that has run disables it without another run.
//
// From django-celery-beat 2.8 on, a task whose hour is a plain number ("8") is
// only loaded from two hours before that hour to two hours after it. A run that
// is overdue then takes place up to two hours before the next proper one. An
// hour in another form ("8-8", "8,20", "*") isn't affected, which is why
// [Schedule.Fields] keeps "8-8". Nor is the hour 4, that of celery's own cleanup
// task.
//
// # Where the rules come from
//
// Parsing and next runs were compared with celery 5.2.6, and the API's validator and
// its messages with django-celery-beat 2.4.0 and python-crontab 2.7.1. The folder
// testdata has some of the recorded results and the program that records them. That
// program changes celery 5.2.6 in two respects, to get the results of 5.5.2 and later:
// it computes in the time zone of the last run, where 5.2.6 takes wall clock times for
// UTC, and it converts a skipped run to UTC, where 5.2.6 starts it at the jump. It
// records nothing about last runs in the second pass of a repeated hour. A deployment
// can use other releases. One more difference is known: names of months run from
// celery 5.5 on, see [DependsOnRelease].
//
// Parse interprets everything that it accepts as celery does, and refuses everything
// that celery refuses. It also refuses values of which celery ignores a part ("mon#2"
// runs every Monday, "8-18-20" is 8-18), day names outside day_of_week, month names
// outside month_of_year, numbers with an underscore, and fields that are too long for
// the API.
package crontab
