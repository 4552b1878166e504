package contract_test

import (
	"cmp"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	envURL    = "IBLAI_CONTRACT_URL"
	envWrites = "IBLAI_CONTRACT_WRITES"

	// docsMock answers with the documentation's examples, whatever it is asked.
	docsMock = "https://docs.ibl.ai/_mock/apis/ibl"
)

// The client's operations work on a service elsewhere, if there is one to try.
func TestService(t *testing.T) {
	t.Parallel()
	base := os.Getenv(envURL)
	if base == "" {
		t.Skipf("%[1]s names no service to call. It may be the documentation's mock, %[1]s=%[2]s. Any other is only read, "+
			"unless %[3]s=1 allows to create an agent there that never runs, to change and delete it, and to pin and unpin a session "+
			"that does not exist. The key, org and user are those of %[4]s, %[5]s and %[6]s, or made up.",
			envURL, docsMock, envWrites, client.EnvAPIKey, client.EnvOrg, client.EnvUsername)
	}
	mock := strings.TrimSuffix(base, "/") == docsMock
	c := newClient(t, base,
		client.WithAPIKey(cmp.Or(os.Getenv(client.EnvAPIKey), "key")),
		client.WithOrg(cmp.Or(os.Getenv(client.EnvOrg), "acme")),
		client.WithUsername(cmp.Or(os.Getenv(client.EnvUsername), "ada")))
	callService(t, c, mock, mock || os.Getenv(envWrites) == "1")
}

// callService calls the operations of a service, and those that write only if
// it may be written to. What they are about must be there, unless it is a mock.
func callService(t *testing.T, c *client.Client, mock, writable bool) {
	t.Helper()
	about := subjects{session: placeholders().session}
	if mock {
		about = placeholders()
	}
	for _, call := range calls() {
		if call.writes && !writable {
			t.Logf("%s: not called, as it writes", call.id)
			continue
		}
		var response client.Response
		result, err := call.do(t.Context(), c, &about, client.WithResponse(&response))
		switch {
		case isNothing(err):
			t.Logf("%s: not called, as the service has nothing to call it on: %v", call.id, err)
		case strings.Contains(call.id, "pin_message") && (errors.Is(err, client.ErrNotFound) || errors.Is(err, client.ErrValidation)):
			t.Logf("%s: refused, as the session does not exist: %v", call.id, err)
		case !assert.NoError(t, err, call.id):
		case result == nil:
			t.Logf("%s: %d", call.id, response.StatusCode)
		default:
			t.Logf("%s: %d; read otherwise: %.500v", call.id, response.StatusCode, lost(t, response.Body, result))
		}
	}
}

// isNothing reports whether a call was not made, for want of an id.
func isNothing(err error) bool {
	_, ok := errors.AsType[*client.ArgumentError](err)
	return ok
}

func TestServicesAreOnlyReadUnlessAllowed(t *testing.T) {
	t.Parallel()
	for writable, want := range map[bool]int{false: 7, true: 13} {
		sb, err := sandbox.Start(sandbox.WithPeriodicAgent("acme", *written(&subjects{mentor: placeholders().mentor})))
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
		assert.Len(t, sent, want)
		if !writable {
			assert.Subset(t, []string{http.MethodGet}, sent)
		}
		after, err := c.PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, before, after, "a service is left as it was")
	}
}
