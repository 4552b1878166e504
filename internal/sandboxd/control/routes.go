package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/iblai/iblai-go/client/sandbox"
)

// A route is a path of the control API. One {id} may stand in it.
type route struct {
	template string
	methods  map[string]func(*call) (any, error)
}

// controlRoutes are all of them, as control.yaml describes them.
func controlRoutes() []route {
	type methods = map[string]func(*call) (any, error)
	return []route{
		{"/_sandbox/status", methods{http.MethodGet: (*call).status}},
		{"/_sandbox/clock", methods{http.MethodGet: (*call).clock, http.MethodPost: (*call).moveClock}},
		{"/_sandbox/seed", methods{http.MethodPost: (*call).reseed}},
		{"/_sandbox/reset", methods{http.MethodPost: (*call).reset}},
		{"/_sandbox/agents/{id}/fire", methods{http.MethodPost: (*call).fire}},
		{"/_sandbox/agents/{id}/schedule", methods{http.MethodGet: (*call).schedule}},
		{"/_sandbox/crontab", methods{http.MethodGet: (*call).crontab}},
		{"/_sandbox/schedules", methods{http.MethodGet: (*call).schedules}},
		{"/_sandbox/timeline", methods{http.MethodGet: (*call).timeline}},
		{"/_sandbox/faults", methods{http.MethodGet: (*call).faults, http.MethodPut: (*call).setFaults}},
		{"/_sandbox/requests", methods{http.MethodGet: (*call).requests}},
		{"/_sandbox/requests/{id}", methods{http.MethodGet: (*call).requestByID}},
		{"/_sandbox/deliveries", methods{http.MethodGet: (*call).deliveries}},
		{"/_sandbox/deliveries/{id}", methods{http.MethodGet: (*call).deliveryByID}},
		{"/_sandbox/deliveries/{id}/resend", methods{http.MethodPost: (*call).resend}},
		{"/_sandbox/events", methods{http.MethodGet: (*call).events}},
		{"/_sandbox/openapi.yaml", methods{http.MethodGet: (*call).description}},
	}
}

// match returns what stands for {id} in a path of the route.
func (r *route) match(path string) (id string, ok bool) {
	before, after, hasID := strings.Cut(r.template, "{id}")
	if !hasID {
		return "", path == r.template
	}
	id, begins := strings.CutPrefix(path, before)
	id, ends := strings.CutSuffix(id, after)
	return id, begins && ends && id != "" && !strings.Contains(id, "/")
}

// A call is a request to the control API.
type call struct {
	*program

	sandbox *sandbox.Sandbox // that was there when the request came
	request *http.Request
	writer  http.ResponseWriter
	id      int64 // of the path, 0 if it has none or one that is no number
	query   query
}

// A failure is an answer that is no success.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return f.text }

func refuse(status int, format string, args ...any) error {
	return &failure{status, fmt.Sprintf(format, args...)}
}

type errorBody struct {
	Error string `json:"error"`
}

// control answers for the console's files and the control API.
func (p *program) control(w http.ResponseWriter, r *http.Request) {
	if file, ok := p.assets[r.URL.Path]; ok {
		if allow(w, r, http.MethodGet) {
			file.ServeHTTP(w, r)
		}
		return
	}
	for _, route := range p.routes {
		id, ok := route.match(r.URL.Path)
		if !ok {
			continue
		}
		if !allow(w, r, slices.Collect(maps.Keys(route.methods))...) {
			return
		}
		c := &call{program: p, sandbox: p.current.Load(), request: r, writer: w, query: query{values: r.URL.Query()}}
		c.id, _ = strconv.ParseInt(id, 10, 64) // 0 is nothing's id
		c.answer(route.methods[strings.Replace(r.Method, http.MethodHead, http.MethodGet, 1)])
		return
	}
	writeJSON(w, http.StatusNotFound, errorBody{"there is no " + brief(r.URL.Path) + "; " + reserved + "openapi.yaml describes what there is"})
}

// allow refuses other methods. HEAD is GET without the body, which net/http leaves
// out.
func allow(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	if slices.Contains(methods, r.Method) {
		return true
	}
	slices.Sort(methods)
	w.Header().Set("Allow", strings.Join(methods, ", "))
	writeJSON(w, http.StatusMethodNotAllowed, errorBody{fmt.Sprintf("%s is not allowed here, only %s", brief(r.Method), strings.Join(methods, ", "))})
	return false
}

// answer writes what a handler returns, which may also be one that writes by
// itself.
func (c *call) answer(handle func(*call) (any, error)) {
	body, err := handle(c)
	if err != nil {
		writeJSON(c.writer, statusOf(err), errorBody{err.Error()})
		return
	}
	if stream, ok := body.(http.HandlerFunc); ok {
		stream(c.writer, c.request)
		return
	}
	writeJSON(c.writer, http.StatusOK, body)
}

// statusOf is the status of an answer that tells an error.
func statusOf(err error) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.status
	}
	if _, ok := errors.AsType[*sandbox.UnknownAgentError](err); ok {
		return http.StatusNotFound
	}
	if _, ok := errors.AsType[*sandbox.UnknownDeliveryError](err); ok {
		return http.StatusNotFound
	}
	switch {
	case errors.Is(err, sandbox.ErrClosed), errors.Is(err, errStopping):
		return http.StatusConflict // another has taken its place, or the program ends
	}
	return http.StatusInternalServerError
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status = http.StatusInternalServerError
		text, _ = json.Marshal(errorBody{err.Error()}) // texts can be written
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}
