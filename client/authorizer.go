package client

import (
	"net/http"
	"net/url"
)

// authorizer is the RoundTripper of a client's HTTP client. It adds the headers
// that all requests have, the key among them.
//
// They are not set earlier because net/http copies the header of every request,
// for redirects, before it calls a RoundTripper: the row of the small call in
// internal/benchmark needs that copy to be empty.
type authorizer struct {
	next          http.RoundTripper
	base          *url.URL
	userAgent     string
	authorization func() string // a closure, so that printing a Client prints no key
}

// RoundTrip adds the headers to r itself, which belongs to the client. It refuses
// a request that the program's CheckRedirect has pointed at another host.
func (a *authorizer) RoundTrip(r *http.Request) (*http.Response, error) {
	if !sameOrigin(r.URL, a.base) {
		if r.Body != nil {
			_ = r.Body.Close() // as a RoundTripper must
		}
		return nil, &RedirectError{
			Method: r.Method, From: withoutQuery(a.base), To: withoutQuery(r.URL),
			Reason: "CheckRedirect of the http.Client would send the key to another host",
		}
	}
	a.setDefaults(r.Header)
	r.Header["Authorization"] = []string{a.authorization()}
	return a.next.RoundTrip(r)
}

// setDefaults sets the headers that neither an option nor middleware has set.
func (a *authorizer) setDefaults(header http.Header) {
	values := []string{"application/json", a.userAgent}
	for i, name := range [...]string{"Accept", "User-Agent"} {
		if _, ok := header[name]; !ok {
			header[name] = values[i : i+1 : i+1]
		}
	}
}

// CloseIdleConnections closes the idle connections of the next RoundTripper, if it
// can.
func (a *authorizer) CloseIdleConnections() {
	(&http.Client{Transport: a.next}).CloseIdleConnections()
}
