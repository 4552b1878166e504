package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A listing tells how the rows of a list can be chosen and sorted.
type listing[R row] struct {
	filters []filter[R]
	// search returns which rows have a word; nil if there is no search.
	search func(*org, *word) func(R) bool
	orders map[string]func(a, b R) int
	// standing reports whether the org's rows stand in the order of a field, as
	// they do in that of ids; nil if they never do.
	standing func(o *org, field string) bool
}

// A filter is a query parameter that chooses rows.
type filter[R row] struct {
	name string
	// parse returns which rows match, or a message. All match where it returns
	// neither.
	parse func(o *org, value string) (match func(R) bool, message string)
}

// choose returns the rows that the call asks for, in the order of their ids.
func (l *listing[R]) choose(c *call, rows []R) ([]R, *django.Response) {
	var all django.Errors
	var matches []func(R) bool
	for _, f := range l.filters {
		value := c.query.Get(f.name)
		if value == "" {
			continue
		}
		match, message := f.parse(c.org, value)
		switch {
		case message != "":
			all.Add(f.name, django.NewErrors(message))
		case match != nil:
			matches = append(matches, match)
		}
	}
	if !all.IsEmpty() {
		return nil, &django.Response{Status: http.StatusBadRequest, Body: all}
	}
	if l.search != nil {
		for _, text := range searchWords(c) {
			matches = append(matches, l.search(c.org, newWord(text)))
		}
	}
	return keep(rows, matches), nil
}

func keep[R any](rows []R, matches []func(R) bool) []R {
	if len(matches) == 0 {
		return rows
	}
	return gather(rows, func(kept, share []R) []R {
	next:
		for _, r := range share {
			for _, match := range matches {
				if !match(r) {
					continue next
				}
			}
			kept = append(kept, r)
		}
		return kept
	})
}

// equals matches rows with the very text.
func equals[R row](name string, get func(R) string) filter[R] {
	return filter[R]{name, func(_ *org, value string) (func(R) bool, string) {
		value = django.Strip(value)
		switch {
		case value == "":
			return nil, ""
		case strings.Contains(value, "\x00"):
			return nil, "Null characters are not allowed."
		}
		return func(r R) bool { return get(r) == value }, ""
	}}
}

// isTrue matches rows by a truth value. What is none chooses nothing.
func isTrue[R row](name string, get func(R) bool) filter[R] {
	return filter[R]{name, func(_ *org, value string) (func(R) bool, string) {
		switch strings.ToLower(value) {
		case "true", "1":
			return get, ""
		case "false", "0":
			return func(r R) bool { return !get(r) }, ""
		}
		return nil, ""
	}}
}

// isOneOf matches rows by a choice.
func isOneOf[R row, C ~string](name string, choices []C, get func(R) C) filter[R] {
	return filter[R]{name, func(_ *org, value string) (func(R) bool, string) {
		if !slices.Contains(choices, C(value)) {
			return nil, fmt.Sprintf("Select a valid choice. %s is not one of the available choices.", value)
		}
		return func(r R) bool { return get(r) == C(value) }, ""
	}}
}

// hasMentor matches rows by the unique id of a mentor.
func hasMentor[R row](name string, get func(R) *mentor) filter[R] {
	return filter[R]{name, func(_ *org, value string) (func(R) bool, string) {
		id, ok := django.ParseUUID(value)
		if !ok {
			return nil, "Must be a valid UUID."
		}
		return func(r R) bool { return get(r).UniqueID == id }, ""
	}}
}

// hasNumber matches rows by a number that may be null. What stands behind the
// point of the value is ignored.
func hasNumber[R row](name string, get func(R) *int64) filter[R] {
	return filter[R]{name, func(_ *org, value string) (func(R) bool, string) {
		n, message := django.DecimalValue(django.Strip(value))
		if message != "" {
			return nil, message
		}
		return func(r R) bool { number := get(r); return number != nil && *number == n }, ""
	}}
}

// hasAgent matches rows by the id of an agent, which must exist.
func hasAgent[R row](name string, get func(R) *int64) filter[R] {
	return filter[R]{name, func(o *org, value string) (func(R) bool, string) {
		id, ok := django.ParseInt(value)
		if !ok || o.agents.byID(id) == nil {
			return nil, "Select a valid choice. That choice is not one of the available choices."
		}
		return func(r R) bool { number := get(r); return number != nil && *number == id }, ""
	}}
}
