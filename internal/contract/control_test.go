package contract_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/recording"
)

// streams are operations whose responses have no end, so that tests don't record them.
var streams = []string{"watchEvents"}

// Every exchange in the tests of the control API is valid, and every operation has
// a successful one.
func TestControlTrafficIsValid(t *testing.T) {
	t.Parallel()
	c := load(t, "internal/sandboxd/control/control.yaml")
	succeeded := map[string]bool{}
	for _, exchange := range exchangesOf(t, []string{"./internal/sandboxd/control"}) {
		if id := checkControl(t, c, exchange); exchange.Status < http.StatusMultipleChoices {
			succeeded[id] = true
		}
	}
	for _, id := range c.operationIDs() {
		assert.True(t, succeeded[id] || slices.Contains(streams, id), "%s: the tests have no successful exchange", id)
	}
}

// checkControl validates an exchange and returns its operation's id, which is empty
// if there is no such operation.
func checkControl(t *testing.T, c contract, exchange recording.Exchange) string {
	t.Helper()
	target, err := url.Parse(exchange.URL)
	require.NoError(t, err)
	if !strings.HasPrefix(target.Path, "/_sandbox/") || exchange.Method == http.MethodHead ||
		strings.HasPrefix(target.Path, "/_sandbox/console/") || strings.HasPrefix(target.Path, "/_sandbox/api/") {
		return "" // a request to the platform, or for a file of the console
	}
	request, err := http.NewRequestWithContext(t.Context(), exchange.Method, target.RequestURI(), bytes.NewReader(exchange.RequestBody))
	require.NoError(t, err)
	request.Header = exchange.RequestHeader
	route, pathParams, err := c.router.FindRoute(request)
	if err != nil {
		assert.GreaterOrEqual(t, exchange.Status, 300, "%s %s: there is no such operation", exchange.Method, target)
		return ""
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true}
	input := &openapi3filter.RequestValidationInput{Request: request, PathParams: pathParams, Route: route, Options: options}
	if exchange.Status == http.StatusOK {
		assert.NoError(t, openapi3filter.ValidateRequest(t.Context(), input), "%s %s: the request\n%s", exchange.Method, target, exchange.RequestBody)
	}
	assert.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 exchange.Status,
		Header:                 exchange.ResponseHeader,
		Body:                   io.NopCloser(bytes.NewReader(exchange.ResponseBody)),
		Options:                options,
	}), "%s %s -> %d: the response\n%s", exchange.Method, target, exchange.Status, exchange.ResponseBody)
	return route.Operation.OperationID
}
