package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/recording"
)

// undocumented are answers that the service gives on top of its contract: to a
// path without its slash, an Accept header or a media type that it does not
// know, and a body that is too long.
var undocumented = []int{http.StatusMovedPermanently, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType}

// Every exchange with the sandbox in the test run of the SDK is valid
// against the contract: the answers always, the requests where the SDK sent
// them and they were taken.
func TestTrafficIsValid(t *testing.T) {
	t.Parallel()
	c := loadContract(t)
	succeeded := map[string]int{} // by operation id
	exchanges := record(t, "./client", "./client/sandbox")
	for _, exchange := range exchanges {
		if id := check(t, c, exchange); id != "" && exchange.Status < 300 {
			succeeded[id]++
		}
	}
	for _, id := range c.operationIDs() {
		assert.Positive(t, succeeded[id], "%s: the test run has no successful exchange", id)
	}
	t.Logf("%d exchanges", len(exchanges))
}

// record runs the tests of packages that have a sandbox of their own, and returns
// what they exchanged.
func record(t *testing.T, packages ...string) []recording.Exchange {
	t.Helper()
	dir := t.TempDir()
	run := exec.CommandContext(t.Context(), "go", append([]string{"test", "-count=1"}, packages...)...)
	run.Dir = root
	run.Env = append(os.Environ(), recording.EnvDir+"="+dir)
	output, err := run.CombinedOutput()
	require.NoError(t, err, "the SDK's tests fail:\n%s", output)

	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "the SDK's tests recorded nothing")
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

// check holds an exchange to the contract and returns its operation's id, which
// is empty where the contract does not speak of it.
func check(t *testing.T, c contract, exchange recording.Exchange) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), exchange.Method, exchange.URL, bytes.NewReader(exchange.RequestBody))
	require.NoError(t, err)
	request.Header = exchange.RequestHeader
	name := fmt.Sprintf("%s %s -> %d", exchange.Method, request.URL.RequestURI(), exchange.Status)

	route, pathParams, err := c.router.FindRoute(request)
	if exchange.Method == http.MethodHead || exchange.Method == http.MethodOptions {
		return "" // which Django adds to every path
	}
	if err != nil || slices.Contains(undocumented, exchange.Status) {
		assert.GreaterOrEqual(t, exchange.Status, 300, "%s: the contract has no such operation", name)
		return ""
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true,
		MultiError:            true,
		AuthenticationFunc:    func(context.Context, *openapi3filter.AuthenticationInput) error { return nil },
	}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: pathParams, Route: route, Options: options}
	if exchange.Status < 300 && strings.Contains(request.UserAgent(), "iblai-go/") {
		assert.NoError(t, openapi3filter.ValidateRequest(t.Context(), input), "%s: the request\n%s", name, exchange.RequestBody)
	}
	if !isJSON(exchange.ResponseHeader) {
		return route.Operation.OperationID
	}
	assert.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 exchange.Status,
		Header:                 exchange.ResponseHeader,
		Body:                   io.NopCloser(bytes.NewReader(exchange.ResponseBody)),
		Options:                options,
	}), "%s: the answer\n%s", name, exchange.ResponseBody)
	return route.Operation.OperationID
}

func isJSON(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && mediaType == "application/json"
}
