package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is how much of a request's body is read, in bytes.
const maxBody = 2_621_440 // DATA_UPLOAD_MAX_MEMORY_SIZE

// A call is a request on its way through the sandbox.
type call struct {
	sandbox  *Sandbox
	request  *http.Request
	route    *route
	body     []byte
	query    url.Values
	account  *Account // of the key
	org      *org     // of the path
	username string   // of the path
	id       string   // of the path, if it has one
}

// ServeHTTP answers as the service does.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		writeHTML(w, http.StatusRequestEntityTooLarge, tooLargePage)
		return
	}
	if err != nil { // the client is gone, or breaks the protocol
		writeHTML(w, http.StatusBadRequest, fmt.Sprintf(errorPage, "Bad Request (400)", ""))
		return
	}
	route, parameters := findRoute(r.URL.Path)
	if route == nil {
		notRouted(w, r)
		return
	}
	c := &call{sandbox: s, request: r, route: route, body: body, query: parseQuery(r.URL.RawQuery), id: parameters["id"]}
	c.write(w, c.answer(parameters))
}

// answer does the steps of a view of Django REST Framework, in its order.
func (c *call) answer(parameters map[string]string) (refusal *answer) {
	if refusal = c.negotiate(); refusal != nil {
		return refusal
	}
	if c.account, refusal = c.sandbox.authenticate(c.request); refusal != nil {
		return refusal
	}
	if refusal = c.authorize(parameters); refusal != nil {
		return refusal
	}
	if c.request.Method == http.MethodOptions {
		return c.metadata()
	}
	operation := c.route.operation(c.request.Method)
	if operation == nil {
		return detail(http.StatusMethodNotAllowed, `Method "`+c.request.Method+`" not allowed.`)
	}
	return operation.handle(c)
}

// negotiate refuses a request for something that is not JSON.
func (c *call) negotiate() *answer {
	if format := last(c.query, "format"); format != "" && format != "json" {
		return detail(http.StatusNotFound, "Not found.")
	}
	accept, ok := c.request.Header["Accept"]
	if !ok {
		return nil
	}
	for entry := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		named, _, _ := strings.Cut(entry, ";")
		if matchesMediaType(jsonType, strip(named)) {
			return nil
		}
	}
	return detail(http.StatusNotAcceptable, "Could not satisfy the request Accept header.")
}

// metadata is what OPTIONS tells.
func (c *call) metadata() *answer {
	return &answer{status: http.StatusOK, body: struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Renders     []string `json:"renders"`
		Parses      []string `json:"parses"`
	}{c.route.name, "", []string{jsonType}, []string{jsonType, formType, multipartType}}}
}

// notRouted sends a path without its slash there, and knows no other.
func notRouted(w http.ResponseWriter, r *http.Request) {
	if route, _ := findRoute(r.URL.Path + "/"); route == nil {
		writeHTML(w, http.StatusNotFound, fmt.Sprintf(errorPage, "Not Found", "The requested resource was not found on this server."))
		return
	}
	location := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", location)
	w.Header().Set("Content-Type", htmlType+"; charset=utf-8")
	w.WriteHeader(http.StatusMovedPermanently)
}
