package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// maxBody is the maximum size of a request's body, in bytes.
const maxBody = 2_621_440 // Django's DATA_UPLOAD_MAX_MEMORY_SIZE

// An exchange is a request to a service and its response.
type exchange struct {
	service    *service
	request    *http.Request
	receivedAt time.Time // on the sandbox's clock
	started    time.Time
	body       []byte
	bodyErr    error // why the body is incomplete
	release    Release
	route      *route            // nil if there is none
	parameters map[string]string // of the path
	account    *Account          // nil if it is unknown
	bypass     bool              // no handler replaces the operation
	effect     RequestEffect     // of the fault, or zero
	fault      *Fault            // that applies, or nil
	draft      draft
	sender     sender
}

// serve responds to a request, and records it before the client has the complete
// response.
func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	e := s.newExchange(w, r)
	e.sender.done = sync.OnceFunc(e.record)
	defer e.sender.done()
	if e.fault = s.faults.next(e.receivedAt, e.operation(), r.Method, r.URL.Path); e.fault != nil {
		e.effect = e.fault.Effect
	}
	if e.effect.Release != "" {
		e.setRelease(e.effect.Release)
	}
	e.respond()
}

// serveBypass responds to a request without faults and without handlers that replace
// operations, and does not record it.
func (s *service) serveBypass(w http.ResponseWriter, r *http.Request) {
	e := s.newExchange(w, r)
	e.bypass = true
	e.sender.done = func() {}
	e.respond()
}

func (s *service) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	e := &exchange{service: s, request: r, receivedAt: s.timeline.Now(), started: time.Now(), draft: draft{header: w.Header()}}
	// net/http notices that a client disconnects only after the body was read.
	e.body, e.bodyErr = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	e.setRelease(s.release)
	e.sender = sender{writer: w, request: r, effect: &e.effect, draft: &e.draft, wait: e.wait, now: s.timeline.Now}
	return e
}

// setRelease sets the release, and the route that the request has in it.
func (e *exchange) setRelease(release Release) {
	e.release = release
	e.route, e.parameters = routesOf(release).Find(e.request.URL.Path)
}

// operation returns the id of the operation, empty if there is none.
func (e *exchange) operation() OperationID {
	if e.route == nil {
		return ""
	}
	operation := e.route.View(e.request.Method)
	if operation == nil {
		return ""
	}
	return *operation
}

// respond sends the response, as the effect of a fault changes it.
func (e *exchange) respond() {
	e.wait(e.effect.Latency)
	if e.effect.Reset == ResetBefore {
		e.sender.reset()
		return
	}
	if e.effect.status() != 0 {
		e.draft.setFault(&e.effect, e.route, e.request)
	} else {
		e.execute()
	}
	if e.effect.reshapes() || e.release != Release4205 {
		e.draft.reshape(&e.effect, e.operation(), e.release)
	}
	if bodyAllowed(e.draft.status) {
		e.replaceBody()
	}
	e.sender.send()
}

// execute drafts the response of the service.
func (e *exchange) execute() {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](e.bodyErr); tooLarge {
		e.draft.setHTML(http.StatusRequestEntityTooLarge, nginxPage(http.StatusRequestEntityTooLarge))
		return
	}
	if e.bodyErr != nil { // the client has disconnected, or violates the protocol
		e.draft.setErrorPage(e.release.django(), http.StatusBadRequest, "Bad Request (400)", "")
		return
	}
	if e.route == nil {
		e.draft.setNotFound(e.release.django(), e.request.URL)
		return
	}
	if handler := e.service.handlers.of(e.operation()); handler != nil && !e.bypass {
		e.handle(handler)
		return
	}
	var response *django.Response
	response, e.account = e.service.dispatch(e.request, e.body, e.route, e.parameters, e.release)
	e.draft.setResponse(e.route, response)
}

// replaceBody replaces the body and Content-Type as the effect says.
func (e *exchange) replaceBody() {
	if body := []byte(e.effect.Body); len(body) > 0 {
		contentType := htmlType
		if json.Valid(body) {
			contentType = django.JSONType
		}
		e.draft.setBody(contentType, body)
	}
	if e.effect.ContentType != "" {
		e.draft.header.Set("Content-Type", e.effect.ContentType)
	}
}

// wait waits for a time or until the sandbox is closed. If the client disconnects
// meanwhile, it panics with [http.ErrAbortHandler]. It does not wait if the body
// is incomplete: net/http would not notice that the client disconnects.
func (e *exchange) wait(d time.Duration) {
	if d <= 0 || e.bodyErr != nil {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.service.timeline.Done():
	case <-e.request.Context().Done():
		panic(http.ErrAbortHandler)
	}
}

// record records the request.
func (e *exchange) record() {
	r := Request{
		ReceivedAt: e.receivedAt,
		Duration:   time.Since(e.started),
		Method:     e.request.Method,
		URL:        cmp.Or(e.request.RequestURI, e.request.URL.RequestURI()),
		Operation:  e.operation(),
		Header:     maskedHeader(e.request.Header),
		StatusCode: e.sender.sentStatus,
	}
	if e.fault != nil {
		r.Faulted, r.FaultID = true, e.fault.ID
	}
	if e.account == nil {
		e.account, _ = e.service.accounts.authenticate(e.request)
	}
	if e.account != nil {
		r.Username = e.account.Username
	}
	if e.sender.sentStatus != 0 {
		r.ResponseHeader = e.draft.header.Clone()
	}
	r.Body = r.truncate(e.body)
	r.ResponseBody = r.truncate(e.draft.body[:e.sender.sentBytes])
	r.Truncated = r.Truncated || e.bodyErr != nil
	e.service.requests.Add(r.size(), func(id int64) Request {
		r.ID = id
		return r
	})
	e.service.events.publish(Event{Type: EventRequestFinished, RequestID: r.ID})
}
