package fleet

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/iblai/iblai-go/client"
)

const namePattern = `[a-z0-9][a-z0-9._-]{0,62}`

var (
	nameExpression   = regexp.MustCompile(`^` + namePattern + `$`)
	markerExpression = regexp.MustCompile(`\[fleet (` + namePattern + `)/(` + namePattern + `)\]`)
)

// A marker says to which fleet an agent belongs, and by which key.
type marker struct{ fleet, key string }

func (m marker) String() string { return "[fleet " + m.fleet + "/" + m.key + "]" }

// markersOf returns the different markers of an agent, wherever they are.
func markersOf(a *client.PeriodicAgent) (markers []marker) {
	seen := map[marker]bool{}
	for _, text := range []string{a.Description, a.Title} {
		for _, match := range markerExpression.FindAllStringSubmatch(text, -1) {
			if m := (marker{match[1], match[2]}); !seen[m] {
				seen[m] = true
				markers = append(markers, m)
			}
		}
	}
	return markers
}

// withoutMarkers returns a text without the markers in it.
func withoutMarkers(text string) string {
	return trim(markerExpression.ReplaceAllString(text, ""))
}

// inDescription returns a description with the marker at its end.
func (m marker) inDescription(text string) string {
	if text = trim(text); text == "" {
		return m.String()
	}
	return text + "\n\n" + m.String()
}

// inTitle returns a title with the marker at its end.
func (m marker) inTitle(text string) string { return trim(text) + " " + m.String() }

// sameText reports whether two texts differ in line endings at most, which a
// browser changes when it edits a text, and in the white space around them, which
// the service removes.
func sameText(a, b string) bool {
	return normalized(a) == normalized(b)
}

func normalized(text string) string { return trim(strings.ReplaceAll(text, "\r\n", "\n")) }

// trim returns a text without the white space around it, as the service stores
// it. It goes by Python, to which U+001C to U+001F are white space too.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f })
}
