package fleet

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

const (
	maxAgents      = 1000
	maxTitle       = 255 // the service's limit
	maxDescription = 10_000
	maxPrompt      = 100_000
	maxReference   = 255 // of mentors, time zones and other short texts
)

// statuses are the statuses that an agent can wait for.
var statuses = []string{string(api.StatusSuccess), string(api.StatusError), string(api.StatusRunning), string(api.StatusPending)}

// A reporter receives the errors of a fleet. The index of an error that concerns no
// single agent is -1. The field is named as in files, as in schedule.minute.
type reporter func(agent int, field, text string)

// check reports the errors of a fleet.
func (f *Fleet) check(now time.Time, report reporter) {
	if !nameExpression.MatchString(f.Name) {
		report(-1, "fleet", nameRule)
	}
	if f.Removed != "" && f.Removed != RemovedDisable && f.Removed != RemovedDelete {
		report(-1, "removed", "must be one of disable, delete")
	}
	if len(f.Agents) > maxAgents {
		report(-1, "agents", fmt.Sprintf("has %d items, but at most %d are allowed", len(f.Agents), maxAgents))
		return
	}
	seen := map[string]int{}
	for i := range f.Agents {
		a := &f.Agents[i]
		a.check(now, func(field, text string) { report(i, field, text) })
		if first, ok := seen[a.Key]; ok && a.Key != "" {
			report(i, "key", fmt.Sprintf("%q is also the key of agents[%d]", a.Key, first))
		} else {
			seen[a.Key] = i
		}
	}
	for i := range f.Agents {
		if after := f.Agents[i].After; after != nil {
			if _, ok := seen[after.Key]; !ok {
				report(i, "after", fmt.Sprintf("no agent has the key %q", after.Key))
			}
		}
	}
	for _, cycle := range f.cycles(seen) {
		report(cycle[0], "after", "is a cycle: "+f.keys(append(cycle, cycle[0])))
	}
}

const nameRule = "must be 1 to 63 lower case letters, digits, dots, underscores or dashes, and begin with a letter or digit"

func (a *Agent) check(now time.Time, report func(field, text string)) {
	if !nameExpression.MatchString(a.Key) {
		report("key", nameRule)
	}
	for _, text := range []struct {
		field, value string
		longest      int
		required     bool
	}{
		{"title", a.Title, maxTitle, true},
		{"mentor", a.Mentor, maxReference, true},
		{"description", a.Description, maxDescription, false},
		{"prompt", a.Prompt, maxPrompt, false},
	} {
		length := utf8.RuneCountInString(trim(text.value))
		switch {
		case length == 0 && text.required:
			report(text.field, "is empty")
		case length > text.longest:
			report(text.field, fmt.Sprintf("has %d characters, but at most %d are allowed", length, text.longest))
		case strings.ContainsRune(text.value, 0) || !utf8.ValidString(text.value):
			report(text.field, "has a character that the service refuses")
		case text.field != "prompt" && markerExpression.MatchString(text.value):
			report(text.field, "must not contain a marker of a fleet")
		}
	}
	if a.MentorID < 0 {
		report("mentor_id", "must be positive")
	}
	a.checkSchedule(now, report)
	if a.After != nil && a.After.Status != "" && !slices.Contains(statuses, string(a.After.Status)) {
		report("after", fmt.Sprintf("status must be one of %s, not %q", strings.Join(statuses, ", "), a.After.Status))
	}
	if a.Callback != nil {
		a.Callback.check(report)
	}
}

func (c *Callback) check(report func(field, text string)) {
	if invalid, ok := errors.AsType[*api.ArgumentError](client.CheckCallbackURL(trim(c.URL))); ok {
		report("callback.url", invalid.Reason)
	}
	if c.Env != "" && c.File != "" {
		report("callback", "has both secret_env and secret_file")
	}
	if strings.ContainsAny(c.Env, "= \x00") {
		report("callback.secret_env", "is not the name of an environment variable")
	}
}

func (a *Agent) checkSchedule(now time.Time, report func(field, text string)) {
	if _, err := location(a.TimeZone); err != nil {
		report("timezone", "is not known: "+err.Error())
		return
	}
	if a.Schedule == (crontab.Fields{}) {
		report("schedule", `is empty; an agent that runs every minute has "* * * * *"`)
		return
	}
	fields := a.Schedule
	schedule, err := fields.Parse()
	if err == nil {
		fields = schedule.Fields()
	}
	found := false
	for _, finding := range crontab.Check(fields).Findings {
		if finding.Verdict >= crontab.NeverRuns {
			found = true
			report("schedule."+string(finding.Field), finding.String())
		}
	}
	if found {
		return
	}
	if err == nil {
		_, err = a.utc(now)
	}
	if failed, ok := errors.AsType[*crontab.FieldError](err); ok {
		report("schedule."+string(failed.Field), err.Error())
	} else if err != nil {
		report("schedule", "can't be converted to UTC: "+err.Error())
	}
}

// cycles returns the cycles of After, each as indexes of agents.
func (f *Fleet) cycles(index map[string]int) (cycles [][]int) {
	seen := make([]int, len(f.Agents)) // the walk that has visited an agent
	for start := range f.Agents {
		var walk []int
		for i := start; seen[i] == 0; {
			seen[i] = start + 1
			walk = append(walk, i)
			after := f.Agents[i].After
			if after == nil {
				break
			}
			next, ok := index[after.Key]
			if !ok {
				break
			}
			if seen[next] == start+1 {
				cycles = append(cycles, walk[slices.Index(walk, next):])
			}
			i = next
		}
	}
	return cycles
}

func (f *Fleet) keys(agents []int) string {
	var keys []string
	for _, i := range agents {
		keys = append(keys, f.Agents[i].Key)
	}
	return strings.Join(keys, " after ")
}

// Validate returns the errors of a fleet that a program has made, or nil. They
// wrap an [*api.ArgumentError] each. [Load] and [Parse] return valid fleets only.
func (f *Fleet) Validate() error { return f.validate(time.Now()) }

func (f *Fleet) validate(now time.Time) error {
	var errs []error
	f.check(now, func(agent int, field, text string) {
		if agent >= 0 {
			field = fmt.Sprintf("agents[%d].%s", agent, field)
		}
		errs = append(errs, &api.ArgumentError{Argument: field, Reason: text})
	})
	return errors.Join(errs...)
}
