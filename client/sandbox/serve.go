package sandbox

import (
	"net/http"
	"net/url"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// A call is a request on its way through the sandbox.
type call struct {
	sandbox  *Sandbox
	request  *http.Request
	route    *route
	body     []byte
	query    django.QueryDict
	account  *Account // of the key
	org      *org     // of the path
	username string   // of the path
	id       string   // of the path, if it has one

	olderRelease bool // see Fault
}

// answer does the steps of a view of Django REST Framework, in its order.
func (c *call) answer(parameters map[string]string) (refusal *django.Response) {
	if refusal = django.Negotiate(c.query, c.request.Header["Accept"]); refusal != nil {
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
		return django.MethodNotAllowed(c.request.Method)
	}
	return operation.handle(c)
}

// data parses the body.
func (c *call) data() (any, *django.Response) {
	data, refusal := django.Parse(c.request.Header.Get("Content-Type"), c.body)
	if c.olderRelease {
		c.nameMentor(data)
	}
	return data, refusal
}

// listRequest returns the call as a request for a list.
func (c *call) listRequest() *listing.Request {
	u := url.URL{Scheme: "http", Host: c.request.Host, Path: c.request.URL.Path, RawPath: c.request.URL.RawPath}
	if c.request.TLS != nil {
		u.Scheme = "https"
	}
	return &listing.Request{Query: c.query, URL: u, PageSize: c.sandbox.pageSize, MaxPageSize: c.sandbox.maxPageSize}
}

// metadata is what OPTIONS tells.
func (c *call) metadata() *django.Response {
	return &django.Response{Status: http.StatusOK, Body: struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Renders     []string `json:"renders"`
		Parses      []string `json:"parses"`
	}{c.route.name, "", []string{django.JSONType}, []string{django.JSONType, django.FormType, django.MultipartType}}}
}

// notRouted sends a path without its slash there, and knows no other.
func (d *draft) notRouted(u *url.URL) {
	if route, _ := findRoute(u.Path + "/"); route == nil {
		d.writeHTML(http.StatusNotFound, django.ErrorPage("Not Found", "The requested resource was not found on this server."))
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
