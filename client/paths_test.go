package client_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// A path argument stays one segment of the path, or nothing is sent.
func TestPathArgumentsStayOneSegment(t *testing.T) {
	t.Parallel()
	seen := &recorder{}
	server := httptest.NewServer(seen.record(respondWithJSON(http.StatusOK, anySuccess)))
	t.Cleanup(server.Close)
	c := newClient(t, client.WithBaseURL(server.URL+"/dm"))
	refused := []string{"", ".", "..", "/", "a/b", "../x", "..\\x", `\`, "a/", "/a"}
	accepted := map[string]string{
		"%2e%2e": "%252e%252e", "%2F": "%252F", "..%2fx": "..%252fx", "a b": "a%20b", "a?b": "a%3Fb", "a#b": "a%23b", "...": "...", ".a": ".a",
		"ünï-\U0001f511": "%C3%BCn%C3%AF-%F0%9F%94%91", "a%": "a%25", "a\x00b": "a%00b", "a\nb": "a%0Ab", "a;b": "a%3Bb", "a@b.example:1": "a@b.example:1", "\xff": "%FF",
		"{id}": "%7Bid%7D", "{user_id}": "%7Buser_id%7D",
	}
	for _, call := range []func(string) error{
		func(s string) error { _, err := c.PeriodicAgents.Get(t.Context(), 7, client.WithOrg(s)); return err },
		func(s string) error {
			return c.Do(t.Context(), client.Request{
				Method: http.MethodGet, PathTemplate: "/api/ai-mentor/orgs/{x}/users/{user_id}/periodic-agents/7/", PathParams: map[string]string{"x": s},
			}, nil)
		},
	} {
		for _, argument := range refused {
			assertArgumentError(t, call(argument))
		}
		assert.Empty(t, seen.all())
		for argument, escaped := range accepted {
			require.NoError(t, call(argument), "%q", argument)
			path := seen.all()[0].path
			segments := strings.Split(path, "/")
			require.Len(t, segments, 11, path)
			assert.Equal(t, "/dm/api/ai-mentor/orgs/*/users/ada/periodic-agents/7/", strings.Replace(path, segments[5], "*", 1))
			assert.Equal(t, escaped, segments[5])
			seen.clear()
		}
	}
}

func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = nil
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	const path = "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/7/"
	for base, want := range map[string]string{
		"https://base.manager.iblai.app":        "https://base.manager.iblai.app" + path,
		"https://base.manager.iblai.app/":       "https://base.manager.iblai.app" + path,
		"https://api.iblai.app/dm":              "https://api.iblai.app/dm" + path,
		"https://api.iblai.app/dm///":           "https://api.iblai.app/dm" + path,
		"https://docs.ibl.ai/_mock/apis/ibl":    "https://docs.ibl.ai/_mock/apis/ibl" + path,
		"https://example.com:8443/a%2Fb/%C3%BC": "https://example.com:8443/a%2Fb/%C3%BC" + path,
		"http://localhost:8000":                 "http://localhost:8000" + path,
		"http://LOCALHOST":                      "http://LOCALHOST" + path,
		"http://127.0.0.1":                      "http://127.0.0.1" + path,
		"http://127.8.9.1:1":                    "http://127.8.9.1:1" + path,
		"http://[::1]:8000":                     "http://[::1]:8000" + path,
		"HTTPS://Example.com":                   "https://Example.com" + path,
	} {
		s, c := newCaptureClient(t, client.WithBaseURL(base))
		_, err := c.PeriodicAgents.Get(t.Context(), 7)
		require.NoError(t, err)
		assert.Equal(t, want, s.url.String())
		u := c.BaseURL()
		assert.Equal(t, strings.TrimSuffix(want, path), u.String())
		u.Host = "evil.example"
		assert.NotEqual(t, u.Host, c.BaseURL().Host, "BaseURL returns a copy")
	}
}

func TestDoBuildsPath(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	require.NoError(t, c.Do(t.Context(), client.Request{
		Method: http.MethodPost, PathTemplate: "/api/{org}/x/{thing}/{user_id}/{thing}/",
		PathParams: map[string]string{"thing": "a b"}, Query: map[string][]string{"q": {"1", "2&"}}, Body: []int{1},
	}, nil, client.WithQuery("r", "3")))
	assert.Equal(t, "https://base.manager.iblai.app/api/acme/x/a%20b/ada/a%20b/?q=1&q=2%26&r=3", s.url.String())
	assert.Equal(t, "[1]", s.body)
	assert.Equal(t, http.MethodPost, s.method)

	for _, method := range []string{http.MethodHead, http.MethodOptions, "PROPFIND"} {
		require.NoError(t, c.Do(t.Context(), client.Request{Method: method, PathTemplate: "/x"}, nil))
		assert.Equal(t, method, s.method)
	}
}
