package control

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

//go:embed control.yaml
var description []byte

// routes returns the operations of the control API, as described in
// control.yaml.
func (s *Server) routes() map[string]http.HandlerFunc {
	routes := map[string]http.HandlerFunc{
		"GET /_sandbox/status":                  s.handle((*call).status),
		"GET /_sandbox/clock":                   s.handle((*call).clock),
		"POST /_sandbox/clock":                  s.handle((*call).setClock),
		"GET /_sandbox/scheduler":               s.handle((*call).scheduler),
		"POST /_sandbox/scheduler":              s.handle((*call).setScheduler),
		"POST /_sandbox/seed":                   s.handle((*call).loadSeed),
		"POST /_sandbox/reset":                  s.handle((*call).resetSandbox),
		"POST /_sandbox/add":                    s.handle((*call).add),
		"GET /_sandbox/log-delay":               s.handle((*call).logDelay),
		"POST /_sandbox/log-delay":              s.handle((*call).setLogDelay),
		"POST /_sandbox/agents/{id}/fire":       s.handleID((*call).fire),
		"GET /_sandbox/agents/{id}/schedule":    s.handleID((*call).schedule),
		"GET /_sandbox/crontab":                 s.handle((*call).crontab),
		"GET /_sandbox/schedules":               s.handle((*call).schedules),
		"GET /_sandbox/timeline":                s.handle((*call).timeline),
		"GET /_sandbox/runs/{id}":               s.handleID((*call).runByID),
		"DELETE /_sandbox/runs/{id}":            s.handleID((*call).deleteRun),
		"GET /_sandbox/jobs":                    s.handle((*call).listJobs),
		"GET /_sandbox/jobs/{id}":               s.handleID((*call).jobByID),
		"POST /_sandbox/jobs/{id}/cancel":       s.handleID((*call).cancelJob),
		"GET /_sandbox/faults":                  s.handle((*call).faults),
		"PUT /_sandbox/faults":                  s.handle((*call).setFaults),
		"POST /_sandbox/inbox":                  s.receiveCallback,
		"GET /_sandbox/inbox":                   s.handle((*call).listInbox),
		"GET /_sandbox/inbox/{id}":              s.handleID((*call).inboxByID),
		"GET /_sandbox/requests":                s.handle((*call).requests),
		"GET /_sandbox/requests/{id}":           s.handleID((*call).requestByID),
		"GET /_sandbox/deliveries":              s.handle((*call).deliveries),
		"GET /_sandbox/deliveries/{id}":         s.handleID((*call).deliveryByID),
		"POST /_sandbox/deliveries/{id}/resend": s.handleID((*call).resend),
		"GET /_sandbox/events":                  s.streamEvents,
		"GET /_sandbox/openapi.yaml":            serveDescription,
		"/_sandbox/api/":                        s.servePlatform,
	}
	maps.Copy(routes, s.faultRoutes())
	return routes
}

// servePlatform serves the platform's API for the console. Its requests neither
// count for fault rules nor appear among the recorded requests.
func (s *Server) servePlatform(w http.ResponseWriter, r *http.Request) {
	http.StripPrefix("/_sandbox", s.Sandbox().BypassHandler()).ServeHTTP(w, r)
}

func serveDescription(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(description)
}

// A call is a request to an operation of the control API.
type call struct {
	*Server

	sandbox *sandbox.Sandbox // current when the request was received
	request *http.Request
	writer  http.ResponseWriter
	id      int64 // from the path, if [Server.handleID] handles it
	query   query
}

// handleID is handle for paths that have the id of an object.
func (s *Server) handleID(operation func(*call) (any, error)) http.HandlerFunc {
	return s.handle(func(c *call) (_ any, err error) {
		id := c.request.PathValue("id")
		if c.id, err = strconv.ParseInt(id, 10, 64); err != nil {
			return nil, errorf(http.StatusNotFound, "there is nothing with the id %s; ids are integers", document.Quote(id))
		}
		return operation(c)
	})
}

// handle returns a handler that writes the result of an operation as JSON.
func (s *Server) handle(operation func(*call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			writeJSON(w, http.StatusBadRequest, errorBody{"the query can't be parsed: " + err.Error()})
			return
		}
		c := &call{Server: s, sandbox: s.Sandbox(), request: r, writer: w, query: query{values: values}}
		body, err := operation(c)
		if err != nil {
			writeJSON(w, errorStatus(err), errorBody{err.Error()})
			return
		}
		if job, ok := body.(accepted); ok {
			w.Header().Set("Location", fmt.Sprintf("%sjobs/%d", Prefix, job.ID))
			writeJSON(w, http.StatusAccepted, job)
			return
		}
		writeJSON(w, http.StatusOK, body)
	}
}

// A statusError is an error with the status of its response.
type statusError struct {
	status int
	text   string
}

func (e *statusError) Error() string { return e.text }

func errorf(status int, format string, args ...any) error {
	return &statusError{status, fmt.Sprintf(format, args...)}
}

// errorStatus returns the status of the response to an error.
func errorStatus(err error) int {
	if e, ok := errors.AsType[*statusError](err); ok {
		return e.status
	}
	if _, ok := errors.AsType[*sandbox.UnknownAgentError](err); ok {
		return http.StatusNotFound
	}
	if _, ok := errors.AsType[*sandbox.UnknownDeliveryError](err); ok {
		return http.StatusNotFound
	}
	if errors.Is(err, sandbox.ErrAdvancing) || errors.Is(err, sandbox.ErrClosed) || errors.Is(err, errStopping) {
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

type errorBody struct {
	Error string `json:"error"`
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status = http.StatusInternalServerError
		text, _ = json.Marshal(errorBody{err.Error()}) // a string can always be encoded
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

// An errorWriter replaces the plain text of http.ServeMux's 404 and 405 responses
// with JSON.
type errorWriter struct {
	http.ResponseWriter

	request *http.Request
}

func (w errorWriter) WriteHeader(status int) {
	text := "there is no " + document.Quote(w.request.URL.Path) + "; " + Prefix + "openapi.yaml lists all paths"
	if status == http.StatusMethodNotAllowed {
		text = fmt.Sprintf("the method %s is not allowed here, only %s", document.Quote(w.request.Method), w.Header().Get("Allow"))
	}
	writeJSON(w.ResponseWriter, status, errorBody{text})
}

func (errorWriter) Write(text []byte) (int, error) { return len(text), nil }
