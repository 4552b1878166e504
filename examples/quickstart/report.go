package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/iblai/iblai-go/client"
)

// A report prints the events in order.
type report struct {
	w     io.Writer
	steps int
}

func (r *report) title(text string) {
	fmt.Fprintf(r.w, "%s\n%s\n", text, strings.Repeat("=", len(text)))
}

func (r *report) step(text string) {
	r.steps++
	fmt.Fprintf(r.w, "\n%d. %s\n\n", r.steps, text)
}

// table prints rows in columns, under the first row as a heading.
func (r *report) table(rows [][]string) {
	w := tabwriter.NewWriter(r.w, 0, 0, 3, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(w, "   %s\n", strings.Join(row, "\t"))
	}
	_ = w.Flush() // nobody would see the error
}

// facts prints pairs of names and values, one on each line.
func (r *report) facts(pairs ...string) {
	var rows [][]string
	for i := 0; i < len(pairs); i += 2 {
		rows = append(rows, pairs[i:i+2])
	}
	r.table(rows)
}

func (r *report) mentors(mentors []*client.Mentor) {
	rows := [][]string{{"MENTOR", "UNIQUE ID"}}
	for _, mentor := range mentors {
		rows = append(rows, []string{firstLine(mentor.Name), mentor.UniqueID})
	}
	r.table(rows)
}

func (r *report) agents(agents []*client.PeriodicAgent) {
	rows := [][]string{{"AGENT", "TITLE", "MENTOR", "RUNS", "ENABLED"}}
	for _, agent := range agents {
		rows = append(rows, []string{
			fmt.Sprint(agent.ID), firstLine(agent.Title), firstLine(agent.Mentor.Name), describe(agent.Task.Crontab), fmt.Sprint(agent.Task.Enabled),
		})
	}
	r.table(rows)
}

func (r *report) logs(logs []*client.PeriodicAgentLog) {
	rows := [][]string{{"LOG", "AGENT", "STATUS", "STARTED (UTC)", "TOOK", "LAST LINE"}}
	for _, log := range logs {
		took := "-"
		if log.EndTime != nil {
			took = log.EndTime.Sub(log.StartTime.Time).Round(time.Millisecond).String()
		}
		rows = append(rows, []string{
			fmt.Sprint(log.ID), fmt.Sprint(log.PeriodicAgent), string(log.Status), log.StartTime.UTC().Format(time.DateTime), took, lastLine(log.Content),
		})
	}
	r.table(rows)
}

func (r *report) statistics(s *client.PeriodicAgentStatistics) {
	r.table([][]string{
		{"AGENTS", "SUCCEEDED", "FAILED", "RUNNING", "PENDING"},
		{fmt.Sprint(s.TotalTasks), fmt.Sprint(s.SucceededTasks), fmt.Sprint(s.FailedTasks), fmt.Sprint(s.RunningTasks), fmt.Sprint(s.PendingTasks)},
	})
}

// describe describes a schedule, or returns the error if it is invalid.
func describe(s client.CrontabSchedule) string {
	schedule, err := s.Fields().Parse()
	if err != nil {
		return err.Error()
	}
	return schedule.Describe()
}

const width = 60

// firstLine returns the first line of a text, truncated. It escapes control
// characters, which a model may have written.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	quoted := []rune(strconv.Quote(line))
	if quoted = quoted[1 : len(quoted)-1]; len(quoted) > width {
		quoted = append(quoted[:width-1], '…')
	}
	return string(quoted)
}

// lastLine returns the last line of a text, truncated.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return firstLine(text[strings.LastIndex(text, "\n")+1:])
}
