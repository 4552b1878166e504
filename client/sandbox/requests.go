package sandbox

import (
	"cmp"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// maxKeptBody is how much of a body is kept, in bytes.
	maxKeptBody = 64 << 10
	// maxRequests and maxRequestsSize are how many requests are kept, and of how
	// many bytes together.
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
}

// Format writes method, URL and status, whatever the verb.
func (r Request) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "%s %s: %d", r.Method, r.URL, r.StatusCode)
}

// LogValue returns a group of method, URL and status.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("method", r.Method), slog.String("url", r.URL), slog.Int("status", r.StatusCode))
}

// Requests yields the recorded requests, the oldest first, up to the latest at the
// start of the loop. A request is recorded before the client has the whole
// response. The sandbox keeps the latest 100,000, or fewer if they exceed 64 MiB;
// the ID of the first one tells how many came before. The loop may use the
// sandbox. Headers and bodies are shared and must not be changed.
func (s *Sandbox) Requests() iter.Seq[Request] { return s.requests.forward() }

// RequestsBackward yields the same requests as [Sandbox.Requests], the latest
// first.
func (s *Sandbox) RequestsBackward() iter.Seq[Request] { return s.requests.backward() }

// Request returns the recorded request with an ID. It returns false if there is
// none, or none any more.
func (s *Sandbox) Request(id int64) (Request, bool) { return s.requests.byID(id) }

// keep writes the exchange into the journal, once.
func (e *exchange) keep() {
	if e.kept {
		return
	}
	e.kept = true
	r := Request{
		ReceivedAt: e.at,
		Duration:   time.Since(e.began),
		Method:     e.request.Method,
		URL:        cmp.Or(e.request.RequestURI, e.request.URL.RequestURI()),
		Operation:  e.operationID(),
		Header:     maskedHeader(e.request.Header),
		StatusCode: e.sentStatus,
		Faulted:    e.faulted,
	}
	if e.account == nil {
		e.account, _ = e.sandbox.authenticate(e.request)
	}
	if e.account != nil {
		r.Username = e.account.Username
	}
	if e.sentStatus != 0 {
		r.ResponseHeader = e.draft.header.Clone()
	}
	r.Body = r.cut(e.body)
	r.ResponseBody = r.cut(e.draft.body[:e.sentBytes])
	r.Truncated = r.Truncated || e.bodyErr != nil
	e.sandbox.requests.add(r.size(), func(id int64) Request {
		r.ID = id
		return r
	})
	e.sandbox.tell(Event{Type: EventRequestFinished, RequestID: r.ID})
}

// cut is what is kept of a body.
func (r *Request) cut(body []byte) []byte {
	switch {
	case len(body) == 0:
		return nil
	case len(body) <= maxKeptBody:
		return body
	}
	r.Truncated = true
	return slices.Clone(body[:maxKeptBody])
}

// size is about what the request takes in memory, in bytes.
func (r *Request) size() int {
	const fixed, perHeader = 512, 64
	size := fixed + len(r.URL) + cap(r.Body) + cap(r.ResponseBody)
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

// maskedHeader is a copy of a header without what signs in.
func maskedHeader(header http.Header) http.Header {
	masked := header.Clone()
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization"} {
		for i, value := range masked[name] {
			masked[name][i] = maskCredentials(value)
		}
	}
	return masked
}

// maskCredentials leaves of a header's value the word before the credentials, if
// it can't be a part of them.
func maskCredentials(value string) string {
	const longestScheme = 16
	scheme, _, ok := strings.Cut(value, " ")
	isWord := !strings.ContainsFunc(scheme, func(c rune) bool { return c != '-' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') })
	switch {
	case value == "":
		return ""
	case !ok || len(scheme) > longestScheme || !isWord:
		return "***"
	}
	return scheme + " ***"
}
