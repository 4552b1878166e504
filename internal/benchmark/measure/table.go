package measure

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Verdict says whether a target is met.
type Verdict string

// The verdicts. A row without targets has none.
const (
	Met    Verdict = "met"
	Missed Verdict = "**missed**"
	Open   Verdict = "not reached"
)

// Row is a row of the table: the results of one contestant.
type Row struct {
	Work        string // set in the first row of a comparison
	Who         string
	Time        string
	Allocations string
	Ratio       string // ours, compared with this contestant
	Targets     []string
	Verdicts    []Verdict
	Notes       []string
}

// AddTarget adds the result of a target that is not about a comparison.
func (r *Row) AddTarget(text string, met bool) {
	verdict := Missed
	if met {
		verdict = Met
	}
	r.Targets = append(r.Targets, text)
	r.Verdicts = append(r.Verdicts, verdict)
}

func (r *Row) judge(targets []Target, o outcome) {
	for _, t := range targets {
		verdict := t.verdict(o)
		r.Targets = append(r.Targets, t.text)
		r.Verdicts = append(r.Verdicts, verdict)
		if verdict != Met && t.why != "" && !slices.Contains(r.Notes, t.why) {
			r.Notes = append(r.Notes, t.why)
		}
	}
}

// verdict returns the verdicts, once if all are the same.
func (r *Row) verdict() string {
	var words []string
	for _, v := range r.Verdicts {
		words = append(words, string(v))
	}
	return strings.Join(slices.Compact(words), ", ")
}

// Write writes rows as a readable Markdown table, with notes on the missed
// targets below.
func Write(w io.Writer, rows []Row) error {
	if err := writeTable(w, rows); err != nil {
		return err
	}
	work := ""
	for _, r := range rows {
		work = cmp.Or(r.Work, work)
		for _, note := range r.Notes {
			if _, err := fmt.Fprintf(w, "\n*%s*, beside %s: %s\n", work, r.Who, note); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeTable(w io.Writer, rows []Row) error {
	lines := [][]string{{"work", "who", "time", "allocations", "ours is", "target", ""}, nil}
	for _, r := range rows {
		lines = append(lines, []string{r.Work, r.Who, r.Time, r.Allocations, r.Ratio, strings.Join(r.Targets, ", "), r.verdict()})
	}
	widths := slices.Repeat([]int{1}, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, width := range widths {
		lines[1] = append(lines[1], strings.Repeat("-", width))
	}
	for _, line := range lines {
		for i, cell := range line {
			line[i] = cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		}
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(line, " | ")); err != nil {
			return err
		}
	}
	return nil
}
