package control

import (
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHosts(t *testing.T) {
	t.Parallel()
	s := start(t, func(o *Options) { o.Hosts = []string{"Sandbox.test", "192.0.2.7"} })
	for host, known := range map[string]bool{
		"":                       true, // the header is not changed
		"localhost":              true,
		"LOCALHOST:8765":         true,
		"127.0.0.1":              true,
		"127.1.2.3:80":           true,
		"[::1]:8765":             true,
		"[::1]":                  true,
		"[::ffff:127.0.0.1]":     true,
		"sandbox.test:443":       true,
		"SANDBOX.TEST":           true,
		"192.0.2.7:8765":         true,
		"evil.example":           false,
		"localhost.evil.example": false,
		"evil.localhost":         false,
		"127.0.0.1.evil.example": false,
		"127.0.0.1:80:80":        false,
		"192.0.2.8":              false,
		"0.0.0.0:8765":           false,
		"10.0.0.1":               false,
		"2130706433":             false,
		"0x7f000001":             false,
		"127.1":                  false,
		"user@localhost":         false,
	} {
		for _, path := range []string{"/", "/_sandbox/status"} {
			a := s.do(t, http.MethodGet, path, "", "Host", host)
			if known {
				assert.Equal(t, http.StatusOK, a.status, "%s %s", host, path)
			} else {
				assert.Equal(t, http.StatusForbidden, a.status, "%s %s", host, path)
				assert.Contains(t, a.reason(t), "-host NAME")
				assert.NotContains(t, a.body, "api_key")
			}
		}
	}
	// The platform's API needs a key, so it accepts any host, as it does behind
	// a proxy.
	a := s.do(t, http.MethodGet, "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", "", "Host", "evil.example")
	assert.Equal(t, http.StatusUnauthorized, a.status)
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	s := start(t)
	host := s.url[len("http://"):]
	for name, test := range map[string]struct {
		headers []string
		status  int
	}{
		"none":                            {nil, http.StatusOK},
		"same":                            {[]string{"Origin", s.url}, http.StatusOK},
		"same, by fetch":                  {[]string{"Origin", s.url, "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		"typed in":                        {[]string{"Sec-Fetch-Site", "none"}, http.StatusOK},
		"localhost":                       {[]string{"Origin", "http://localhost:80", "Host", "localhost:80"}, http.StatusOK},
		"another":                         {[]string{"Origin", "http://evil.example"}, http.StatusForbidden},
		"another port":                    {[]string{"Origin", "http://127.0.0.1:1"}, http.StatusForbidden},
		"another name":                    {[]string{"Origin", "http://localhost:80"}, http.StatusForbidden},
		"null":                            {[]string{"Origin", "null"}, http.StatusForbidden},
		"nonsense":                        {[]string{"Origin", "http://%zz"}, http.StatusForbidden},
		"user":                            {[]string{"Origin", "http://" + host + "@evil.example"}, http.StatusForbidden},
		"cross-site":                      {[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"same-site":                       {[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"cross-site with the same origin": {[]string{"Sec-Fetch-Site", "cross-site", "Origin", s.url}, http.StatusForbidden},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			path, body := "/_sandbox/status", ""
			if method == http.MethodPost {
				path, body = "/_sandbox/reset", "{}"
			}
			a := s.do(t, method, path, body, test.headers...)
			assert.Equal(t, test.status, a.status, name)
			assert.Empty(t, a.header.Get("Access-Control-Allow-Origin"), name)
			if test.status != http.StatusOK {
				assert.Contains(t, a.reason(t), "not allowed to use", name)
			}
		}
	}
}

// Links to the console work. Other pages can neither embed it nor send it
// requests.
func TestNavigation(t *testing.T) {
	t.Parallel()
	s := start(t)
	navigation := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}
	assert.Equal(t, http.StatusOK, s.do(t, http.MethodGet, "/", "", navigation...).status)
	assert.Equal(t, http.StatusForbidden, s.do(t, http.MethodGet, "/_sandbox/status", "", navigation...).status)
	assert.Equal(t, http.StatusForbidden, s.do(t, http.MethodPost, "/", "", navigation...).status)
	for header, value := range map[string]string{"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "iframe"} {
		assert.Equal(t, http.StatusForbidden, s.do(t, http.MethodGet, "/", "", append(navigation, header, value)...).status)
	}
}

// The address that a request arrived at is accepted as its Host.
func TestLocalAddress(t *testing.T) {
	t.Parallel()
	address := nonLoopbackAddress(t)
	s := startOn(t, listenOn(t, address))
	assert.Equal(t, http.StatusOK, s.do(t, http.MethodGet, "/_sandbox/status", "").status)
	assert.Equal(t, http.StatusForbidden, s.do(t, http.MethodGet, "/_sandbox/status", "", "Host", "192.0.2.7").status)
}

// nonLoopbackAddress returns an address of this machine that is not a loopback
// address.
func nonLoopbackAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() && network.IP.To4() != nil {
			return network.IP.String()
		}
	}
	t.Skip("this machine has only loopback addresses")
	return ""
}
