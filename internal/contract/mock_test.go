package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
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
	ids := exampleIDs()
	c := newClient(t, base, client.WithMiddleware(pinnedAs(ids.session)))
	for _, call := range calls() {
		var response client.Response
		opts := []client.CallOption{client.WithResponse(&response)}
		if prefer != "" {
			opts = append(opts, client.WithHeader("Prefer", prefer))
			if strings.HasSuffix(call.id, "agents_list") || strings.HasSuffix(call.id, "logs_list") {
				opts = append(opts, client.WithQuery("ordering", "-created_at")) // which the client doesn't check: generated rows are not sorted
			}
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

// pinnedAs returns middleware that leaves one row in a list of pinned sessions and
// makes it that of the session. The client drops rows of other sessions, and a
// mock doesn't know which one was requested.
func pinnedAs(session string) client.Middleware {
	return func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		response, err := next(r)
		if err != nil || r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/pin-message/") || response.StatusCode != http.StatusOK {
			return response, err
		}
		var body any
		if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
			return nil, err
		}
		rows := body
		if page, ok := body.(map[string]any); ok {
			page["next"] = nil
			rows = page["results"]
		}
		for row, ok := rows.([]any); ok && len(row) > 0; row, ok = rows.([]any) {
			rows = row[0]
		}
		page := map[string]any{"count": 0, "results": []any{}}
		if row, ok := rows.(map[string]any); ok {
			row["session_id"] = session
			page = map[string]any{"count": 1, "results": []any{row}}
		}
		text, err := json.Marshal(page)
		response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		return response, err
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
