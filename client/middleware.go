package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// Middleware wraps every attempt to send a request. It may change the request,
// inspect the response, or respond itself without calling next. It does not see
// the API key. [OperationFromContext] returns the request's operation.
type Middleware func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error)

type operationKey struct{}

// operationContext is a context with the operation of its call.
type operationContext struct {
	context.Context //nolint:containedctx // a context itself

	operation *Operation
}

func (c *operationContext) Value(key any) any {
	if key == (operationKey{}) {
		return c.operation
	}
	return c.Context.Value(key)
}

// OperationFromContext returns the operation of the call that ctx belongs to. The
// client sets it in the contexts of a [Middleware], an [http.RoundTripper], a
// function of [WithObserver] and a [slog.Handler].
func OperationFromContext(ctx context.Context) (Operation, bool) {
	operation, ok := ctx.Value(operationKey{}).(*Operation)
	if !ok {
		return Operation{}, false
	}
	return *operation, true
}

// exchange sends a request through the middleware.
func (c *call) exchange(request *http.Request) (*http.Response, error) {
	if len(c.middleware) == 0 {
		return c.roundTrip(request)
	}
	next := c.roundTrip
	for _, middleware := range slices.Backward(c.middleware) {
		inner := next
		next = func(request *http.Request) (*http.Response, error) { return middleware(request, inner) }
	}
	response, err := next(request)
	if response == nil && err == nil {
		return nil, errors.New("middleware returned neither a response nor an error")
	}
	if response != nil && response.Body == nil {
		response.Body = http.NoBody
	}
	return response, err
}

// roundTrip sends a request. A request that middleware has pointed at another host
// is refused, as a redirect there would be.
func (c *call) roundTrip(request *http.Request) (*http.Response, error) {
	if !sameOrigin(request.URL, c.base) {
		c.sending.refuse()
		return nil, &RedirectError{Method: request.Method, From: withoutQuery(&c.url), To: withoutQuery(request.URL), Reason: "middleware would send the key to another host"}
	}
	sent := request
	if len(c.middleware) > 0 { // the middleware's request must not get the key
		sent = request.Clone(request.Context())
	}
	if !c.isIdempotent() {
		hideIdempotencyKey(sent.Header)
	}
	response, err := c.httpClient.Do(sent)
	if response != nil {
		response.Request = request
	}
	return response, err
}

// hideIdempotencyKey spells the header's name in a way that net/http does not
// recognize: it would send a POST with the header twice if the connection failed,
// whether or not the service honours the header. Names are not case-sensitive
// for the service.
func hideIdempotencyKey(header http.Header) {
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, ok := header[name]; ok {
			delete(header, name)
			header[strings.ToLower(name)] = values
		}
	}
}

func newBody(text []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(text)) }
