package client_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// A Response prints neither its header nor its body.
func TestResponseShowsNoSecret(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respondWith(r, http.StatusOK, `{"id": 7, "callback_secret": "`+testSecret+`"}`, "Set-Cookie", testCredentials), nil
	}))
	var response client.Response
	_, err := c.PeriodicAgents.Get(t.Context(), 7, client.WithResponse(&response))
	require.NoError(t, err)
	assert.Contains(t, string(response.Body), testSecret, "the body itself is unchanged")
	for _, v := range []any{response, &response, []client.Response{response}, struct{ Response *client.Response }{&response}, map[string]any{"a": response}} {
		forms := printedForms(t, v)
		delete(forms, "%p") // package fmt calls no method for it
		for how, text := range forms {
			assertNoSecretIn(t, how, text)
			assert.NotContains(t, text, "callback_secret", how)
		}
	}
	assert.Equal(t, "status 200, body of 52 bytes, attempts: 1", response.String())
}

// A call without a response leaves no response of an earlier call.
func TestResponseIsZeroedByEveryCall(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		responds := true
		c := newClient(t, retries(1), roundTrip(func(r *http.Request) (*http.Response, error) {
			if !responds {
				return nil, errBroken
			}
			return respond(r, http.StatusOK, anySuccess), nil
		}))
		var response client.Response
		require.NoError(t, op.call(t.Context(), c, client.WithResponse(&response)), op.name)
		assert.Equal(t, http.StatusOK, response.StatusCode)
		responds = false
		require.Error(t, op.call(t.Context(), c, client.WithResponse(&response)))
		assert.Zero(t, response, op.name)
	}
}
