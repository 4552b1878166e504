package crontab

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Verdict says what the platform does with a schedule. Higher verdicts are worse.
type Verdict int

const (
	// Runs means that the API accepts the schedule and celery runs it.
	Runs Verdict = iota
	// DependsOnRelease means that the API accepts the schedule, that celery 5.5 and
	// later run it, and that older releases never do. Names of months are such a
	// case.
	DependsOnRelease
	// NeverRuns means that the API silently accepts the schedule, but celery never
	// runs it. A date that never comes, such as 31 February, does more harm: it
	// makes celery's scheduler fail, so that other schedules don't run either
	// (django-celery-beat's issue 748).
	NeverRuns
	// Refused means that the API responds with 400 and stores nothing.
	Refused
)

// String returns the verdict in a few words.
func (v Verdict) String() string {
	switch v {
	case Runs:
		return "runs"
	case DependsOnRelease:
		return "depends on the release of celery"
	case NeverRuns:
		return "never runs"
	case Refused:
		return "refused by the API"
	}
	return fmt.Sprintf("Verdict(%d)", int(v))
}

// Report is the result of [Check].
type Report struct {
	Verdict  Verdict   // the worst verdict of the findings, or Runs without findings
	Findings []Finding // in the order of a crontab line
}

// Finding reports a problem of one field.
type Finding struct {
	Field   Field
	Value   string // unchanged
	Verdict Verdict
	// Reason is the API's own message if the API refuses the field. Otherwise it
	// says why celery doesn't run it.
	Reason string
	// Suggestion is a value that seems to be meant, and that every release runs. It
	// is empty if none is known.
	Suggestion string
}

// String returns the finding as one line of text.
func (f Finding) String() string {
	text := fmt.Sprintf("%s %s: %v: %s", f.Field, quote(f.Value), f.Verdict, f.Reason)
	if f.Suggestion != "" {
		text += fmt.Sprintf("; write %q", f.Suggestion)
	}
	return text
}

// Check reports whether the platform would refuse the five fields, store them but
// never run them, or run them. It sends nothing.
//
// It can't know which runs take place, since that also depends on the last run, on a
// start_time, on one_off and on the server's time zone: see "The scheduler" in the
// package documentation.
func Check(f Fields) Report {
	var report Report
	for i, value := range f.inLineOrder() {
		if finding := specs[i].check(i, value); finding.Verdict != Runs {
			report.add(finding)
		}
	}
	if schedule, err := f.Parse(); err == nil {
		if _, runs := schedule.Next(time.Time{}); !runs {
			report.add(Finding{
				Field: DayOfMonth, Value: f.DayOfMonth, Verdict: NeverRuns,
				Reason: "none of the chosen months has such a day",
			})
		}
	}
	return report
}

func (r *Report) add(f Finding) {
	r.Findings = append(r.Findings, f)
	r.Verdict = max(r.Verdict, f.Verdict)
}

// check returns the finding about the value of field i.
func (sp *spec) check(i int, value string) Finding {
	finding := Finding{Field: sp.field, Value: value}
	if value == "" {
		return finding
	}
	chosen, err := sp.parse(value)
	switch refusal := sp.refusal(i, value); {
	case refusal != "":
		finding.Verdict, finding.Reason = Refused, refusal
	case err != nil:
		finding.Verdict, finding.Reason = NeverRuns, err.Error()
	case i == monthOfYear && strings.ContainsFunc(value, unicode.IsLetter):
		finding.Verdict, finding.Reason = DependsOnRelease, "names of months run from celery 5.5 on"
	default:
		return finding
	}
	if err != nil {
		chosen = sp.meant(value)
	}
	if chosen != 0 {
		finding.Suggestion = sp.spell(chosen)
	}
	return finding
}

// meant parses a field that celery refuses leniently: 7 is Sunday, "<" and ">" are
// the lowest and the highest value, as for the API, and white space is ignored. It
// returns the empty set if it can't parse the field.
func (sp *spec) meant(value string) set {
	if sp.tooLong(value) {
		return 0
	}
	const sunday, sundayAfterSaturday = 0, 7
	lenient := *sp
	if sp.field == DayOfWeek {
		lenient.max = sundayAfterSaturday
	}
	value = strings.Join(strings.Fields(value), "")
	value = strings.NewReplacer("<", strconv.Itoa(sp.min), ">", strconv.Itoa(sp.max)).Replace(value)

	var chosen set
	for part := range strings.SplitSeq(value, ",") {
		values, err := sp.parsePart(part)
		if err != nil {
			if rest, ok := strings.CutPrefix(part, "7-"); ok && !strings.HasPrefix(rest, "7") {
				part = "0-" + rest
			}
			values, err = lenient.parsePart(part)
		}
		if err != nil {
			return 0
		}
		chosen |= values
	}
	if sp.field == DayOfWeek && chosen.has(sundayAfterSaturday) {
		chosen |= 1 << sunday
		chosen &= sp.full()
	}
	return chosen
}
