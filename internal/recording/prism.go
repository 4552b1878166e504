package recording

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
)

// EnvPrism is the environment variable with the host and port of a Prism proxy for
// exchanges. Its upstream must be [Upstream].
const EnvPrism = "IBLAI_RECORD_PRISM"

// The headers with the destination of a request, since Prism sends all requests to
// one upstream. Upstream sets the first one in responses too: a response without it
// is Prism's own.
const (
	headerUpstream = "X-Recording-Upstream"
	headerHost     = "X-Recording-Host"
)

// Upstream forwards each request to its destination before Prism, with the original
// Host, from which servers build URLs.
func Upstream() http.Handler {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true}, // the servers of tests are short-lived
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", r.In.Header.Get(headerUpstream)
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			r.Out.Host = r.In.Header.Get(headerHost)
			r.Out.Header.Del(headerUpstream)
			r.Out.Header.Del(headerHost)
		},
		ModifyResponse: func(response *http.Response) error {
			response.Header.Set(headerUpstream, response.Request.URL.Host)
			return nil
		},
	}
}

// throughPrism returns the request with Prism as its destination.
func throughPrism(request *http.Request, body []byte, prism string) *http.Request {
	host := request.Host
	if host == "" {
		host = request.URL.Host
	}
	request = request.Clone(request.Context())
	request.Header.Set(headerUpstream, request.URL.Host)
	request.Header.Set(headerHost, host)
	request.URL.Host, request.Host = prism, ""
	request.Body, request.ContentLength = http.NoBody, 0
	if len(body) > 0 {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	request.Close = true // Node may close an idle connection while the next request is being sent
	return request
}

// fromPrism removes Prism's headers from the response and returns the violations
// that Prism found. A response of Prism's own is an error.
func fromPrism(response *http.Response) (violations string, err error) {
	header := response.Header
	violations = header.Get("Sl-Violations")
	if header.Get(headerUpstream) == "" {
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return "", fmt.Errorf("recording: Prism did not forward the request, but responded with %s: %s", response.Status, text)
	}
	for _, name := range []string{headerUpstream, "Sl-Violations", "Connection", "Keep-Alive"} {
		header.Del(name)
	}
	return violations, nil
}
