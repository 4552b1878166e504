package sandbox

import (
	"math/rand/v2"
	"net/http"
	"path"
	"sync"
	"time"
)

// A Fault injects an effect into some of the requests that match, for known and
// unknown paths alike.
type Fault struct {
	// ID identifies the fault in [Request].FaultID. It may be empty; no two faults
	// have the same.
	ID string
	// Disabled keeps the fault without applying it.
	Disabled bool
	// Match says which requests match. The zero RequestMatch matches all of them.
	Match RequestMatch
	// Selection selects some of the matching requests. The zero Selection selects
	// all of them.
	Selection Selection
	// Effect is the effect on the selected requests.
	Effect RequestEffect
}

// A RequestMatch matches requests. A request must fit all fields that are set.
type RequestMatch struct {
	// Operation is the id of an operation. HEAD requests belong to the operation of
	// GET.
	Operation OperationID
	// Method is an HTTP method, in upper case.
	Method string
	// Path is a pattern of [path.Match] for the whole path, in which an asterisk
	// doesn't match a slash, as in
	// /api/ai-mentor/orgs/*/users/*/periodic-agents/*/.
	Path string
}

// On returns RequestMatch{Operation: id}, which matches requests for an operation.
func On(id OperationID) RequestMatch { return RequestMatch{Operation: id} }

// A RequestEffect is the effect of a [Fault] on a request and its response. At
// least one field must be set. Fields can be combined, except where they
// contradict each other: a status and a changed response of the operation, or a
// change to a response that is not sent.
type RequestEffect struct {
	// Latency delays the request before it is processed. If the client disconnects
	// meanwhile, the request is not processed. Requests whose body is too long or
	// breaks off are not delayed.
	Latency time.Duration

	// Status responds with this status, from 200 to 599, without executing the
	// operation or authenticating the request. Without Body, the response is the one
	// that Django sends with this status (JSON with a detail, or a page for 500) or,
	// for 413 and above 500, an nginx in front of it.
	Status int
	// RetryAfter sets the Retry-After header of a response with Status, in seconds,
	// rounded up.
	RetryAfter time.Duration
	// Body is the body of the response: of the one with Status, or, with
	// ContentType, in place of the response of the executed operation. The
	// Content-Type is JSON if the body is, or else HTML.
	Body string
	// ContentType replaces the Content-Type header.
	ContentType string
	// Redirect sets the Location header of a response with a Status from 300 to
	// 399. The default Status is then 302.
	Redirect string

	// Reset breaks the connection at that point. The HTTP client of package net/http
	// repeats a GET by itself if the connection had been used before.
	Reset ResetPoint
	// Truncate ends the connection after half of the response's body.
	Truncate bool
	// BytesPerSecond limits the speed at which the response's body is sent.
	BytesPerSecond int

	// UnknownFields adds an unknown field to each object of a JSON response, except
	// in free-form JSON.
	UnknownFields bool
	// UnknownEnums replaces each status, mode, provider and other enum value of a
	// JSON response by an unknown one, except in free-form JSON.
	UnknownEnums bool
	// LinkOrigin replaces the scheme and host of a page's next and previous links, as
	// an application behind a proxy may see them: http://internal:8000.
	LinkOrigin string
	// Release serves the request as another release of the service, as during a
	// deployment.
	Release Release
}

// RespondWith returns RequestEffect{Status: status}, which responds in place of the
// operation.
func RespondWith(status int) RequestEffect { return RequestEffect{Status: status} }

// A ResetPoint is the point at which a connection breaks. The sandbox sends a TCP
// reset where it can; over HTTP/2 it resets the stream.
type ResetPoint string

// The points at which a connection can break.
const (
	// ResetBefore breaks the connection before the operation is executed.
	ResetBefore ResetPoint = "before"
	// ResetDuring breaks it after half of the response's body. Without a body it
	// is [ResetAfter].
	ResetDuring ResetPoint = "during"
	// ResetAfter breaks it after the operation is executed, before the response.
	ResetAfter ResetPoint = "after"
)

// requestFaults are the faults of requests.
type requestFaults struct {
	seed uint64

	mu     sync.Mutex // guards what follows
	set    faultSet[Fault]
	random *rand.Rand
}

func (f *requestFaults) reset(faults []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set = newFaultSet(faults)
	f.random = rand.New(rand.NewPCG(f.seed, 1)) //nolint:gosec // the same seed, the same faults
}

// next returns the fault that applies to the next request, nil if none does.
func (f *requestFaults) next(now time.Time, operation OperationID, method, target string) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.set.next(now, f.random, func(fault *Fault) (bool, Selection) {
		return !fault.Disabled && fault.Match.matches(operation, method, target), fault.Selection
	})
}

func (m *RequestMatch) matches(operation OperationID, method, target string) bool {
	if m.Operation != "" && m.Operation != operation || m.Method != "" && m.Method != method {
		return false
	}
	fits, _ := path.Match(m.Path, target) // the pattern was checked
	return m.Path == "" || fits
}

// status is the status of the response in place of the operation, 0 if there is
// none.
func (e *RequestEffect) status() int {
	if e.Status == 0 && e.Redirect != "" {
		return http.StatusFound
	}
	return e.Status
}

// reshapes reports whether the effect changes the JSON of an operation's response.
func (e *RequestEffect) reshapes() bool {
	return e.UnknownFields || e.UnknownEnums || e.LinkOrigin != ""
}
