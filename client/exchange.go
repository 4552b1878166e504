package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// Middleware stands around every attempt to send a request: it may change the
// request, look at the answer, or answer itself. It does not see the API key,
// and [OperationFromContext] tells it which operation the request is of.
type Middleware func(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error)

// WithMiddleware adds middleware. The first added is the outermost.
func WithMiddleware(m Middleware) Option {
	return clientOption(func(s *settings) error {
		if m == nil {
			return &ArgumentError{Argument: "WithMiddleware", Reason: "is nil"}
		}
		s.middleware = append(s.middleware, m)
		return nil
	})
}

// WithLogger has every attempt logged: answers at debug level, and what is sent
// again as a warning. Bodies, headers and the query are never logged.
func WithLogger(logger *slog.Logger) Option {
	return clientOption(func(s *settings) error {
		if logger == nil {
			return &ArgumentError{Argument: "WithLogger", Reason: "is nil"}
		}
		s.logger = logger
		return nil
	})
}

type operationKey struct{}

// OperationFromContext is the operation that a request's context belongs to. A
// [Middleware] and an [http.RoundTripper] below the client get such requests.
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
		return c.signIn(request)
	}
	next := c.signIn
	for _, middleware := range slices.Backward(c.middleware) {
		inner := next
		next = func(request *http.Request) (*http.Response, error) { return middleware(request, inner) }
	}
	response, err := next(request)
	if response == nil && err == nil {
		return nil, errors.New("middleware returned neither an answer nor an error")
	}
	if response != nil && response.Body == nil {
		response.Body = http.NoBody
	}
	return response, err
}

// signIn puts the key into the request and sends it. Middleware that has
// pointed the request elsewhere is refused as a redirect is.
func (c *call) signIn(request *http.Request) (*http.Response, error) {
	if !sameOrigin(request.URL, c.base) {
		return nil, &RedirectError{Method: request.Method, From: withoutQuery(&c.url), To: withoutQuery(request.URL), Reason: "middleware would send the key to another host"}
	}
	signed := request
	if len(c.middleware) > 0 { // which would see the key in a header that it holds
		signed = request.Clone(request.Context())
	}
	signed.Header["Authorization"] = []string{c.authorization()}
	response, err := c.httpClient.Do(signed)
	if response != nil {
		response.Request = request
	}
	return response, err
}

func newBody(text []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(text)) }

func (c *call) logAttempt(ctx context.Context, number, status int, begin time.Time, failure error) {
	if c.logger == nil {
		return
	}
	attrs := append(c.logAttrs(number), slog.Duration("duration", time.Since(begin)))
	if status > 0 {
		attrs = append(attrs, slog.Int("status", status))
	}
	if failure != nil {
		attrs = append(attrs, slog.Any("error", failure))
	}
	c.logger.LogAttrs(ctx, slog.LevelDebug, "ibl.ai request", attrs...)
}

func (c *call) logRetry(ctx context.Context, attempt int, failure error, wait time.Duration) {
	if c.logger == nil {
		return
	}
	attrs := append(c.logAttrs(attempt), slog.Duration("wait", wait), slog.Any("error", failure))
	c.logger.LogAttrs(ctx, slog.LevelWarn, "ibl.ai request is sent again", attrs...)
}

func (c *call) logAttrs(attempt int) []slog.Attr {
	return []slog.Attr{
		slog.String("operation", c.request.ID),
		slog.String("method", c.request.Method),
		slog.String("path", c.request.PathTemplate),
		slog.Int("attempt", attempt),
	}
}
