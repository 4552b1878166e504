package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// maxBody is how much of a request's body is read, in bytes.
const maxBody = 2_621_440 // DATA_UPLOAD_MAX_MEMORY_SIZE

// An exchange is a request on its way through the sandbox, and its answer.
type exchange struct {
	sandbox    *Sandbox
	writer     http.ResponseWriter
	request    *http.Request
	at         time.Time // of its arrival, on the sandbox's clock
	began      time.Time
	body       []byte
	bodyErr    error             // why that is not the whole body
	route      *route            // nil for none
	parameters map[string]string // of the path
	effect     RequestEffect     // of the fault that applies, zero for none
	faulted    bool
	account    *Account // of the key; nil where nobody has asked yet, too

	draft      draft
	sentStatus int  // 0 for no answer
	sentBytes  int  // of the draft's body
	kept       bool // in the journal, or not to be kept
}

// ServeHTTP responds as the service does, or as a [Fault] tells it to, and records
// the request, see [Sandbox.Requests].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.exchange(w, r)
	defer e.keep()
	e.effect, e.faulted = s.faults.next(e.operationID(), r.Method, r.URL.Path)
	e.answer()
}

// BypassHandler returns a handler that serves the same API without faults and
// without recording requests. A console or another tool that inspects the sandbox
// during a test can use it without disturbing the test.
func (s *Sandbox) BypassHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := s.exchange(w, r)
		e.kept = true
		e.answer()
	})
}

func (s *Sandbox) exchange(w http.ResponseWriter, r *http.Request) *exchange {
	e := &exchange{sandbox: s, writer: w, request: r, at: s.Now(), began: time.Now(), draft: draft{header: w.Header()}}
	// Read before all else: only then does net/http see a client that goes away.
	e.body, e.bodyErr = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	e.route, e.parameters = findRoute(r.URL.Path)
	return e
}

// operationID is empty where there is no operation.
func (e *exchange) operationID() OperationID {
	if e.route == nil {
		return ""
	}
	operation := e.route.operation(e.request.Method)
	if operation == nil {
		return ""
	}
	return operation.id
}

func (e *exchange) answer() {
	f := &e.effect
	e.wait(f.Latency)
	if f.Reset == ResetBefore {
		e.reset()
		return
	}
	if f.status() != 0 {
		e.refuse()
	} else {
		e.perform()
	}
	if f.reshapes() {
		e.reshape()
	}
	if bodyAllowed(e.draft.status) {
		e.disguise()
	}
	e.send()
}

// perform answers as the service does.
func (e *exchange) perform() {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](e.bodyErr); tooLarge {
		e.draft.writeHTML(http.StatusRequestEntityTooLarge, nginxPage(http.StatusRequestEntityTooLarge))
		return
	}
	if e.bodyErr != nil { // the client is gone, or breaks the protocol
		e.draft.writeHTML(http.StatusBadRequest, django.ErrorPage("Bad Request (400)", ""))
		return
	}
	if e.route == nil {
		e.draft.notRouted(e.request.URL)
		return
	}
	c := &call{
		sandbox: e.sandbox, request: e.request, route: e.route, body: e.body, query: django.ParseQuery(e.request.URL.RawQuery),
		id: e.parameters["id"], olderRelease: e.effect.OlderRelease,
	}
	c.write(&e.draft, c.answer(e.parameters))
	e.account = c.account
}

// disguise has the answer say what the fault wants it to.
func (e *exchange) disguise() {
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

// wait waits, unless the sandbox is closed. A client that is gone meanwhile gets
// no answer: net/http tells, but not of a request that was not read to its end.
func (e *exchange) wait(d time.Duration) {
	if d <= 0 || e.bodyErr != nil {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.sandbox.lifetime.over.Done():
	case <-e.request.Context().Done():
		panic(http.ErrAbortHandler)
	}
}
