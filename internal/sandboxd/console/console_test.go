package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

func TestConsole(t *testing.T) {
	t.Parallel()
	s := start(t)
	assets, err := loadConsole()
	require.NoError(t, err)
	require.Contains(t, assets, "/")
	for path, file := range assets {
		assert.NotEmpty(t, file.mediaType, "%s: its type must be in mediaTypes", path)
		a := s.ask(t, http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, a.status, path)
		assert.Equal(t, string(file.text), a.body, path)
		for name, want := range map[string]string{
			"Content-Security-Policy":      policy,
			"Content-Type":                 file.mediaType,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin",
			"Cache-Control":                "no-cache",
		} {
			assert.Equal(t, want, a.header.Get(name), "%s %s", path, name)
		}
		again := s.ask(t, http.MethodGet, path, "", "If-None-Match", a.header.Get("ETag"))
		assert.Equal(t, http.StatusNotModified, again.status, path)
		assert.Equal(t, http.StatusOK, s.ask(t, http.MethodGet, path, "", "If-None-Match", `"another"`).status, path)
		assert.Empty(t, s.ask(t, http.MethodHead, path, "").body)
		assert.Equal(t, http.StatusMethodNotAllowed, s.ask(t, http.MethodPost, path, "{}").status, path)
	}
	page := s.ask(t, http.MethodGet, "/?agent=1", "")
	assert.Contains(t, page.body, "<title>ibl.ai sandbox</title>")
}

// What the control API answers is kept nowhere, and read as nothing else.
func TestHeadersOfAnswers(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, a := range []answer{
		s.ask(t, http.MethodGet, "/_sandbox/status", ""),
		s.ask(t, http.MethodGet, "/_sandbox/openapi.yaml", ""),
		s.ask(t, http.MethodGet, "/_sandbox/nothing", ""),
		s.ask(t, http.MethodGet, "/_sandbox/status", "", "Host", "evil.example"),
		s.ask(t, http.MethodPost, "/_sandbox/status", ""),
		s.ask(t, http.MethodPost, "/_sandbox/clock", "nonsense"),
	} {
		assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		assert.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"))
		assert.Equal(t, "same-origin", a.header.Get("Cross-Origin-Resource-Policy"))
	}
}
