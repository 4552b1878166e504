package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// report is what all checks have found.
type report struct {
	BaseURL  string    `json:"base_url"`
	Org      string    `json:"org"`
	Username string    `json:"username"`
	Verdict  status    `json:"verdict"`
	Findings []finding `json:"findings"`
}

// count is how many findings have a status.
func (r *report) count(s status) int {
	n := 0
	for _, f := range r.Findings {
		if f.Status == s {
			n++
		}
	}
	return n
}

// verdict is the worst status of all.
func (r *report) verdict() status {
	for _, s := range []status{failed, warning} {
		if r.count(s) > 0 {
			return s
		}
	}
	return ok
}

func (r *report) print(w io.Writer, asJSON bool) error {
	if asJSON {
		r.Verdict = r.verdict()
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	_, err := io.WriteString(w, r.text())
	return err
}

// text is a row for each finding, and below it, where something is not as it
// should be, what that means and what to do.
func (r *report) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, org %s, user %s\n", r.BaseURL, printable(r.Org), printable(r.Username))
	fmt.Fprintf(&b, "Operations are named by their paths below %s.\n\n", userPath)
	width := 0
	for _, f := range r.Findings {
		width = max(width, len(f.Check))
	}
	row := func(s, check, took, found string) {
		fmt.Fprintf(&b, "%-7s  %-*s  %8s  %s\n", s, width, check, took, found)
	}
	row("STATUS", "CHECK", "TIME", "FOUND")
	for rest := r.Findings; len(rest) > 0; {
		f, n := rest[0], notTriedAtOnce(rest)
		if n > 1 {
			f.Check = fmt.Sprintf("%d checks", n)
		}
		row(string(f.Status), f.Check, f.Took.String(), f.Found)
		if f.Status == warning || f.Status == failed {
			b.WriteString(f.explanation())
		}
		rest = rest[max(n, 1):]
	}
	fmt.Fprintf(&b, "\n%d ok, %d warning, %d failed, %d skipped. %s\n",
		r.count(ok), r.count(warning), r.count(failed), r.count(skipped), r.conclusion())
	return b.String()
}

// notTriedAtOnce is how many findings at the beginning say no more than that
// they were not tried. A row is enough for them.
func notTriedAtOnce(findings []finding) int {
	tried := func(f finding) bool { return f.Status != skipped || !strings.HasPrefix(f.Found, notTried) }
	if i := slices.IndexFunc(findings, tried); i >= 0 {
		return i
	}
	return len(findings)
}

func (r *report) conclusion() string {
	switch r.verdict() {
	case failed:
		return "Something is wrong."
	case warning:
		return "It works; see the warnings."
	default:
		return "All is well."
	}
}

// explanation stands below a row.
func (f finding) explanation() string {
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

// wrap breaks a text between words into lines of at most width, if the words
// are short enough for that.
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

// String is empty for a check that asked nobody.
func (m milliseconds) String() string {
	switch took := time.Duration(m); {
	case took == 0:
		return ""
	case took < time.Millisecond:
		return "<1 ms"
	default:
		return fmt.Sprintf("%d ms", took.Milliseconds())
	}
}
