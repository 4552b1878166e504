package crontab

import (
	"fmt"
	"strconv"
	"strings"
)

// spell returns a set in a form that the API accepts and celery parses as the same
// set.
func (sp *spec) spell(chosen set) string {
	if chosen == sp.full() {
		return "*"
	}
	if step, ok := chosen.step(); ok && step > 1 && chosen.count() > 2 {
		first, last := chosen.first(), chosen.last()
		switch {
		case first == sp.min && last+step > sp.max:
			return fmt.Sprintf("*/%d", step)
		case chosen.long():
			return fmt.Sprintf("%d-%d/%d", first, last, step)
		}
	}
	return strings.Join(listed(chosen, "-", strconv.Itoa), ",")
}

// listed returns the values of a set, and ranges of three or more adjacent values.
func listed(chosen set, through string, name func(value int) string) []string {
	var items []string
	for first := chosen.first(); first != none; {
		hole := (^chosen).from(first)
		switch last := hole - 1; last - first {
		case 0:
			items = append(items, name(first))
		case 1:
			items = append(items, name(first), name(last))
		default:
			items = append(items, name(first)+through+name(last))
		}
		first = chosen.from(hole)
	}
	return items
}
