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

// A Request is one request that a sandbox has got, and what it has answered. Only
// method, URL and status are printed: the rest may be secret.
type Request struct {
	// ID counts the requests, from 1 on, in the order in which they ended.
	ID int64
	// At is when the request came, on the sandbox's clock, and Duration how long it
	// took until the last of its answer was sent, in real time.
	At       time.Time
	Duration time.Duration
	// Method and URL are what the request asked for; the URL is as it was sent,
	// path and query.
	Method, URL string
	// Operation is the id of one of the [Operations], empty if it is none's.
	Operation string
	// Username is the user whose key it carried, empty if it was nobody's.
	Username string
	// Header is the request's header, in which what signs in reads ***.
	Header http.Header
	// StatusCode and ResponseHeader are what was sent; 0 and nil if nothing was,
	// because a [Fault] broke the connection, or the client had gone.
	StatusCode     int
	ResponseHeader http.Header
	// Body and ResponseBody are what was read and sent, up to 64 KiB of each.
	Body, ResponseBody []byte
	// Truncated says that one of them was longer, or that the request's broke off.
	Truncated bool
	// Faulted says that a [Fault] has struck.
	Faulted bool
}

// Format writes method, URL and status, whatever the verb.
func (r Request) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "%s %s: %d", r.Method, r.URL, r.StatusCode)
}

// LogValue is method, URL and status.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("method", r.Method), slog.String("url", r.URL), slog.Int("status", r.StatusCode))
}

// Requests returns what was asked, in the order in which it was answered: the
// latest 100,000 requests, or less if they have more than 64 MiB together. The first ID
// tells how many came before. What headers and bodies hold is shared, and must not
// be changed.
func (s *Sandbox) Requests() []Request { return s.requests.all() }

// LatestRequests yields [Sandbox.Requests], the latest first, without copying all of
// them.
func (s *Sandbox) LatestRequests() iter.Seq[Request] { return s.requests.backward() }

// Request returns one of [Sandbox.Requests] by its ID, and false if it is no
// longer kept, or never was.
func (s *Sandbox) Request(id int64) (Request, bool) { return s.requests.byID(id) }

// keep writes the exchange into the journal, once.
func (e *exchange) keep() {
	if e.kept {
		return
	}
	e.kept = true
	r := Request{
		At:         e.at,
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
	e.sandbox.tell(Event{Kind: RequestAnswered, RequestID: r.ID})
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
