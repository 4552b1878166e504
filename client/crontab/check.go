package crontab

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Verdict is what becomes of a schedule that is sent to the platform. A higher one is worse.
type Verdict int

const (
	// Runs: the API accepts the schedule, and celery runs it.
	Runs Verdict = iota
	// DependsOnRelease: the API accepts it, and celery runs it from release 5.5
	// on. An older celery never runs it. So it is with names of months.
	DependsOnRelease
	// NeverRuns: the API accepts it and says nothing, but it never runs. A date
	// that never comes is worse than that: celery's scheduler fails at it, and
	// other schedules with it (django-celery-beat's issue 748).
	NeverRuns
	// Refused: the API answers 400 and stores nothing.
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

// Report is what [Check] found.
type Report struct {
	Verdict  Verdict   // the worst of the findings; Runs if there are none
	Findings []Finding // in the order of a crontab line
}

// Finding is what is wrong with one field.
type Finding struct {
	Field   Field
	Value   string // as given
	Verdict Verdict
	// Reason is the API's own message if it refuses the field, or else says why
	// celery doesn't run it.
	Reason string
	// Suggestion is a spelling of what the field seems to mean that runs
	// everywhere. It is empty if there is none.
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

// Check tells, before anything is sent, what the platform would do with the
// five fields: refuse them, store them and never run them, or run them.
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

// check judges one field, which stands at place i in a crontab line.
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

// meant reads a field that celery refuses as its writer may have meant it: with 7
// for Sunday, with the "<" and ">" that the API takes for the lowest and the
// highest value, and with white space. It returns the empty set if it makes no sense of it.
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
