package sandbox

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// maxRecordedBody is the maximum size of a recorded body, in bytes.
	maxRecordedBody = 64 << 10
	// maxRequests and maxRequestsSize limit the recorded requests; the size is in
	// bytes.
	maxRequests     = 100_000
	maxRequestsSize = 64 << 20
)

// A Request is a request that the sandbox received, and its response. It prints
// and logs as its method, URL and status only: the rest may have secrets.
type Request struct {
	// ID numbers the requests from 1 on, in the order in which they ended.
	ID int64
	// ReceivedAt is the time at which the request was received, on the sandbox's
	// clock.
	ReceivedAt time.Time
	// Duration is the real time until the end of the response.
	Duration time.Duration
	// Method is the HTTP method.
	Method string
	// URL is the path and query as they were sent.
	URL string
	// Operation is the id of the operation, empty if the request fits none.
	Operation OperationID
	// Username is the user whose API key the request has, empty if it has no valid
	// one.
	Username string
	// Header is the header of the request, in which credentials are masked as ***.
	Header http.Header
	// Body is the body of the request, up to 64 KiB of it.
	Body []byte
	// StatusCode is the status of the response, or 0 if none was sent: a [Fault] broke
	// the connection, or the client was gone.
	StatusCode int
	// ResponseHeader is the header of the response, nil if none was sent.
	ResponseHeader http.Header
	// ResponseBody is the body of the response as far as it was sent, up to 64 KiB
	// of it.
	ResponseBody []byte
	// Truncated means that one of the bodies was longer than 64 KiB, or that the
	// body of the request broke off.
	Truncated bool
	// Faulted means that a [Fault] applied.
	Faulted bool
	// FaultID is the ID of that [Fault].
	FaultID string
}

// Format writes method, URL and status, whatever the verb.
func (r Request) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "%s %s: %d", r.Method, r.URL, r.StatusCode)
}

// LogValue returns a group of method, URL and status.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("method", r.Method), slog.String("url", r.URL), slog.Int("status", r.StatusCode))
}

// truncate returns the part of a body that is recorded.
func (r *Request) truncate(body []byte) []byte {
	switch {
	case len(body) == 0:
		return nil
	case len(body) <= maxRecordedBody:
		return body
	}
	r.Truncated = true
	return slices.Clone(body[:maxRecordedBody])
}

// size returns the approximate size in memory, in bytes.
func (r *Request) size() int {
	const overhead, perHeader = 512, 64
	size := overhead + len(r.URL) + cap(r.Body) + cap(r.ResponseBody)
	for _, header := range []http.Header{r.Header, r.ResponseHeader} {
		for name, values := range header {
			size += perHeader + len(name)
			for _, value := range values {
				size += len(value)
			}
		}
	}
	return size
}

// maskedHeader returns a copy of a header with masked credentials.
func maskedHeader(header http.Header) http.Header {
	masked := header.Clone()
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
		for i, value := range masked[name] {
			masked[name][i] = maskCredentials(value)
		}
	}
	return masked
}

// maskCredentials masks a header's value except for the authentication scheme, if
// it has one.
func maskCredentials(value string) string {
	const longestScheme = 16
	scheme, _, ok := strings.Cut(value, " ")
	isScheme := !strings.ContainsFunc(scheme, func(c rune) bool { return c != '-' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') })
	switch {
	case value == "":
		return ""
	case !ok || len(scheme) > longestScheme || !isScheme:
		return "***"
	}
	return scheme + " ***"
}
