package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/routers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/recording"
)

// undocumented are answers that the service gives on top of its contract: to a
// path without its slash, an Accept header or a media type that it does not
// know, and a body that is too long.
var undocumented = []int{http.StatusMovedPermanently, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}

// Every exchange with the sandbox in the test run of the SDK is valid against
// the contract, as two validators have it that don't know of each other: the
// answers always, the requests where the SDK sent them and they were taken. The
// test run's exchanges go through Prism, as far as it can carry them.
func TestTrafficIsValid(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	exchanges := record(t, c)
	t.Run("kin-openapi", func(t *testing.T) {
		t.Parallel()
		checked := tally{}
		for _, exchange := range exchanges {
			if exchange.route != nil {
				checkWithKin(t, exchange)
				checked.add(exchange)
			}
		}
		checked.report(t, c)
	})
	t.Run("Prism", func(t *testing.T) {
		t.Parallel()
		checked, around := tally{}, map[string]int{} // by reason
		for _, exchange := range exchanges {
			switch {
			case !exchange.ThroughPrism:
				around[exchange.Bypass]++
				assert.NotEmpty(t, exchange.Bypass, "%s: went around Prism for no reason", exchange)
				assert.False(t, exchange.sdk(), "%s: went around Prism: %s", exchange, exchange.Bypass)
			case exchange.route != nil:
				checkWithPrism(t, exchange)
				checked.add(exchange)
			}
		}
		checked.report(t, c)
		all := 0
		for _, reason := range slices.Sorted(maps.Keys(around)) {
			all += around[reason]
			t.Logf("%d went around Prism: %s", around[reason], reason)
		}
		assert.Less(t, all, len(exchanges)/5, "too many exchanges went around Prism")
	})
}

// exchange is one of the test run, with the operation that it is of: none where
// the contract does not speak of it.
type exchange struct {
	recording.Exchange
	request    *http.Request
	route      *routers.Route
	pathParams map[string]string
}

func (e exchange) String() string {
	return fmt.Sprintf("%s %s -> %d", e.Method, e.request.URL.RequestURI(), e.Status)
}

// sdk is whether the client sent the request, and not a test by itself.
func (e exchange) sdk() bool { return strings.Contains(e.request.UserAgent(), "iblai-go/") }

// taken is whether the client sent the request and the service took it, so that
// the request must be valid.
func (e exchange) taken() bool { return e.sdk() && e.Status < 300 }

// tally counts the exchanges that a validator has checked.
type tally struct {
	answers, requests int
	succeeded         map[string]int // by operation id
}

func (n *tally) add(e exchange) {
	n.answers++
	if e.taken() {
		n.requests++
	}
	if e.Status < 300 {
		if n.succeeded == nil {
			n.succeeded = map[string]int{}
		}
		n.succeeded[e.route.Operation.OperationID]++
	}
}

func (n *tally) report(t *testing.T, c contract) {
	t.Helper()
	for _, id := range c.operationIDs() {
		assert.Positive(t, n.succeeded[id], "%s: no successful exchange was checked", id)
	}
	t.Logf("checked %d answers and %d requests", n.answers, n.requests)
}

// record runs the SDK's tests that have a sandbox of their own, through Prism,
// and returns what they exchanged.
func record(t *testing.T, c contract) []exchange {
	t.Helper()
	upstream := httptest.NewServer(recording.Upstream())
	t.Cleanup(upstream.Close)
	prism := startPrism(t, "proxy", root+"/openapi.yaml", upstream.URL)
	var exchanges []exchange
	for _, recorded := range exchangesOf(t, []string{"./client", "./client/sandbox"}, recording.EnvPrism+"="+prism) {
		exchanges = append(exchanges, identify(t, c, recorded))
	}
	return exchanges
}

// exchangesOf runs the tests of packages, and returns what they exchanged.
func exchangesOf(t *testing.T, packages []string, env ...string) []recording.Exchange {
	t.Helper()
	dir := t.TempDir()
	run := exec.CommandContext(bounded(t), "go", append([]string{"test", "-count=1"}, packages...)...)
	killAsGroup(run)
	run.Dir = root
	run.Env = append(append(os.Environ(), recording.EnvDir+"="+dir), env...)
	output, err := run.CombinedOutput()
	assert.NoError(t, err, "the tests fail while they are recorded:\n%s", output)

	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "the tests recorded nothing")
	t.Logf("%d exchanges", len(files))
	var exchanges []recording.Exchange
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var exchange recording.Exchange
		require.NoError(t, json.Unmarshal(text, &exchange))
		exchanges = append(exchanges, exchange)
	}
	return exchanges
}

// identify finds an exchange's operation. What the contract has none for must
// not succeed, but for what Django adds to every path.
func identify(t *testing.T, c contract, recorded recording.Exchange) exchange {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), recorded.Method, recorded.URL, bytes.NewReader(recorded.RequestBody))
	require.NoError(t, err)
	request.Header = recorded.RequestHeader
	found := exchange{Exchange: recorded, request: request}
	if recorded.Method == http.MethodHead || recorded.Method == http.MethodOptions {
		return found
	}
	route, pathParams, err := c.router.FindRoute(request)
	if err != nil || slices.Contains(undocumented, recorded.Status) {
		assert.GreaterOrEqual(t, recorded.Status, 300, "%s: the contract has no such operation", found)
		return found
	}
	found.route, found.pathParams = route, pathParams
	return found
}

func isJSON(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && mediaType == "application/json"
}
