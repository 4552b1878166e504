package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
)

// slowThreshold is the latency from which an operation is reported as slow.
const slowThreshold = 5 * time.Second

// checkOperation calls an operation, named by its method and its path below
// userPath. It returns nil if the call failed.
func checkOperation[T any](ctx context.Context, e *examination, name string, call func(client.CallOption) (*T, error)) *T {
	if e.skipAll(ctx, name) {
		return nil
	}
	var response client.Response
	begin := time.Now()
	result, err := call(client.WithResponse(&response))
	took := time.Since(begin)
	if err != nil {
		e.failOperation(name, took, err, &response)
		return nil
	}
	e.reportResponse(name, took, &response, reflect.TypeFor[T]())
	return result
}

// optionalOperations are the operations that programs for periodic agents don't
// need.
var optionalOperations = map[string]bool{listMentors: true, statistics: true, listPins: true}

func (e *examination) failOperation(name string, took time.Duration, err error, response *client.Response) {
	status, found := Failed, e.explain(err, response)
	switch {
	case errors.Is(err, client.ErrNotFromService) && optionalOperations[name]:
		status = Warning // other operations work
	case errors.Is(err, client.ErrNotFound) && name == statistics:
		// A release without the operation takes the path for the path of an
		// agent.
		status = Warning
		found.Meaning = "Other operations work, so " + e.releaseName() + " has no statistics."
		found.Advice = "Don't use the operation. Count the agents by the status of their latest log."
	}
	e.add(status, name, took, found)
}

// reportResponse compares a response with the SDK's model.
func (e *examination) reportResponse(name string, took time.Duration, response *client.Response, model reflect.Type) {
	raw := decode(redact(response.Body, e.APIKey))
	found := Diagnosis{Found: fmt.Sprintf("%d%s", response.StatusCode, countItems(raw))}
	status := OK
	if differences := compare(raw, model); !differences.empty() {
		status = e.severity(differences)
		differences.explain(&found)
	}
	if took > slowThreshold {
		status = Warning
		found.Found += ", slowly"
		found.Meaning = strings.TrimSpace(found.Meaning + " The service takes a long time for this operation.")
		found.Advice = strings.TrimSpace(found.Advice + " Request smaller pages (page_size), and set a longer client.WithAttemptTimeout.")
	}
	e.add(status, name, took, found)
}

// severity returns the status for differences. Missing fields are no warning
// for releases older than the SDK's documentation, which the check of the
// release reports.
func (e *examination) severity(d differences) Status {
	onlyMissing := len(d.unknown)+len(d.newValues)+len(d.otherType) == 0
	if onlyMissing && e.known.release != nil && e.known.release.mentorNumber {
		return OK
	}
	return Warning
}

// decode decodes the JSON of a response that the SDK has decoded.
func decode(body []byte) any {
	var raw any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // large numbers stay exact
	if decoder.Decode(&raw) != nil {
		return nil
	}
	return raw
}

// countItems returns the number of items in a response.
func countItems(raw any) string {
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

// explain adds the meaning of each kind of difference.
func (d differences) explain(found *Diagnosis) {
	var meaning, advice []string
	for _, kind := range []struct {
		name            string
		paths           paths
		meaning, advice string
	}{
		{"missing", d.missing, "Fields are missing, so the SDK's models have zero values there.", "Don't rely on those fields."},
		{"new", d.unknown, "Fields are unknown to this version of the SDK, which keeps them in Unknown.", "If you need them, update the SDK or read them from the raw JSON (client.WithResponse)."},
		{"new value", d.newValues, "Enumerations have values without a constant in the SDK, which keeps them.", "Check that every switch over such a field has a default."},
		{"other type", d.otherType, "The types of values differ from the documentation. The SDK converts the values if possible, and otherwise uses zero values.", "Read those fields from the raw JSON (client.WithResponse), and report the difference to the SDK's authors."},
	} {
		if len(kind.paths) == 0 {
			continue
		}
		found.Details = append(found.Details, kind.name+": "+strings.Join(kind.paths.sorted(), ", "))
		found.Found += fmt.Sprintf(", %d %s", len(kind.paths), kind.name)
		meaning = append(meaning, kind.meaning)
		advice = append(advice, kind.advice)
	}
	found.Meaning = strings.Join(meaning, " ")
	found.Advice = strings.Join(advice, " ")
}
