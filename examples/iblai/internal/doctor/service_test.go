package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	signInPage = `<!DOCTYPE html><html><head><title>Sign in &ndash; Acme</title></head><form><input name="p" type="password"></form></html>`
	badGateway = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body>\r\n</html>"
)

// Whatever answers in the service's place is recognized by its answer to a
// request without the key, and never gets the key.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		body    string
		header  []string
		found   string
		meaning string
		advice  string
	}{
		"sign-in page":        {200, signInPage, nil, `200, but not the JSON that was promised: an HTML page with the title "Sign in – Acme"`, "sign-in page", "address for people"},
		"website":             {200, "<html><title>Acme University</title></html>", nil, "Acme University", "website or a proxy", "IBLAI_BASE_URL"},
		"another program":     {200, `{"status": "healthy"}`, nil, "200, but not the JSON", "another program", "IBLAI_BASE_URL"},
		"empty":               {200, "", nil, "200, but not the JSON that was promised: nothing", "empty, broke off", "proxy"},
		"broken off":          {200, `{"count": 1, "resu`, nil, "18 bytes", "broke off", "proxy"},
		"unknown address":     {404, "<h1>Not Found</h1>", nil, "404 Not Found: an HTML page", "does not know this address", "/dm"},
		"gateway's 404":       {404, `{"message": "no Route matched"}`, nil, "404 Not Found", "does not know this address", "/dm"},
		"redirect to sign in": {302, "", []string{"Location", "https://login.acme.example/sso?key=" + testKey}, "redirected to https://login.acme.example/sso", "people to sign in", "without a redirect"},
		"redirect nowhere":    {301, "", nil, "redirected to an address that is none", "not the API's own", "without a redirect"},
		"proxy wants a user":  {407, "", nil, "407 Proxy Authentication Required: nothing", "user and a password", "HTTPS_PROXY"},
		"method":              {405, `{"message": "GET only"}`, nil, "405 Method Not Allowed", "reading only", "operators"},
		"too many":            {429, `{"detail": "Request was throttled. Expected available in 60 seconds."}`, []string{"Retry-After", "60"}, "429 Too Many Requests: Request was throttled.", "after 60 (seconds", "Wait"},
		"too many, unsaid":    {429, "slow down", nil, "429 Too Many Requests: 9 bytes", "not said how long", "Wait"},
		"gateway":             {502, badGateway, nil, `502 Bad Gateway: an HTML page with the title "502 Bad Gateway"`, "load balancer", "in a minute"},
		"unavailable":         {503, "", nil, "503 Service Unavailable: nothing", "load balancer", "in a minute"},
		"gateway timeout":     {504, badGateway, nil, "504 Gateway Timeout", "load balancer", "in a minute"},
		"service fails":       {500, `{"detail": "A server error occurred.\u001b[2J"}`, []string{"X-Request-Id", "r-17"}, "500 Internal Server Error: A server error occurred. [2J", "service itself failed", "id is r-17"},
		"something else":      {418, "short and stout", nil, "418 I'm a teapot: 15 bytes", "refuses", "release"},
		"hostile":             {404, "<title>\x1b[2J" + strings.Repeat("!", 70) + testKey + strings.Repeat("!", 200) + "</title>", nil, "…", "does not know", "IBLAI_BASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				assert.Empty(t, r.Header.Get("Authorization"))
				return answer(r, test.status, test.body, test.header...), nil
			}), "https://ibl.example")
			f := e.find(t, checkService)
			assert.Equal(t, exitFailed, e.code)
			assert.Equal(t, failed, f.Status, e.text)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, 1, e.count(failed), e.text)
			assert.Contains(t, e.find(t, checkPageSize).Found, notTried)
			assert.Equal(t, 1, strings.Count(e.text, notTried), "one row stands for all that follows")
		})
	}
}

// A proxy that refuses requests without a key may let those with one through.
func TestProxyRefusesStrangers(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") == "" {
			return answer(r, http.StatusForbidden, "<title>Forbidden</title>"), nil
		}
		return base.RoundTrip(r)
	}), newSandbox(t).URL)
	assert.Equal(t, exitOK, e.code)
	assert.Equal(t, warning, e.find(t, checkService).Status)
	assert.Equal(t, ok, e.find(t, checkKey).Status)
}

// The documentation's mock server wants no key.
func TestMockServer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"count": 0, "next": null, "previous": null, "results": []}`, `[]`} {
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			return answer(r, http.StatusOK, body), nil
		}), "https://docs.example/_mock")
		f := e.find(t, checkService)
		assert.Equal(t, warning, f.Status)
		assert.Equal(t, "answers 200 without a key", f.Found)
		assert.Equal(t, ok, e.find(t, checkKey).Status)
	}
}

func TestWrongPrefix(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	gateway := httptest.NewServer(http.StripPrefix("/dm", sb.Sandbox))
	t.Cleanup(gateway.Close)
	for name, test := range map[string]struct{ baseURL, better string }{
		"the service has no prefix": {sb.URL + "/dm", sb.URL},
		"the gateway has one":       {gateway.URL, gateway.URL + "/dm"},
		"it is not the API's path":  {gateway.URL + "/dm/api/ai-mentor", gateway.URL + "/dm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, newTransport(t), test.baseURL)
			f := e.find(t, checkService)
			assert.Equal(t, failed, f.Status)
			assert.Equal(t, "Set IBLAI_BASE_URL to "+test.better+", where the service answers.", f.Advice)
			assert.Equal(t, exitFailed, e.code)
			assert.Equal(t, skipped, e.find(t, checkKey).Status)
		})
	}
	e := examine(t, newTransport(t), gateway.URL+"/dm")
	assert.Equal(t, ok, e.find(t, checkService).Status)
	assert.Equal(t, ok, e.find(t, checkKey).Status)
}
