package crontab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client/crontab"
)

// The messages for characters that Python classifies and prints differently from
// Go, as recorded from Django REST Framework 3.14 with django-celery-beat 2.4.
func TestMessagesAsRecorded(t *testing.T) {
	t.Parallel()
	type record struct {
		Field crontab.Field
		Value string
		API   []string // null if the value is accepted
	}
	for _, r := range records[record](t, "messages.jsonl") {
		var got []string
		for _, finding := range crontab.Check(only(r.Field, r.Value)).Findings {
			if finding.Verdict == crontab.Refused {
				got = append(got, finding.Reason)
			}
		}
		assert.Equal(t, r.API, got, "%s %q", r.Field, r.Value)
	}
}
