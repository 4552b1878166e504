package doctor

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	loginPage  = `<!DOCTYPE html><html><head><title>Sign in &ndash; Acme</title></head><form><input name="p" type="password"></form></html>`
	badGateway = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body>\r\n</html>"
)

// Other programs are recognized by their response to a request without the key,
// so they never receive the key.
func TestOtherPrograms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status  int
		body    string
		header  []string
		found   string
		meaning string
		advice  string
	}{
		"login page":                    {200, loginPage, nil, `200, but not the documented JSON: an HTML page with the title "Sign in – Acme"`, "a login page", "address of the website"},
		"website":                       {200, "<html><title>Acme University</title></html>", nil, "Acme University", "website or a proxy", "IBLAI_BASE_URL"},
		"another program":               {200, `{"status": "healthy"}`, nil, "200, but not the documented JSON", "another program", "IBLAI_BASE_URL"},
		"empty":                         {200, "", nil, "200, but not the documented JSON: an empty body", "empty, incomplete", "proxy"},
		"incomplete":                    {200, `{"count": 1, "resu`, nil, "18 bytes", "incomplete", "proxy"},
		"unknown address":               {404, "<h1>Not Found</h1>", nil, "404 Not Found: an HTML page", "does not know this path", "/dm"},
		"gateway's 404":                 {404, `{"message": "no Route matched"}`, nil, "404 Not Found", "does not know this path", "/dm"},
		"redirect to a login page":      {302, "", []string{"Location", "https://login.acme.example/sso?key=" + testKey}, "redirected to https://login.acme.example/sso", "a website with a login page", "without a redirect"},
		"redirect nowhere":              {301, "", nil, "redirected to an invalid address", "The base URL is wrong", "without a redirect"},
		"proxy wants a user":            {407, "", nil, "407 Proxy Authentication Required: an empty body", "user name and a password", "HTTPS_PROXY"},
		"method":                        {405, `{"message": "GET only"}`, nil, "405 Method Not Allowed", "only allows reading", "operators"},
		"too many":                      {429, `{"detail": "Request was throttled. Expected available in 60 seconds."}`, []string{"Retry-After", "60"}, "429 Too Many Requests: Request was throttled.", "how long to wait: 60 (seconds", "Wait"},
		"too many, without Retry-After": {429, "slow down", nil, "429 Too Many Requests: 9 bytes", "does not say how long", "Wait"},
		"gateway":                       {502, badGateway, nil, `502 Bad Gateway: an HTML page with the title "502 Bad Gateway"`, "load balancer", "in a minute"},
		"unavailable":                   {503, "", nil, "503 Service Unavailable: an empty body", "load balancer", "in a minute"},
		"gateway timeout":               {504, badGateway, nil, "504 Gateway Timeout", "load balancer", "in a minute"},
		"service fails":                 {500, `{"detail": "A server error occurred.\u001b[2J"}`, []string{"X-Request-Id", "r-17"}, "500 Internal Server Error: A server error occurred. [2J", "service failed", "id is r-17"},
		"something else":                {418, "short and stout", nil, "418 I'm a teapot: 15 bytes", "rejects", "operators"},
		"hostile":                       {404, "<title>\x1b[2J" + strings.Repeat("!", 70) + testKey + strings.Repeat("!", 200) + "</title>", nil, "…", "does not know", "IBLAI_BASE_URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				assert.Empty(t, r.Header.Get("Authorization"))
				return respond(r, test.status, test.body, test.header...), nil
			}), "https://ibl.example")
			f := e.find(t, checkService)
			assert.Equal(t, Failed, e.Verdict)
			assert.Equal(t, Failed, f.Status, e.text)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, 1, e.count(Failed), e.text)
			assert.Contains(t, e.find(t, checkPageSize).Found, notRun)
			assert.Equal(t, 1, strings.Count(e.text, notRun), "one row represents all checks that did not run")
		})
	}
}

// A proxy that rejects requests without a key may forward requests with a key.
func TestProxyRequiresKey(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") == "" {
			return respond(r, http.StatusForbidden, "<title>Forbidden</title>"), nil
		}
		return base.RoundTrip(r)
	}), newSandbox(t).URL)
	assert.NotEqual(t, Failed, e.Verdict)
	assert.Equal(t, Warning, e.find(t, checkService).Status)
	assert.Equal(t, OK, e.find(t, checkKey).Status)
}

// Until the service itself has responded, the advice is to check the base URL.
func TestUnconfirmedService(t *testing.T) {
	t.Parallel()
	for status, body := range map[int]string{404: "<h1>Not Found</h1>", 200: "<title>Acme</title>", 302: ""} {
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("Authorization") == "" {
				return respond(r, http.StatusUnauthorized, "<title>Unauthorized</title>"), nil
			}
			return respond(r, status, body), nil
		}), "https://ibl.example")
		assert.Contains(t, e.find(t, checkKey).Advice, "IBLAI_BASE_URL", status)
	}
}

// The documentation's mock server requires no key.
func TestMockServer(t *testing.T) {
	t.Parallel()
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, `{"count": 0, "next": null, "previous": null, "results": []}`), nil
	}), "https://docs.example/_mock")
	f := e.find(t, checkService)
	assert.Equal(t, Warning, f.Status)
	assert.Equal(t, "responds 200 without a key", f.Found)
	assert.Equal(t, OK, e.find(t, checkKey).Status)
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
			assert.Equal(t, Failed, f.Status)
			assert.Equal(t, "Set IBLAI_BASE_URL to "+test.better+", where the service responds.", f.Advice)
			assert.Equal(t, Failed, e.Verdict)
			assert.Equal(t, Skipped, e.find(t, checkKey).Status)
		})
	}
	e := examine(t, newTransport(t), gateway.URL+"/dm")
	assert.Equal(t, OK, e.find(t, checkService).Status)
	assert.Equal(t, OK, e.find(t, checkKey).Status)
}
