package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
)

// slow is what people notice.
const slow = 5 * time.Second

// checkOperation calls an operation, which is named by its method and its path
// below the user's. It returns nil if there was no answer.
func checkOperation[T any](ctx context.Context, d *doctor, name string, call func(client.CallOption) (*T, error)) *T {
	if d.skipAll(ctx, name) {
		return nil
	}
	var response client.Response
	begin := time.Now()
	answer, err := call(client.WithResponse(&response))
	took := time.Since(begin)
	if err != nil {
		d.fail(name, took, err, &response)
		return nil
	}
	d.foundAnswer(name, took, &response, reflect.TypeFor[T]())
	return answer
}

// foundAnswer compares an answer with the SDK's model of it.
func (d *doctor) foundAnswer(name string, took time.Duration, response *client.Response, model reflect.Type) {
	raw := decode(redact(response.Body, d.apiKey))
	found := diagnosis{Found: fmt.Sprintf("%d%s", response.StatusCode, contents(raw))}
	status := ok
	if differences := compare(raw, model); !differences.same() {
		status = warning
		differences.explain(&found)
	}
	if took > slow {
		status = warning
		found.Found += ", slowly"
		found.Meaning = strings.TrimSpace(found.Meaning + " The service takes long over this operation.")
		found.Advice = strings.TrimSpace(found.Advice + " Ask for less at once (page_size), and give the call a longer client.WithAttemptTimeout.")
	}
	d.add(status, name, took, found)
}

// decode is the JSON of an answer, which the SDK has been able to read.
func decode(body []byte) any {
	var raw any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // large ones stay whole
	if decoder.Decode(&raw) != nil {
		return nil
	}
	return raw
}

// contents is how much there is in an answer.
func contents(raw any) string {
	switch raw := raw.(type) {
	case []any:
		return fmt.Sprintf(", %d items", len(raw))
	case map[string]any:
		if results, is := raw["results"].([]any); is {
			return fmt.Sprintf(", %d of %v items", len(results), raw["count"])
		}
	}
	return ""
}

// explain tells what each difference means.
func (s shape) explain(found *diagnosis) {
	var meaning, advice []string
	for _, difference := range []struct {
		name            string
		paths           paths
		meaning, advice string
	}{
		{"missing", s.missing, "Fields are missing, so the SDK has zero values in their place: the release is older, or leaves out what is not set.", "Don't rely on those fields."},
		{"new", s.unknown, "Fields are new: the release knows more than this SDK, which leaves them alone.", "Update the SDK, or read them from the raw JSON (client.WithResponse)."},
		{"new value", s.newValues, "Enumerations have values that this SDK has no constants for; it keeps them as they are.", "See that a switch over such a field has a default, or update the SDK."},
		{"other type", s.otherType, "Values are of another type than promised: the SDK converts what can be, and has zero values for the rest.", "Read those fields from the raw JSON (client.WithResponse), and report it to the SDK's authors."},
	} {
		if len(difference.paths) == 0 {
			continue
		}
		found.Details = append(found.Details, difference.name+": "+strings.Join(difference.paths.sorted(), ", "))
		found.Found += fmt.Sprintf(", %d %s", len(difference.paths), difference.name)
		meaning = append(meaning, difference.meaning)
		advice = append(advice, difference.advice)
	}
	found.Meaning = strings.Join(meaning, " ")
	found.Advice = strings.Join(advice, " ")
}
