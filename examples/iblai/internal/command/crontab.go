package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client/crontab"
)

func (a *app) newCrontab() *cobra.Command {
	group := newGroup(&cobra.Command{
		Use:   "crontab",
		Short: "Explain and check schedules, without an account",
		Long: `Explain and check schedules. These commands need no account and no network.

A SCHEDULE has five fields: minute hour day-of-month month day-of-week. They have
celery's semantics, not cron's: all five fields must match, and Sunday is 0.`,
		Example: `  iblai crontab explain "0 8 * * mon-fri"
  iblai crontab check "0 8 * * 7"`,
	})
	group.AddCommand(a.newCrontabExplain(), a.newCrontabNext(), a.newCrontabCheck(), a.newCrontabUTC())
	return group
}

// scheduleArgs accepts a schedule as one argument or as five arguments.
func scheduleArgs(_ *cobra.Command, args []string) error {
	if n := len(strings.Fields(strings.Join(args, " "))); n != 5 {
		return fmt.Errorf(`a schedule has 5 fields, not %d: minute hour day-of-month month day-of-week, as in "0 8 * * mon-fri"; quote it, because the shell expands *`, n)
	}
	return nil
}

func fieldsOf(args []string) crontab.Fields {
	words := strings.Fields(strings.Join(args, " "))
	return crontab.Fields{Minute: words[0], Hour: words[1], DayOfMonth: words[2], MonthOfYear: words[3], DayOfWeek: words[4]}
}

// parseArgs parses a schedule. The error explains all invalid fields.
func parseArgs(args []string) (crontab.Schedule, error) {
	fields := fieldsOf(args)
	schedule, err := fields.Parse()
	if err == nil {
		return schedule, nil
	}
	report := crontab.Check(fields)
	if len(report.Findings) == 0 {
		return schedule, err
	}
	return schedule, fmt.Errorf("invalid schedule:%s", lines(len(report.Findings), func(i int) string { return report.Findings[i].String() }))
}

func (a *app) newCrontabExplain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain SCHEDULE",
		Short:   "Describe a schedule in words",
		Example: `  iblai crontab explain "*/15 8-18 * * mon-fri"`,
		Args:    scheduleArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			schedule, err := parseArgs(args)
			if err != nil {
				return err
			}
			description := schedule.Describe()
			if a.format != formatJSON && a.format != formatYAML {
				_, err = fmt.Fprintln(a.Stdout, description)
				return err
			}
			return a.print(result{value: map[string]string{"description": description}})
		},
	}
}

func (a *app) newCrontabCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check SCHEDULE",
		Short: "Check whether the platform runs a schedule",
		Long: `Check whether the platform runs a schedule, rejects it, or stores it without ever
running it. The exit code is 0 only if every release runs it.`,
		Example: `  iblai crontab check "0 8 31 2 *"`,
		Args:    scheduleArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			report := crontab.Check(fieldsOf(args))
			if err := a.printCheck(report); err != nil {
				return err
			}
			if report.Verdict != crontab.Runs {
				return errFailed
			}
			return nil
		},
	}
}

// A checkFinding is a problem of one field.
type checkFinding struct {
	Field      string `json:"field"`
	Value      string `json:"value"`
	Verdict    string `json:"verdict"`
	Reason     string `json:"reason"`
	Suggestion string `json:"suggestion,omitempty"`
}

func (a *app) printCheck(report crontab.Report) error {
	if a.format != formatJSON && a.format != formatYAML {
		fmt.Fprintln(a.Stdout, report.Verdict)
		for _, finding := range report.Findings {
			fmt.Fprintln(a.Stdout, " ", finding)
		}
		return nil
	}
	findings := []checkFinding{}
	for _, f := range report.Findings {
		findings = append(findings, checkFinding{string(f.Field), f.Value, f.Verdict.String(), f.Reason, f.Suggestion})
	}
	return a.print(result{value: struct {
		Verdict  string         `json:"verdict"`
		Findings []checkFinding `json:"findings"`
	}{report.Verdict.String(), findings}})
}

func (a *app) newCrontabNext() *cobra.Command {
	var number int
	var zone string
	cmd := &cobra.Command{
		Use:     "next SCHEDULE",
		Short:   "Show the next runs of a schedule, in UTC and local time",
		Example: `  iblai crontab next "0 8 * * mon-fri" -n 5 --tz Europe/Berlin`,
		Args:    scheduleArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			location, err := a.location(zone)
			if err != nil {
				return err
			}
			if number < 1 {
				return fmt.Errorf("-n is %d, but must be positive", number)
			}
			schedule, err := parseArgs(args)
			if err != nil {
				return err
			}
			type run struct {
				UTC   time.Time `json:"utc"`
				Local time.Time `json:"local"`
			}
			next := []run{}
			var names []string
			for _, t := range schedule.NextN(a.Now().UTC(), number) {
				next = append(next, run{t.UTC(), t.In(location)})
				names = append(names, t.UTC().Format(time.RFC3339))
			}
			return a.print(result{value: next, names: names, table: func() *table {
				t := &table{heading: []string{"UTC", "LOCAL"}}
				for _, r := range next {
					t.add(r.UTC.Format("Mon "+minuteLayout), r.Local.Format("Mon "+minuteLayout+" MST"))
				}
				return t
			}})
		},
	}
	cmd.Flags().IntVarP(&number, "number", "n", 5, "`number` of runs")
	addZoneFlag(cmd, &zone)
	return cmd
}

func (a *app) newCrontabUTC() *cobra.Command {
	var zone string
	var days int
	cmd := &cobra.Command{
		Use:   "utc SCHEDULE",
		Short: "Convert a schedule from local time to UTC",
		Long: `Convert a schedule from local time to UTC, the default time zone of the service. Each
row applies from one change of the clocks to the next.

If a period has several schedules, create an agent for each of them.`,
		Example: `  iblai crontab utc "0 8 * * mon-fri" --tz Europe/Berlin`,
		Args:    scheduleArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			location, err := a.location(zone)
			if err != nil {
				return err
			}
			from := a.Now()
			periods, err := crontab.ToUTC(fieldsOf(args), location, from, from.AddDate(0, 0, days))
			if err != nil {
				return err
			}
			return a.printPeriods(periods)
		},
	}
	addZoneFlag(cmd, &zone)
	cmd.Flags().IntVar(&days, "days", 365, "`number` of days to convert")
	return cmd
}

// A utcSchedule is a schedule in UTC that applies in a period.
type utcSchedule struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Schedules []string  `json:"schedules"`
}

func (a *app) printPeriods(periods []crontab.Period) error {
	all := []utcSchedule{}
	var names []string
	for _, period := range periods {
		converted := utcSchedule{period.From.UTC(), period.To.UTC(), []string{}}
		for _, fields := range period.Fields {
			converted.Schedules = append(converted.Schedules, fieldsLine(fields))
		}
		all = append(all, converted)
		names = append(names, converted.Schedules...)
	}
	return a.print(result{value: all, names: names, table: func() *table {
		t := &table{heading: []string{"FROM (UTC)", "TO (UTC)", "SCHEDULE (UTC)"}}
		for _, period := range all {
			for _, schedule := range period.Schedules {
				t.add(period.From.Format(minuteLayout), period.To.Format(minuteLayout), schedule)
			}
		}
		return t
	}})
}
