package fleet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

func fieldChange(path, old, wanted string) FieldChange {
	return FieldChange{Path: path, Old: old, New: wanted}
}

// userinfo is the user and password in a URL, which a plan must not contain.
var userinfo = regexp.MustCompile(`://[^/?#]*@`)

// masked returns *** for a secret, and nothing for an empty one.
func masked(s api.Secret) string {
	if s.IsZero() {
		return ""
	}
	return s.String()
}

// symbols are the actions as they are printed.
var symbols = map[Action]string{ActionCreate: "+", ActionChange: "~", ActionDisable: "-", ActionDelete: "-"}

// String returns the plan as text for people, in several lines. Texts are quoted,
// and long ones are shortened.
func (p *Plan) String() string {
	var b strings.Builder
	if p.IsEmpty() {
		fmt.Fprintf(&b, "Fleet %s: nothing to do.\n", p.Fleet)
	} else {
		fmt.Fprintf(&b, "Fleet %s: %s.\n", p.Fleet, p.summary())
	}
	for _, change := range p.Changes {
		fmt.Fprintf(&b, "%s %s\n", symbols[change.Action], change)
		for _, field := range change.Fields {
			fmt.Fprintf(&b, "    %s\n", field)
		}
	}
	for _, problem := range p.Problems {
		fmt.Fprintf(&b, "! %s\n", problem)
	}
	if !p.ClocksChange.IsZero() {
		fmt.Fprintf(&b, "Apply the fleet again at %s, before the clocks change.\n", p.ClocksChange.Format(time.RFC3339))
	}
	return b.String()
}

func (p *Plan) summary() string {
	var parts []string
	for _, action := range []Action{ActionCreate, ActionChange, ActionDisable, ActionDelete} {
		n := 0
		for _, change := range p.Changes {
			if change.Action == action {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", n, action))
		}
	}
	if n := len(p.Problems); n == 1 {
		parts = append(parts, "1 problem")
	} else if n > 1 {
		parts = append(parts, fmt.Sprintf("%d problems", n))
	}
	return strings.Join(parts, ", ")
}

// String returns the change in a line, without its fields.
func (c Change) String() string {
	if c.ID == 0 {
		return fmt.Sprintf("%s %s: %s", c.Action, c.Key, quote(c.Title))
	}
	return fmt.Sprintf("%s %s (agent %d): %s", c.Action, c.Key, c.ID, quote(c.Title))
}

// String returns the change of the field in a line.
func (f FieldChange) String() string {
	if f.Old == "" {
		return f.Path + ": " + quote(f.New)
	}
	return f.Path + ": " + quote(f.Old) + " → " + quote(f.New)
}

// String returns the problem in a line.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Text
	}
	return p.Key + ": " + p.Text
}

// String returns the result as text for people: what was done, and what was not.
func (r *Result) String() string {
	var b strings.Builder
	done := 0
	for _, step := range r.Steps {
		if step.Err == nil {
			done++
		}
	}
	fmt.Fprintf(&b, "%d of %d done.\n", done, len(r.Steps))
	for _, step := range r.Steps {
		change := step.Change
		if change.ID == 0 {
			change.ID = step.ID
		}
		if step.Err == nil {
			fmt.Fprintf(&b, "done: %s\n", change)
		} else {
			fmt.Fprintf(&b, "not done: %s: %v\n", change, step.Err)
		}
	}
	return b.String()
}

// quote quotes a text, unless it is a plain word. It shortens long texts.
func quote(text string) string {
	const longest = 120
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	if quoted := strconv.Quote(text); text == "" || strings.ContainsAny(text, " ") || quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

func numbers(ids []int64) string {
	var texts []string
	for _, id := range ids {
		texts = append(texts, strconv.FormatInt(id, 10))
	}
	return strings.Join(texts, ", ")
}
