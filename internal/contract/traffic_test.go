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

// undocumented are the statuses that no operation documents. Django sends some: for
// a path without its slash, an unknown Accept header or media type, and a body that
// is too long. The others come from proxies in front of it.
var undocumented = []int{
	http.StatusMovedPermanently, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
	http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// Every exchange with the sandbox in the SDK's tests is valid according to two
// independent validators: all responses, and all requests of the client that the
// sandbox accepted. The exchanges go through Prism unless it would change them.
func TestTrafficIsValid(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	exchanges := record(t, c)
	t.Run("kin-openapi", func(t *testing.T) {
		t.Parallel()
		checked := counts{}
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
		checked, bypassed := counts{}, map[string]int{} // by reason
		for _, exchange := range exchanges {
			switch {
			case !exchange.ThroughPrism:
				bypassed[exchange.Bypass]++
				assert.NotEmpty(t, exchange.Bypass, "%s: bypassed Prism for no reason", exchange)
				assert.False(t, exchange.sdk(), "%s: bypassed Prism: %s", exchange, exchange.Bypass)
			case exchange.route != nil:
				checkWithPrism(t, exchange)
				checked.add(exchange)
			}
		}
		checked.report(t, c)
		all := 0
		for _, reason := range slices.Sorted(maps.Keys(bypassed)) {
			all += bypassed[reason]
			t.Logf("%d bypassed Prism: %s", bypassed[reason], reason)
		}
		assert.Less(t, all, len(exchanges)/5, "too many exchanges bypassed Prism")
	})
}

// exchange is an exchange of the test run with its operation. The route is nil if
// the contract has no such operation.
type exchange struct {
	recording.Exchange
	request    *http.Request
	route      *routers.Route
	pathParams map[string]string
}

func (e exchange) String() string {
	return fmt.Sprintf("%s %s -> %d", e.Method, e.request.URL.RequestURI(), e.Status)
}

// sdk reports whether the client sent the request, and not a test directly.
func (e exchange) sdk() bool { return strings.Contains(e.request.UserAgent(), "iblai-go/") }

// accepted reports whether the client sent the request and the service accepted it,
// so that the request must be valid.
func (e exchange) accepted() bool { return e.sdk() && e.Status < 300 }

// counts has the numbers of exchanges that a validator checked.
type counts struct {
	responses, requests int
	succeeded           map[string]int // by operation id
}

func (n *counts) add(e exchange) {
	n.responses++
	if e.accepted() {
		n.requests++
	}
	if e.Status < 300 {
		if n.succeeded == nil {
			n.succeeded = map[string]int{}
		}
		n.succeeded[e.route.Operation.OperationID]++
	}
}

func (n *counts) report(t *testing.T, c contract) {
	t.Helper()
	for _, id := range c.operationIDs() {
		assert.Positive(t, n.succeeded[id], "%s: no successful exchange was checked", id)
	}
	t.Logf("checked %d responses and %d requests", n.responses, n.requests)
}

// record runs the tests of the client and the sandbox through Prism, and returns
// their exchanges.
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

// exchangesOf runs the tests of packages, and returns their exchanges.
func exchangesOf(t *testing.T, packages []string, env ...string) []recording.Exchange {
	t.Helper()
	dir := t.TempDir()
	run := exec.CommandContext(contextBeforeDeadline(t), "go", append([]string{"test", "-count=1"}, packages...)...)
	killProcessGroup(run)
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

// identify returns an exchange with its operation. An exchange without one must not
// be successful, except for HEAD and OPTIONS.
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
