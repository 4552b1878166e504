package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is the number of redirects that are followed for one request.
const maxRedirects = 10

// RedirectError reports a redirect that was refused: the key and the body are
// sent to the base URL's host only, and the method is never changed, as a redirect
// to a path with a slash would change a DELETE to a GET. It is the cause of a
// [TransportError].
type RedirectError struct {
	// Method is the method of the request that was redirected.
	Method string
	// From and To are the addresses that the request was sent to and redirected
	// to, without their queries and without secrets.
	From, To string
	// Reason says why it was refused.
	Reason string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("refused the redirect of %s %s to %s: %s (check the base URL)", e.Method, e.From, e.To, e.Reason)
}

// redirectPolicy returns checkRedirect, followed by the program's own policy if
// it has one.
func redirectPolicy(own func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if err := checkRedirect(next, via); err != nil {
			return err
		}
		if own == nil {
			return nil
		}
		return own(next, via)
	}
}

// checkRedirect refuses redirects to another host and changes of the method.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	refuse := func(reason string) error {
		return &RedirectError{Method: first.Method, From: withoutQuery(last.URL), To: withoutQuery(next.URL), Reason: reason}
	}
	switch {
	case first.URL.Scheme == "https" && next.URL.Scheme == "http":
		return refuse("it would leave TLS")
	case !sameOrigin(first.URL, next.URL):
		return refuse("it points to another host")
	case next.Method != first.Method:
		return refuse("it would change " + first.Method + " to " + next.Method)
	case len(via) >= maxRedirects:
		return refuse(fmt.Sprintf("%d redirects were followed already", len(via)))
	}
	return nil
}

// sameOrigin reports whether a and b have the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	sameHost := a.Host == b.Host || // which the row of the small call in internal/benchmark needs
		strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
	return a.Scheme == b.Scheme && sameHost
}

func port(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443"}[u.Scheme]
}

func withoutQuery(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}
