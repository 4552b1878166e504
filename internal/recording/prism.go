package recording

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
)

// EnvPrism is the host and port of a Prism proxy that exchanges go through. What
// stands behind it must be [Upstream].
const EnvPrism = "IBLAI_RECORD_PRISM"

// The headers that tell Upstream where a request was to go, which a proxy with
// one upstream has no other way to tell. Answers have the first one too, which
// proves that they are no answers of Prism's own.
const (
	headerUpstream = "X-Recording-Upstream"
	headerHost     = "X-Recording-Host"
)

// Upstream sends each request on to where it was to go before it went through
// Prism, under the Host that it had: servers build addresses from it.
func Upstream() http.Handler {
	return &httputil.ReverseProxy{
		Transport: &http.Transport{DisableKeepAlives: true}, // tests' servers come and go
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

// throughPrism is the request, sent to Prism.
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
	request.Close = true // Node closes what is idle just when the next request is sent
	return request
}

// fromPrism takes off the answer what Prism put on it, and returns the
// violations that it found. An answer of Prism's own is an error.
func fromPrism(response *http.Response) (violations string, err error) {
	header := response.Header
	violations = header.Get("Sl-Violations")
	if header.Get(headerUpstream) == "" {
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return "", fmt.Errorf("recording: Prism did not forward the request, but answered %s: %s", response.Status, text)
	}
	for _, name := range []string{headerUpstream, "Sl-Violations", "Connection", "Keep-Alive"} {
		header.Del(name)
	}
	return violations, nil
}
