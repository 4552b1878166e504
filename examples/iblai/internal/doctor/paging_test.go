package doctor

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
	assert.Equal(t, "at most 5 items on a page; 1000 were requested", e.find(t, checkPageSize).Found)
	assert.Equal(t, OK, e.find(t, checkPageSize).Status)

	e = examine(t, base, two)
	assert.Equal(t, "all 2 items fit on one page, so the maximum is unknown", e.find(t, checkPageSize).Found)

	withoutPageSize := roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page_size=", "size=", 1)
		return base.RoundTrip(r)
	})
	e = examine(t, withoutPageSize, address)
	assert.Equal(t, "a page of one item was requested, and has 2", e.find(t, checkPageSize).Found)
	assert.Equal(t, Warning, e.find(t, checkPageSize).Status)
	assert.NotEqual(t, Failed, e.Verdict)

	timeout := roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.Contains(r.URL.RawQuery, "page_size=1000") {
			return respond(r, http.StatusGatewayTimeout, badGateway), nil
		}
		return base.RoundTrip(r)
	})
	e = examine(t, timeout, address)
	assert.Contains(t, e.find(t, checkPageSize).Found, "504 Gateway Timeout")
	assert.Equal(t, Failed, e.Verdict)
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	const path = "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/?page=2&token=" + testSecret
	for name, test := range map[string]struct {
		next    string
		status  Status
		found   string
		meaning string
	}{
		"as it should be": {address + path, OK, "below the base URL", ""},
		"another host":    {"http://django:8000" + path, Warning, "not below the base URL: http://django:8000/api", "The SDK uses the URL's query only."},
		"another scheme":  {strings.Replace(address, "http:", "https:", 1) + path, Warning, "not below the base URL: https://127", "does not know its own address"},
		"relative":        {path, Warning, "the URL of the next page is invalid", "absolute URL"},
		"not a URL":       {"http://[", Warning, "the URL of the next page is invalid", "absolute URL"},
		"not sent":        {"", Skipped, "no list has a second page", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frame := fmt.Sprintf(`{"count":2,"next":%q,"previous":null,"results":[{"id":1}]}`, test.next)
			e := examine(t, rewriteBodies(base, "/periodic-agents/", func(string) string { return frame }), address)
			f := e.find(t, checkNext)
			assert.Equal(t, test.status, f.Status)
			assert.Contains(t, f.Found, test.found)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.NotEqual(t, Failed, e.Verdict, e.text)
		})
	}
}

// A program that follows a next link without TLS sends the key unencrypted.
func TestNextPageWithoutTLS(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	host := strings.TrimPrefix(newSandbox(t).URL, "http://")
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Scheme = "http" // like the proxy in front of the service
		return base.RoundTrip(r)
	}), "https://"+host)
	f := e.find(t, checkNext)
	assert.Equal(t, Warning, f.Status)
	assert.Contains(t, f.Found, "http://"+host)
	assert.Contains(t, f.Meaning, "unencrypted")
}
