package contract_test

import (
	"cmp"
	"errors"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	envURL    = "IBLAI_CONTRACT_URL"
	envWrites = "IBLAI_CONTRACT_WRITES"

	// docsMock is the mock server of the documentation. It returns examples.
	docsMock = "https://docs.ibl.ai/_mock/apis/ibl"
)

// The client's operations work on another service, if one is named.
func TestService(t *testing.T) {
	t.Parallel()
	base := os.Getenv(envURL)
	if base == "" {
		t.Skipf("%[1]s names no service. It can be the documentation's mock, %[1]s=%[2]s. Any other service is only read, "+
			"unless %[3]s=1 allows this test to create, change and delete a disabled agent there, and to pin and unpin a session "+
			"that doesn't exist. Key, org and user come from %[4]s, %[5]s and %[6]s, or are placeholders.",
			envURL, docsMock, envWrites, client.EnvAPIKey, client.EnvOrg, client.EnvUsername)
	}
	mock := strings.TrimSuffix(base, "/") == docsMock
	c := newClient(t, base,
		client.WithAPIKey(cmp.Or(os.Getenv(client.EnvAPIKey), "key")),
		client.WithOrg(cmp.Or(os.Getenv(client.EnvOrg), "acme")),
		client.WithUsername(cmp.Or(os.Getenv(client.EnvUsername), "ada")))
	callService(t, c, mock, mock || os.Getenv(envWrites) == "1")
}

// callService calls the operations of a service, including those that write if
// writable is true. Their ids come from responses, unless the service is a mock.
func callService(t *testing.T, c *client.Client, mock, writable bool) {
	t.Helper()
	ids := knownIDs{session: exampleIDs().session}
	if mock {
		ids = exampleIDs()
	}
	for _, call := range calls() {
		if call.writes && !writable {
			t.Logf("%s: not called, since it writes", call.id)
			continue
		}
		var response client.Response
		result, err := call.do(t.Context(), c, &ids, client.WithResponse(&response))
		switch {
		case isMissingID(err):
			t.Logf("%s: not called, since the service has no such object: %v", call.id, err)
		case strings.Contains(call.id, "pin_message") && (errors.Is(err, client.ErrNotFound) || errors.Is(err, client.ErrValidation)):
			t.Logf("%s: refused, since the session doesn't exist: %v", call.id, err)
		case !assert.NoError(t, err, call.id):
		case result == nil:
			t.Logf("%s: %d", call.id, response.StatusCode)
		default:
			t.Logf("%s: %d; decoded differently: %.500v", call.id, response.StatusCode, lostFields(t, response.Body, result))
		}
	}
}

// isMissingID reports whether a call was not made because no id is known.
func isMissingID(err error) bool {
	_, ok := errors.AsType[*api.ArgumentError](err)
	return ok
}

func TestServicesAreOnlyReadUnlessAllowed(t *testing.T) {
	t.Parallel()
	writes := slices.DeleteFunc(calls(), func(c call) bool { return !c.writes })
	for writable, want := range map[bool]int{false: 0, true: len(writes)} {
		sb, err := sandbox.Start(sandbox.WithPeriodicAgent("acme", *completeAgent(&knownIDs{mentor: exampleIDs().mentor})))
		require.NoError(t, err)
		t.Cleanup(sb.Close)
		_, err = sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)

		var sent []string
		c := newClient(t, sb.URL, append(sb.ClientOptions(), client.WithMiddleware(
			func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
				sent = append(sent, request.Method)
				return next(request)
			}))...)
		before, err := c.PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err)
		sent = nil
		callService(t, c, false, writable)
		assert.Greater(t, len(sent), len(writes))
		sent = slices.DeleteFunc(sent, func(method string) bool { return method == http.MethodGet })
		assert.Len(t, sent, want)
		after, err := c.PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, before, after, "the service is unchanged")
	}
}
