package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/assert"
)

func checkWithKin(t *testing.T, e exchange) {
	t.Helper()
	options := &openapi3filter.Options{
		IncludeResponseStatus: true,
		MultiError:            true,
		AuthenticationFunc:    func(context.Context, *openapi3filter.AuthenticationInput) error { return nil },
	}
	input := &openapi3filter.RequestValidationInput{Request: e.request, PathParams: e.pathParams, Route: e.route, Options: options}
	if e.accepted() {
		assert.NoError(t, openapi3filter.ValidateRequest(t.Context(), input), "%s: the request\n%s", e, e.RequestBody)
	}
	if !isJSON(e.ResponseHeader) {
		return
	}
	assert.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input,
		Status:                 e.Status,
		Header:                 e.ResponseHeader,
		Body:                   io.NopCloser(bytes.NewReader(e.ResponseBody)),
		Options:                options,
	}), "%s: the response\n%s", e, e.ResponseBody)
}

// violation is a problem that Prism found in an exchange.
type violation struct {
	Location []string // begins with request or response
	Message  string
}

// noRoute is Prism's message if it knows no such operation and validates nothing.
const noRoute = "Selected route not found"

func checkWithPrism(t *testing.T, e exchange) {
	t.Helper()
	if e.Violations == "" {
		return
	}
	var violations []violation
	if !assert.NoError(t, json.Unmarshal([]byte(e.Violations), &violations), "%s: %s", e, e.Violations) {
		return // the header was too long
	}
	for _, v := range violations {
		ofRequest := len(v.Location) > 0 && v.Location[0] == "request"
		if ofRequest && !e.accepted() && v.Message != noRoute {
			continue
		}
		assert.Fail(t, "a violation of the contract", "%s: %s: %s\n%.500s\n%.2000s",
			e, strings.Join(v.Location, "."), v.Message, e.RequestBody, e.ResponseBody)
	}
}
