package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// maxRedirects is how often a request is passed on before that is called a loop.
const maxRedirects = 10

// RedirectError is a redirect that was not followed: the key and the body go to
// the configured service only, and a method is never turned into another, as
// the redirect to a path with a slash would turn a DELETE into a GET.
type RedirectError struct {
	// Method is the method of the request that was redirected.
	Method string
	// From and To are where the request was, and was being, sent, without
	// their queries.
	From, To string
	// Reason is why it was not followed.
	Reason string
}

func (e *RedirectError) Error() string {
	return fmt.Sprintf("refused the redirect of %s %s to %s: %s (check the base URL)", e.Method, e.From, e.To, e.Reason)
}

// redirectPolicy is checkRedirect, and theirs, if there is one, after it.
func redirectPolicy(theirs func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if err := checkRedirect(next, via); err != nil {
			return err
		}
		// net/http takes the key away where the same origin is written otherwise.
		next.Header["Authorization"] = via[0].Header["Authorization"]
		if theirs == nil {
			return nil
		}
		return theirs(next, via)
	}
}

// checkRedirect refuses what would carry the key elsewhere or change the method.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	refuse := func(reason string) error {
		return &RedirectError{Method: first.Method, From: withoutQuery(last.URL), To: withoutQuery(next.URL), Reason: reason}
	}
	switch {
	case first.URL.Scheme == "https" && next.URL.Scheme == "http":
		return refuse("it would leave TLS")
	case !sameOrigin(first.URL, next.URL):
		return refuse("it leads to another host")
	case next.Method != first.Method:
		return refuse("it would turn " + first.Method + " into " + next.Method)
	case len(via) >= maxRedirects:
		return refuse(fmt.Sprintf("there were %d of them already", len(via)))
	}
	return nil
}

// sameOrigin reports whether a and b have the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	sameHost := a.Host == b.Host || // which is quick to see, and nearly always so
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
