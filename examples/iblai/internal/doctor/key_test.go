package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
)

func TestKey(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		word   string
		status status
		advice string
	}{
		"default":   {"Api-Token ", ok, ""},
		"Token":     {"Token ", warning, `client.WithAuthScheme("Token")`},
		"Bearer":    {"Bearer ", warning, `client.WithAuthScheme("Bearer")`},
		"Api-Key":   {"Api-Key ", warning, `client.WithAuthScheme("Api-Key")`},
		"bare key":  {"", warning, `client.WithAuthScheme("")`},
		"none does": {"Basic ", failed, "Copy the key again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A deployment that takes the key after this word only.
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(r.Context())
				switch r.Header.Get("Authorization") {
				case test.word + testKey:
					r.Header.Set("Authorization", "Api-Token "+testKey)
				default:
					r.Header.Del("Authorization")
				}
				return base.RoundTrip(r)
			}), address)
			f := e.find(t, checkKey)
			assert.Equal(t, test.status, f.Status, e.text)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, test.status == failed, e.code == exitFailed)
			if test.status == failed {
				assert.Equal(t, []string{"Tried with the words Api-Token, Token, Bearer, Api-Key, and without one."}, f.Details)
				assert.Equal(t, skipped, e.find(t, checkAccount).Status)
			} else {
				assert.Equal(t, ok, e.find(t, checkRole).Status, "the rest goes on with that word")
			}
		})
	}
}

func TestKeyOfAnotherShape(t *testing.T) {
	t.Parallel()
	env := environment(newSandbox(t).URL)
	env[client.EnvAPIKey] = testKey[:40]
	e, printed := runDoctor(t.Context(), newTransport(t), env)
	assert.Equal(t, exitFailed, e.code)
	assert.Contains(t, printed, "401 Unauthorized: Invalid token.")
	assert.Contains(t, printed, "64 hex digits")
	assert.NotContains(t, printed, testKey[:40])
}

// Who answers a request with the key otherwise than the service does has not
// accepted it.
func TestKeyIsNotJudged(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		status int
		body   string
		why    string
	}{
		"gateway":  {502, badGateway, "it is not known whether the key is accepted"},
		"website":  {200, signInPage, "it is not known whether the key is accepted"},
		"too many": {429, "", "the service asked to wait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				if r.Header.Get("Authorization") != "" {
					return answer(r, test.status, test.body), nil
				}
				return base.RoundTrip(r)
			}), address)
			assert.Equal(t, failed, e.find(t, checkKey).Status)
			assert.Equal(t, "not tried: "+test.why, e.find(t, checkRole).Found)
			assert.Equal(t, exitFailed, e.code)
		})
	}
}
