package callback_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Python writes NaN and Infinity, which aren't JSON. In a signed body they cost the
// field at most.
func TestNonFiniteNumbers(t *testing.T) {
	t.Parallel()
	h := newReceiver(t)
	body := `{"log_id": 4711, "status": "success", "log": NaN, "score": -Infinity, "more": [Infinity, "NaN", {"a": NaN}], "prompt": "a NaN \" Infinity"}`
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, body)).StatusCode)
	if assert.Len(t, h.events, 1) {
		event := h.events[0]
		assert.EqualValues(t, 4711, event.LogID)
		assert.EqualValues(t, "success", event.Status)
		assert.Empty(t, event.Log)
		assert.Equal(t, `a NaN " Infinity`, event.Prompt)
		assert.Equal(t, body, string(event.Raw), "the body stays as it was signed")
		more, ok := event.Unknown.Get("more")
		assert.True(t, ok)
		assert.JSONEq(t, `[null, "NaN", {"a": null}]`, string(more))
	}
	for _, malformed := range []string{`{"log": Nan}`, `{"log": +Infinity}`, `{"log": NaN`, `NaN`} {
		assert.Equal(t, http.StatusBadRequest, serve(h, newRequest(t, malformed)).StatusCode, malformed)
	}
}
