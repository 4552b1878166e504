package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// A 404 is the service's own if it has the form of Django REST Framework's.
func TestNotFoundIsBelievedFromTheServiceOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		contentType, body string
		fromService       bool
	}{
		{"application/json", `{"detail": "Not found."}`, true},
		{"application/json", `{"detail": "No PeriodicAgent matches the given query."}`, true},
		{"application/json", `{"detail": "Invalid page.", "code": "not_found"}`, true},
		{"", `{"detail": "Not found."}`, true},
		{"text/plain; charset=utf-8", "default backend - 404", false},
		{"text/html", "<html><center><h1>404 Not Found</h1></center></html>", false},
		{"application/json", "", false},
		{"application/json", `{}`, false},
		{"application/json", `null`, false},
		{"application/json", `"detail"`, false},
		{"application/json", `["Not found."]`, false},
		{"application/json", `[{"detail": "Not found."}]`, false},
		{"application/json", `{"detail": ""}`, false},
		{"application/json", `{"detail": null}`, false},
		{"application/json", `{"detail": {"detail": "Not found."}}`, false},
		{"application/json", `{"message": "no Route matched with those values"}`, false},
		{"application/json", `{"error": {"detail": "Not found."}}`, false},
		{"application/json", `{"detail": "Not fou`, false},
		{"application/json", `{"detail": "Not found."} <html>`, false},
		{"application/problem+json", `{"title": "Not Found", "detail": "No such route."}`, false},
	} {
		c2 := newClient(t, retries(1), roundTrip(func(r *http.Request) (*http.Response, error) {
			return respondWith(r, http.StatusNotFound, c.body, "Content-Type", c.contentType), nil
		}))
		for _, op := range operations(t) {
			err := op.call(t.Context(), c2)
			failure := requireError(t, err)
			assert.Equal(t, c.fromService, failure.FromService, c.body)
			if c.fromService {
				require.ErrorIs(t, err, client.ErrNotFound, "%s: %s", op.name, c.body)
				require.NotErrorIs(t, err, client.ErrNotFromService, c.body)
				continue
			}
			require.ErrorIs(t, err, client.ErrNotFromService, "%s: %s", op.name, c.body)
			require.NotErrorIs(t, err, client.ErrNotFound, c.body)
			assert.ErrorContains(t, err, "a proxy says that there is nothing here")
		}
	}
}

// A small WithMaxErrorBody does not change the judgement.
func TestNotFoundWithSmallMaxErrorBody(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.WithMaxErrorBody(3), roundTrip(func(r *http.Request) (*http.Response, error) { return notFound(r), nil }))
	_, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.ErrorIs(t, err, client.ErrNotFound)
	assert.Equal(t, `{"d`, string(requireError(t, err).Body))
}

// A proxy that loses the service for a moment does not end an iteration.
func TestProxyNotFoundDoesNotEndAll(t *testing.T) {
	t.Parallel()
	for _, prefetch := range []int{0, 4} {
		for _, failures := range []int{1, 100} {
			t.Run(fmt.Sprintf("%d failures, %d ahead", failures, prefetch), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					failed := make(chan struct{}, failures)
					c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
						if r.URL.Query().Get("page") != "2" {
							return respond(r, http.StatusOK, `{"count": 4, "next": "http://x/?page=2", "previous": null, "results": [{"id": 1}, {"id": 2}]}`), nil
						}
						select {
						case failed <- struct{}{}:
							return respondWith(r, http.StatusNotFound, "default backend - 404", "Content-Type", "text/plain"), nil
						default:
							return respond(r, http.StatusOK, `{"count": 4, "next": null, "previous": null, "results": [{"id": 3}, {"id": 4}]}`), nil
						}
					}))
					agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(prefetch)), 10)
					if failures == 1 {
						require.NoError(t, err)
						assert.Len(t, agents, 4)
						return
					}
					require.ErrorIs(t, err, client.ErrNotFromService, "two of four items are no list")
					assert.Len(t, agents, 2)
				})
			})
		}
	}
}

// A proxy's 404 after a DELETE does not prove that the object is gone.
func TestProxyNotFoundAfterDelete(t *testing.T) {
	t.Parallel()
	ingress := func(r *http.Request) *http.Response {
		return respondWith(r, http.StatusNotFound, "default backend - 404", "Content-Type", "text/plain")
	}
	for _, op := range operations(t) {
		if !op.isDelete() {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			s, c := newScriptedClient(t, status(502), ingress)
			err := op.call(t.Context(), c)
			require.ErrorIs(t, err, client.ErrNotFromService, op.name)
			assert.Len(t, s.sentAt, 4, "it is retried, since only the service knows")

			_, c = newScriptedClient(t, status(502), ingress, notFound)
			require.NoError(t, op.call(t.Context(), c), op.name)
		})
	}
}

// What is built from an error response is bounded, whatever its body.
func TestErrorBodyIsBounded(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("n", 100<<10)
	leaves := strings.TrimSuffix(strings.Repeat(`["x"],`, 2000), ",")
	for what, body := range map[string]string{
		"a long name over many leaves": `{"` + name + `": [` + leaves + `]}`,
		"deep nesting":                 strings.Repeat(`{"a":`, 5000) + `"x"` + strings.Repeat("}", 5000),
		"deep arrays":                  strings.Repeat(`[`, 5000) + `"x"` + strings.Repeat("]", 5000),
		"many fields":                  `{` + strings.TrimSuffix(strings.Repeat(`"field": ["This field is required."], "other": ["x"],`, 5000), ",") + `}`,
		"many messages":                `{"field": [` + strings.TrimSuffix(strings.Repeat(`"x",`, 100_000), ",") + `]}`,
		"long messages":                `{"field": [` + strings.TrimSuffix(strings.Repeat(`"`+name+`",`, 8), ",") + `]}`,
		"a long detail":                `{"detail": "` + name + `"}`,
	} {
		err := errorFor(t, http.StatusBadRequest, body)
		assert.Less(t, len(err.Error()), 10<<10, what)
		kept := len(err.Message)
		for _, field := range err.Fields {
			assert.LessOrEqual(t, len(field.Path), 256, what)
			kept += len(field.Path)
			for _, message := range field.Messages {
				assert.LessOrEqual(t, len(message), 16<<10, what)
				kept += len(message)
			}
		}
		assert.LessOrEqual(t, kept, 256<<10, what)
		assert.LessOrEqual(t, len(err.Fields), 200, what)
	}
}

// A page of millions of empty items is refused before it takes much more memory
// than its body.
func TestSuccessBodyIsBounded(t *testing.T) {
	t.Parallel()
	list := func(item string) string { return strings.TrimSuffix(strings.Repeat(item+",", (1<<20)/len(item)), ",") }
	for name, items := range map[string]string{
		"items":          list(`{"id":1}`),
		"unknown fields": list(`{"id":1,"a":1}`),
		"nested items":   `{"id":1,"mentor":{"mcp_servers":[` + list(`{}`) + `]}}`,
	} {
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return respond(r, http.StatusOK, `{"count": 1, "next": null, "previous": null, "results": [`+items+`]}`), nil
		}))
		_, err := c.PeriodicAgents.List(t.Context(), nil)
		failure, ok := errors.AsType[*client.DecodeError](err)
		require.True(t, ok, "%s: %v", name, err)
		assert.ErrorContains(t, failure, "16 times", name)
	}
}
