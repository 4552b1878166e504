package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestPageSize(t *testing.T) {
	t.Parallel()
	var mentors []sandbox.Option
	for range 12 {
		mentors = append(mentors, sandbox.WithMentor(testOrg, client.Mentor{}))
	}
	base := newTransport(t)
	address := newSandbox(t, append(mentors, sandbox.WithPageSize(2, 5))...).URL
	two := newSandbox(t).URL

	e := examine(t, base, address)
	assert.Equal(t, "at most 5 items a page; 1000 were asked for", e.find(t, checkPageSize).Found)
	assert.Equal(t, ok, e.find(t, checkPageSize).Status)

	e = examine(t, base, two)
	assert.Equal(t, "all 2 items came on one page, so the maximum is not seen", e.find(t, checkPageSize).Found)

	withoutPageSize := roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page_size=", "size=", 1)
		return base.RoundTrip(r)
	})
	e = examine(t, withoutPageSize, address)
	assert.Equal(t, "2 items came where one was asked for", e.find(t, checkPageSize).Found)
	assert.Equal(t, warning, e.find(t, checkPageSize).Status)
	assert.Equal(t, exitOK, e.code)

	tooMuch := roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.RawQuery, "page_size=1000") {
			return answer(r, http.StatusGatewayTimeout, badGateway), nil
		}
		return base.RoundTrip(r)
	})
	e = examine(t, tooMuch, address)
	assert.Contains(t, e.find(t, checkPageSize).Found, "504 Gateway Timeout")
	assert.Equal(t, exitFailed, e.code)
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	const path = "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/?page=2&token=" + testSecret
	for name, test := range map[string]struct {
		next    string
		status  status
		found   string
		meaning string
	}{
		"as it should be": {address + path, ok, "at the base URL", ""},
		"another host":    {"http://django:8000" + path, warning, "at another address than the base URL: http://django:8000/api", "The SDK takes only the query from it."},
		"another scheme":  {strings.Replace(address, "http:", "https:", 1) + path, warning, "at another address than the base URL: https://127", "does not know its own address"},
		"relative":        {path, warning, "the address of the next page is none", "absolute URL"},
		"not a URL":       {"http://[", warning, "the address of the next page is none", "absolute URL"},
		"not sent":        {"", skipped, "no list has a second page", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frame := fmt.Sprintf(`{"count":2,"next":%q,"previous":null,"results":[{}]}`, test.next)
			e := examine(t, rewriting(base, "/periodic-agents/", func(string) string { return frame }), address)
			f := e.find(t, checkNext)
			assert.Equal(t, test.status, f.Status)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Equal(t, exitOK, e.code, e.text)
		})
	}
}

// Behind TLS, an address without it would have other programs send the key in
// clear.
func TestNextPageLeavesTLS(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	host := strings.TrimPrefix(newSandbox(t).URL, "http://")
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Scheme = "http" // as the proxy in front speaks to the service
		return base.RoundTrip(r)
	}), "https://"+host)
	f := e.find(t, checkNext)
	assert.Equal(t, warning, f.Status)
	assert.Contains(t, f.Found, "http://"+host)
	assert.Contains(t, f.Meaning, "unencrypted")
}
