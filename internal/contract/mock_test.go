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

// dynamicRounds is the number of calls of each operation with generated responses.
// Each round has a fixed seed, so that all test runs are the same.
const dynamicRounds = 30

// Prism as a mock server of the contract accepts every request of the client, and
// the client decodes every response completely.
func TestMock(t *testing.T) {
	t.Parallel()
	contract := loadContract(t)
	base := "http://" + startPrism(t, "mock", root+"/openapi.yaml", "--json-schema-faker-fillProperties=false")

	t.Run("examples", func(t *testing.T) {
		t.Parallel()
		callAll(t, base, "")
	})
	t.Run("generated", func(t *testing.T) {
		t.Parallel()
		for seed := range dynamicRounds {
			callAll(t, base, fmt.Sprintf("dynamic=true, seed=%d", seed))
		}
	})
	t.Run("every status", func(t *testing.T) {
		t.Parallel()
		c, ids := newClient(t, base), exampleIDs()
		for _, call := range calls() {
			for code := range contract.operation(t, call.id).Responses.Map() {
				status, err := strconv.Atoi(code)
				require.NoError(t, err)
				_, err = call.do(t.Context(), c, &ids, client.WithHeader("Prefer", "code="+code))
				assertStatus(t, status, err, call.id)
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
		assert.Equal(t, http.StatusUnauthorized, response.StatusCode, "Prism accepts a request without a key")
	})
}

// callAll calls every operation of a mock, and compares the client's models with the
// responses. Prefer is a header for Prism. Without it, mocks return examples.
func callAll(t *testing.T, base, prefer string) {
	t.Helper()
	c, ids := newClient(t, base), exampleIDs()
	for _, call := range calls() {
		var response client.Response
		opts := []client.CallOption{client.WithResponse(&response)}
		if prefer != "" {
			opts = append(opts, client.WithHeader("Prefer", prefer))
		}
		result, err := call.do(t.Context(), c, &ids, opts...)
		if !assert.NoError(t, err, call.id) {
			continue
		}
		if result == nil {
			assert.Equal(t, http.StatusNoContent, response.StatusCode, call.id)
			continue
		}
		assert.Empty(t, lostFields(t, response.Body, result), "%s: the model lacks parts of the response:\n%s", call.id, response.Body)
		if prefer == "" {
			assert.NotContains(t, string(response.Body), `"results":[]`, "%s: the example is an empty page", call.id)
		}
	}
}

// assertStatus checks the error of a call against the status of its response.
func assertStatus(t *testing.T, status int, err error, id string) {
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
	assert.True(t, failure.Message != "" || len(failure.Fields) > 0, "%s: %d has no message: %s", id, status, failure.Body)
	if status == http.StatusTooManyRequests {
		assert.Equal(t, time.Minute, failure.RetryAfter, id)
	}
}
