package contract_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// dynamicRounds is how often each operation is answered with values that Prism
// makes up. Each round has a seed of its own, so that all runs are the same.
const dynamicRounds = 30

// Prism, as a mock made of the contract, takes every request of the client, and
// the client reads all that it answers.
func TestMock(t *testing.T) {
	t.Parallel()
	contract := loadContract(t)
	base := "http://" + startPrism(t, "mock", root+"/openapi.yaml", "--json-schema-faker-fillProperties=false")

	t.Run("examples", func(t *testing.T) {
		t.Parallel()
		callAll(t, base, "")
	})
	t.Run("made up", func(t *testing.T) {
		t.Parallel()
		for seed := range dynamicRounds {
			callAll(t, base, fmt.Sprintf("dynamic=true, seed=%d", seed))
		}
	})
	t.Run("every status", func(t *testing.T) {
		t.Parallel()
		c, about := newClient(t, base), placeholders()
		for _, call := range calls() {
			for code := range contract.operation(t, call.id).Responses.Map() {
				status, err := strconv.Atoi(code)
				require.NoError(t, err)
				_, err = call.do(t.Context(), c, &about, client.WithHeader("Prefer", "code="+code))
				answersWith(t, status, err, call.id)
			}
		}
	})
	t.Run("authorization", func(t *testing.T) {
		t.Parallel()
		for _, scheme := range []string{"Api-Token", "Token", "Bearer", ""} {
			_, err := newClient(t, base, client.WithAuthScheme(scheme)).PeriodicAgents.Get(t.Context(), 7)
			assert.NoError(t, err, scheme)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/api/ai-mentor/orgs/acme/users/ada/", http.NoBody)
		require.NoError(t, err)
		response, err := http.DefaultTransport.RoundTrip(request)
		require.NoError(t, err)
		defer response.Body.Close()
		assert.Equal(t, http.StatusUnauthorized, response.StatusCode, "Prism does not ask for a key")
	})
}

// callAll calls every operation of a mock, and holds what the client returns to
// the answer as it came. Prefer is the header by which Prism can be told what to
// answer; without it, mocks answer with examples.
func callAll(t *testing.T, base, prefer string) {
	t.Helper()
	c, about := newClient(t, base), placeholders()
	for _, call := range calls() {
		var response client.Response
		opts := []client.CallOption{client.WithResponse(&response)}
		if prefer != "" {
			opts = append(opts, client.WithHeader("Prefer", prefer))
		}
		result, err := call.do(t.Context(), c, &about, opts...)
		if !assert.NoError(t, err, call.id) {
			continue
		}
		if result == nil {
			assert.Equal(t, http.StatusNoContent, response.StatusCode, call.id)
			continue
		}
		assert.Empty(t, lost(t, response.Body, result), "%s: what was decoded is not what was sent:\n%s", call.id, response.Body)
		if prefer == "" {
			assert.NotContains(t, string(response.Body), `"results":[]`, "%s: an example that shows nothing", call.id)
		}
	}
}

// answersWith holds the error of a call to the status that it was answered with.
func answersWith(t *testing.T, status int, err error, id string) {
	t.Helper()
	if status < http.StatusMultipleChoices {
		assert.NoError(t, err, "%s: %d", id, status)
		return
	}
	failure, ok := errors.AsType[*client.Error](err)
	if !assert.True(t, ok, "%s: %d: %v", id, status, err) {
		return
	}
	assert.Equal(t, status, failure.StatusCode, id)
	assert.True(t, failure.Message != "" || len(failure.Fields) > 0, "%s: %d says nothing: %s", id, status, failure.Body)
	if status == http.StatusTooManyRequests {
		assert.Equal(t, time.Minute, failure.RetryAfter, id)
	}
}
