package client

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/iblai/iblai-go/client/crontab"
)

// PeriodicAgentDiff holds the differences between an agent and a wanted one.
type PeriodicAgentDiff struct {
	// Fields are the fields that differ, in the order of the request.
	Fields []FieldDiff
	// Update changes the fields that differ, and no others. If a field of the
	// crontab differs, it has all of them.
	Update PeriodicAgentUpdateRequest
}

// FieldDiff is the difference in one field. A secret is masked.
type FieldDiff struct {
	// Path is the field's name, with those of the objects around it, as in
	// task.crontab.minute.
	Path string
	// Stored and Wanted are the two values, or null.
	Stored, Wanted string
}

// Diff compares the agent with a wanted one, as the service would store it:
// without spaces around texts, with times to the microsecond, and with the UUID
// of the mentor in any spelling. Crontabs are equal if they have the same runs,
// and an empty field of one is *. Fields that wanted leaves unset are not
// compared. Diff sends nothing. Releases 3.5x return only the unique id of a
// mentor: with them, Mentor must be unset or the unique id, although Create
// expects the numeric id.
func (a *PeriodicAgent) Diff(wanted *PeriodicAgentCreateRequest) *PeriodicAgentDiff {
	d := new(PeriodicAgentDiff)
	update, task := &d.Update, new(PeriodicTaskUpdateRequest)
	if wanted.Mentor != "" && !a.Mentor.isReferredToBy(wanted.Mentor) {
		d.add("mentor", a.Mentor.reference(), wanted.Mentor)
		update.Mentor = new(wanted.Mentor)
	}
	if wanted.Title != "" {
		diffText(d, "title", a.Title, &wanted.Title, &update.Title)
	}
	diffText(d, "description", a.Description, wanted.Description, &update.Description)
	diffText(d, "prompt", a.Prompt, wanted.Prompt, &update.Prompt)
	if !wanted.Task.Crontab.isZero() && d.addCrontab(a.Task.Crontab, wanted.Task.Crontab.explicit()) {
		task.Crontab = new(wanted.Task.Crontab.explicit())
	}
	diffValue(d, "task.one_off", a.Task.OneOff, wanted.Task.OneOff, &task.OneOff)
	if diffNullable(d, "task.start_time", a.Task.startTime(), wanted.Task.StartTime, sameTime) {
		task.StartTime = wanted.Task.StartTime
	}
	diffValue(d, "task.enabled", a.Task.Enabled, wanted.Task.Enabled, &task.Enabled)
	if *task != (PeriodicTaskUpdateRequest{}) {
		update.Task = task
	}
	diffText(d, "pathway", a.Pathway, wanted.Pathway, &update.Pathway)
	diffText(d, "callback_url", a.CallbackURL, wanted.CallbackURL, &update.CallbackURL)
	if secret := wanted.CallbackSecret; secret != nil && trim(a.CallbackSecret.Reveal()) != trim(secret.Reveal()) {
		d.add("callback_secret", a.CallbackSecret, *secret)
		update.CallbackSecret = secret
	}
	diffText(d, "parent_session_id", a.ParentSessionID, wanted.ParentSessionID, &update.ParentSessionID)
	if diffNullable(d, "parent_mentor_id", nullable(a.ParentMentorID), wanted.ParentMentorID, sameID) {
		update.ParentMentorID = wanted.ParentMentorID
	}
	if diffNullable(d, "previous_agent", nullable(a.PreviousAgent), wanted.PreviousAgent, sameID) {
		update.PreviousAgent = wanted.PreviousAgent
	}
	diffValue(d, "previous_agent_status", a.PreviousAgentStatus, wanted.PreviousAgentStatus, &update.PreviousAgentStatus)
	return d
}

// IsEmpty reports whether there is no difference.
func (d *PeriodicAgentDiff) IsEmpty() bool { return len(d.Fields) == 0 }

func (d *PeriodicAgentDiff) add(path string, stored, wanted any) {
	d.Fields = append(d.Fields, FieldDiff{Path: path, Stored: fmt.Sprint(stored), Wanted: fmt.Sprint(wanted)})
}

// addCrontab adds the fields of a crontab that differ, and reports whether there
// are any.
func (d *PeriodicAgentDiff) addCrontab(stored, wanted CrontabSchedule) (differ bool) {
	for _, field := range []struct {
		name           crontab.Field
		stored, wanted string
		fields         func(string) crontab.Fields
	}{
		{crontab.Minute, stored.Minute, wanted.Minute, func(v string) crontab.Fields { return crontab.Fields{Minute: v} }},
		{crontab.Hour, stored.Hour, wanted.Hour, func(v string) crontab.Fields { return crontab.Fields{Hour: v} }},
		{crontab.DayOfWeek, stored.DayOfWeek, wanted.DayOfWeek, func(v string) crontab.Fields { return crontab.Fields{DayOfWeek: v} }},
		{crontab.DayOfMonth, stored.DayOfMonth, wanted.DayOfMonth, func(v string) crontab.Fields { return crontab.Fields{DayOfMonth: v} }},
		{crontab.MonthOfYear, stored.MonthOfYear, wanted.MonthOfYear, func(v string) crontab.Fields { return crontab.Fields{MonthOfYear: v} }},
	} {
		if stored, wanted := trim(field.stored), trim(field.wanted); stored != wanted && !sameRuns(field.fields(stored), field.fields(wanted)) {
			d.add("task.crontab."+string(field.name), field.stored, field.wanted)
			differ = true
		}
	}
	return differ
}

// sameRuns reports whether two schedules can be parsed and have the same runs.
func sameRuns(a, b crontab.Fields) bool {
	one, err := a.Parse()
	other, otherErr := b.Parse()
	return err == nil && otherErr == nil && one == other
}

// diffText compares a text that the service trims.
func diffText(d *PeriodicAgentDiff, path, stored string, wanted *string, update **string) {
	if wanted != nil && trim(stored) != trim(*wanted) {
		d.add(path, stored, *wanted)
		*update = wanted
	}
}

func diffValue[T comparable](d *PeriodicAgentDiff, path string, stored T, wanted *T, update **T) {
	if wanted != nil && stored != *wanted {
		d.add(path, stored, *wanted)
		*update = wanted
	}
}

func diffNullable[T any](d *PeriodicAgentDiff, path string, stored, wanted Nullable[T], same func(a, b T) bool) bool {
	value, ok := stored.Get()
	want, wantOK := wanted.Get()
	if wanted.IsZero() || ok == wantOK && (ok && same(value, want) || !ok && stored.IsNull()) {
		return false
	}
	d.add(path, stored, wanted)
	return true
}

func sameID(a, b int64) bool { return a == b }

// sameTime compares instants, to the microsecond that the service stores.
func sameTime(a, b time.Time) bool {
	return a.Truncate(time.Microsecond).Equal(b.Truncate(time.Microsecond))
}

// isReferredToBy reports whether a request's reference is to this mentor.
func (m *Mentor) isReferredToBy(reference string) bool {
	return sameUUID(m.UniqueID, reference) || m.ID != 0 && strconv.FormatInt(m.ID, 10) == trim(reference)
}

// trim returns text without the spaces around it, as the service stores it. It
// goes by Python, to which the separators U+001C to U+001F are spaces too.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}
