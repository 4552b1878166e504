package doctor

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestKey(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		scheme string
		status Status
		advice string
	}{
		"default":   {"Api-Token ", OK, ""},
		"Token":     {"Token ", Warning, `client.WithAuthScheme("Token")`},
		"Bearer":    {"Bearer ", Warning, `client.WithAuthScheme("Bearer")`},
		"Api-Key":   {"Api-Key ", Warning, `client.WithAuthScheme("Api-Key")`},
		"bare key":  {"", Warning, `client.WithAuthScheme("")`},
		"none does": {"Basic ", Failed, "Copy the key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A deployment that accepts the key only with this scheme.
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(r.Context())
				switch r.Header.Get("Authorization") {
				case test.scheme + testKey:
					r.Header.Set("Authorization", "Api-Token "+testKey)
				default:
					r.Header.Del("Authorization")
				}
				return base.RoundTrip(r)
			}), address)
			f := e.find(t, checkKey)
			assert.Equal(t, test.status, f.Status, e.text)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, test.status == Failed, e.Verdict == Failed)
			if test.status == Failed {
				assert.Equal(t, []string{"Tried the authentication schemes Api-Token, Token, Bearer, Api-Key, and none."}, f.Details)
				assert.Equal(t, Skipped, e.find(t, checkAccount).Status)
			} else {
				assert.Equal(t, OK, e.find(t, checkRole).Status, "the other checks use that scheme")
			}
		})
	}
}

func TestKeyFormat(t *testing.T) {
	t.Parallel()
	e := examine(t, newTransport(t), newSandbox(t).URL, func(s *Settings) { s.APIKey = testKey[:40] })
	assert.Equal(t, Failed, e.Verdict)
	assert.Contains(t, e.text, "401 Unauthorized: Invalid token.")
	assert.Contains(t, e.find(t, checkKey).Meaning, "64 hexadecimal digits")
}

// Only a response of the service itself proves that the key is accepted.
func TestUncheckedKey(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		status int
		body   string
		why    string
	}{
		"gateway":  {502, badGateway, "the key could not be checked"},
		"website":  {200, loginPage, "the key could not be checked"},
		"too many": {429, "", "the service limits the rate of requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.Header.Get("Authorization") != "" {
					return respond(r, test.status, test.body), nil
				}
				return base.RoundTrip(r)
			}), address)
			assert.Equal(t, Failed, e.find(t, checkKey).Status)
			assert.Equal(t, "not run: "+test.why, e.find(t, checkRole).Found)
			assert.Equal(t, Failed, e.Verdict)
		})
	}
}

// A response that is the same without a key proves nothing about the key.
func TestResponsesThatDoNotDependOnTheKey(t *testing.T) {
	t.Parallel()
	for status, body := range map[int]string{
		http.StatusNotFound:  `{"detail":"Not found."}`,
		http.StatusForbidden: `{"detail":"You do not have permission to perform this action."}`,
	} {
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			return respond(r, status, body), nil
		}), "https://ibl.example")
		f := e.find(t, checkKey)
		assert.Equal(t, Failed, f.Status, e.text)
		assert.Contains(t, f.Advice, "IBLAI_BASE_URL")
		assert.NotContains(t, e.text, "IBLAI_ORG", status)
	}
}
