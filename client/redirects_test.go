package client_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

var redirects = []int{301, 302, 303, 307, 308}

// changesMethod reports whether net/http changes the method to GET after this
// redirect.
func changesMethod(status int, op operation) bool {
	return status < 304 && op.method != http.MethodGet && op.method != http.MethodHead
}

func redirectTo(status int, location func(*http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", location(r))
		w.WriteHeader(status)
	}
}

// target is the target of a redirect that must not be followed.
type target struct {
	name     string
	location func(thief string) string
}

func targets() []target {
	return []target{
		{"another port", func(thief string) string { return thief + "/api/" }},
		{"another name of the host", func(thief string) string { return strings.Replace(thief, "127.0.0.1", "localhost", 1) + "/api/" }},
		{"another host without a scheme", func(thief string) string { return strings.TrimPrefix(thief, "http:") + "/api/" }},
		{"another host with a user", func(thief string) string { return strings.Replace(thief, "://", "://ada:pw@", 1) }},
		{"another scheme", func(thief string) string { return strings.Replace(thief, "http:", "https:", 1) }},
		{"a scheme other than HTTP", func(string) string { return "ftp://127.0.0.1/" }},
	}
}

// A redirect sends neither the key nor a body to another origin, and never
// changes the method.
func TestRedirectsElsewhereAreNotFollowed(t *testing.T) {
	t.Parallel()
	known := operations(t)
	for _, to := range targets() {
		t.Run(to.name, func(t *testing.T) {
			t.Parallel()
			stolen := &recorder{}
			thief := httptest.NewServer(stolen.record(respondWithJSON(http.StatusOK, anySuccess)))
			t.Cleanup(thief.Close)
			for _, status := range redirects {
				seen, opts := serve(t, redirectTo(status, func(*http.Request) string { return to.location(thief.URL) }))
				c := newClient(t, append(opts, retries(attempts))...)
				for _, op := range known {
					err := op.call(t.Context(), c)
					refusal, ok := errors.AsType[*client.RedirectError](err)
					require.True(t, ok, "%s after %d: %v", op.name, status, err)
					assert.Equal(t, op.method, refusal.Method)
					assert.True(t, strings.HasPrefix(refusal.From, c.BaseURL().String()), refusal.From)
					location, parseErr := url.Parse(to.location(thief.URL))
					require.NoError(t, parseErr)
					assert.Contains(t, refusal.To, location.Host)
					assert.NotContains(t, refusal.To, "pw")
					assert.Contains(t, err.Error(), refusal.To, "the error names the target")
					assertHoldsNoSecret(t, err)
				}
				assert.Len(t, seen.all(), len(known), "a refused redirect is not retried")
			}
			assert.Empty(t, stolen.all())
		})
	}
}

func TestRedirectsOutOfTLSAreNotFollowed(t *testing.T) {
	t.Parallel()
	stolen := &recorder{}
	thief := httptest.NewServer(stolen.record(respondWithJSON(http.StatusOK, anySuccess)))
	t.Cleanup(thief.Close)
	for _, status := range redirects {
		server := httptest.NewTLSServer(redirectTo(status, func(*http.Request) string { return thief.URL }))
		c := newClient(t, connect(t, server)...)
		for _, op := range operations(t) {
			err := op.call(t.Context(), c)
			refusal, ok := errors.AsType[*client.RedirectError](err)
			require.True(t, ok, "%s after %d: %v", op.name, status, err)
			assert.Contains(t, refusal.Reason, "TLS")
		}
	}
	assert.Empty(t, stolen.all())
}

// A redirect within the service is followed if it keeps the method.
func TestRedirectsToTheSameService(t *testing.T) {
	t.Parallel()
	known := operations(t)
	for _, status := range redirects {
		for _, absolute := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d absolute %t", status, absolute), func(t *testing.T) {
				t.Parallel()
				for _, op := range known {
					testRedirectWithin(t, op, status, absolute)
				}
			})
		}
	}
}

func testRedirectWithin(t *testing.T, op operation, status int, absolute bool) {
	t.Helper()
	seen, opts := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/new/") {
			respondWithJSON(http.StatusOK, anySuccess)(w, r)
			return
		}
		redirectTo(status, func(r *http.Request) string {
			if absolute {
				return "http://" + r.Host + r.URL.Path + "new/"
			}
			return r.URL.Path + "new/"
		})(w, r)
	})
	err := op.call(t.Context(), newClient(t, opts...))
	requests := seen.all()
	if changesMethod(status, op) {
		refusal, ok := errors.AsType[*client.RedirectError](err)
		require.True(t, ok, "%s: %v", op.name, err)
		assert.Contains(t, refusal.Reason, "would change "+op.method+" to GET")
		require.Len(t, requests, 1, op.name)
		return
	}
	require.NoError(t, err, op.name)
	require.Len(t, requests, 2, op.name)
	assert.Equal(t, op.method, requests[1].method)
	assert.Equal(t, requests[0].body, requests[1].body)
	assert.Equal(t, requests[0].header.Get("Authorization"), requests[1].header.Get("Authorization"))
}

// Two origins are the same regardless of case and of the scheme's default port.
func TestSameOriginInOtherSpellings(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"https://base.manager.iblai.app:443/new/", "https://BASE.manager.iblai.app/new/", "HTTPS://base.manager.iblai.app/new/"} {
		sent := 0
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				return respondWith(r, http.StatusPermanentRedirect, "", "Location", location), nil
			}
			assert.Equal(t, "Api-Token "+testKey, r.Header.Get("Authorization"))
			return respond(r, http.StatusOK, anySuccess), nil
		}))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.NoError(t, err, location)
		assert.Equal(t, 2, sent)
	}
}

func TestRedirectLoopsEnd(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		hops := 0
		seen, opts := serve(t, redirectTo(http.StatusPermanentRedirect, func(*http.Request) string {
			hops++
			return "/loop/" + strconv.Itoa(hops%2) + "/"
		}))
		err := op.call(t.Context(), newClient(t, append(opts, retries(attempts))...))
		refusal, ok := errors.AsType[*client.RedirectError](err)
		require.True(t, ok, "%s: %v", op.name, err)
		assert.Contains(t, refusal.Reason, "10 redirects")
		assert.Len(t, seen.all(), 10, "a loop is not retried")
	}
}

func TestRedirectsWithoutLocation(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for _, status := range redirects {
			seen, opts := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
			err := op.call(t.Context(), newClient(t, append(opts, retries(attempts))...))
			require.Error(t, err, "%s after %d", op.name, status)
			assert.ErrorContains(t, err, "check the base URL", "%s after %d", op.name, status)
			assert.Len(t, seen.all(), 1, "%s after %d is not retried", op.name, status)
		}
	}
}

func TestRedirectsWithMalformedLocation(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		for _, location := range []string{"http://[::1", "%zz", ":", "http://a b/"} {
			_, opts := serve(t, redirectTo(http.StatusPermanentRedirect, func(*http.Request) string { return location }))
			err := op.call(t.Context(), newClient(t, append(opts, retries(1))...))
			isTransportError(t, op, err)
			assertHoldsNoSecret(t, err)
		}
	}
}

// The program's CheckRedirect is called for redirects that the client accepts.
func TestCheckRedirectOfTheProgram(t *testing.T) {
	t.Parallel()
	no := errors.New("not here")
	called := 0
	transport := roundTripFunc(func(r *http.Request) (*http.Response, error) {
		return respondWith(r, http.StatusFound, "", "Location", "/elsewhere/"), nil
	})
	theirs := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		called++
		return no
	}}
	c := newClient(t, client.WithHTTPClient(theirs))
	_, err := c.PeriodicAgents.Get(t.Context(), 1, retries(1))
	require.ErrorIs(t, err, no)
	require.Error(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.Equal(t, 1, called, "redirects that the client refuses are not passed on")

	theirs.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, err = newClient(t, client.WithHTTPClient(theirs)).PeriodicAgents.Get(t.Context(), 1)
	assert.Equal(t, http.StatusFound, requireError(t, err).StatusCode)
}

// The key is not sent to another host even if the program's CheckRedirect points
// the request there.
func TestCheckRedirectCannotSendTheKeyElsewhere(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		sent, closed := 0, 0
		transport := roundTripFunc(func(r *http.Request) (*http.Response, error) {
			sent++
			assert.Equal(t, "base.manager.iblai.app", r.URL.Host)
			return respondWith(r, http.StatusPermanentRedirect, "", "Location", "/elsewhere/"), nil
		})
		theirs := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
			next.URL.Host = "thief.example.com"
			if next.Body != nil {
				next.Body = closeFunc{next.Body, func() { closed++ }}
			} else {
				closed++
			}
			return nil
		}}
		err := op.call(t.Context(), newClient(t, client.WithHTTPClient(theirs), retries(attempts)))
		refusal, ok := errors.AsType[*client.RedirectError](err)
		require.True(t, ok, "%s: %v", op.name, err)
		assert.Contains(t, refusal.To, "thief.example.com")
		assert.Contains(t, refusal.Reason, "CheckRedirect")
		assertHoldsNoSecret(t, err)
		assert.Equal(t, 1, sent, "it is not retried")
		assert.Equal(t, 1, closed, "the body is closed")
	}
}

// closeFunc is a body that calls a function when it is closed.
type closeFunc struct {
	io.Reader

	closed func()
}

func (c closeFunc) Close() error {
	c.closed()
	return nil
}
