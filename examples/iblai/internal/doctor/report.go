package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Report has the findings of all checks.
type Report struct {
	BaseURL  string    `json:"base_url"`
	Org      string    `json:"org"`
	Username string    `json:"username"`
	Verdict  Status    `json:"verdict"` // OK, Warning or Failed: the worst status
	Findings []Finding `json:"findings"`
}

// notRun is the prefix of the reason for skipping a check after an earlier
// error.
const notRun = "not run: "

// count returns the number of findings with a status.
func (r *Report) count(s Status) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Status == s {
			n++
		}
	}
	return n
}

func (r *Report) verdict() Status {
	for _, s := range []Status{Failed, Warning} {
		if r.count(s) > 0 {
			return s
		}
	}
	return OK
}

// WriteText writes a row for each finding. Below warnings and failures it
// writes their meaning and what to do.
func (r *Report) WriteText(w io.Writer) error {
	_, err := io.WriteString(w, r.text())
	return err
}

func (r *Report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, org %s, user %s\n", r.BaseURL, printable(r.Org), printable(r.Username))
	fmt.Fprintf(&b, "The paths of operations are below %s.\n\n", userPath)
	width := 0
	for _, f := range r.Findings {
		width = max(width, len(f.Check))
	}
	row := func(s, check, latency, found string) {
		fmt.Fprintf(&b, "%-7s  %-*s  %8s  %s\n", s, width, check, latency, found)
	}
	row("STATUS", "CHECK", "TIME", "FOUND")
	for rest := r.Findings; len(rest) > 0; {
		f, n := rest[0], leadingNotRun(rest)
		if n > 1 {
			f.Check = fmt.Sprintf("%d checks", n)
		}
		row(string(f.Status), f.Check, f.Latency.String(), f.Found)
		if f.Status == Warning || f.Status == Failed {
			b.WriteString(f.explanation())
		}
		rest = rest[max(n, 1):]
	}
	fmt.Fprintf(&b, "\n%d ok, %d warning, %d failed, %d skipped. %s\n",
		r.count(OK), r.count(Warning), r.count(Failed), r.count(Skipped), r.conclusion())
	return b.String()
}

// leadingNotRun returns the number of leading findings that were skipped for
// the same earlier error. They share one row.
func leadingNotRun(findings []Finding) int {
	i := slices.IndexFunc(findings, func(f Finding) bool {
		return f.Status != Skipped || !strings.HasPrefix(f.Found, notRun) || f.Found != findings[0].Found
	})
	if i >= 0 {
		return i
	}
	return len(findings)
}

func (r *Report) conclusion() string {
	switch r.verdict() {
	case Failed:
		return "Something is wrong."
	case Warning:
		return "It works; see the warnings."
	default:
		return "Everything works."
	}
}

// explanation returns the lines below a row.
func (f Finding) explanation() string {
	lines := slices.Clone(f.Details)
	if f.Meaning != "" {
		lines = append(lines, "What it means: "+f.Meaning)
	}
	if f.Advice != "" {
		lines = append(lines, "What to do: "+f.Advice)
	}
	var b strings.Builder
	for _, line := range lines {
		for i, part := range wrap(line, 90) {
			indent := strings.Repeat(" ", 9+min(2*i, 2))
			b.WriteString(indent + part + "\n")
		}
	}
	return b.String()
}

// wrap splits a text between words into lines of at most width bytes. A longer
// word is on its own line.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
