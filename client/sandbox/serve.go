package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

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

	olderRelease bool // see Fault
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
func (d *draft) notRouted(u *url.URL) {
	if route, _ := findRoute(u.Path + "/"); route == nil {
		d.writeHTML(http.StatusNotFound, fmt.Sprintf(errorPage, "Not Found", "The requested resource was not found on this server."))
		return
	}
	location := u.EscapedPath() + "/"
	if u.RawQuery != "" {
		location += "?" + u.RawQuery
	}
	d.header.Set("Location", location)
	d.header.Set("Content-Type", htmlType+"; charset=utf-8")
	d.status = http.StatusMovedPermanently
}
