package console

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

func TestConsole(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	require.NoError(t, Register(mux))
	serve := func(method, target, ifNoneMatch string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
		request.Header.Set("If-None-Match", ifNoneMatch)
		response := httptest.NewRecorder()
		mux.ServeHTTP(response, request)
		return response
	}
	require.NoError(t, fs.WalkDir(assets, "assets", func(name string, entry fs.DirEntry, err error) error {
		if entry.IsDir() {
			return err
		}
		text, err := assets.ReadFile(name)
		path := "/_sandbox/console/" + entry.Name()
		if entry.Name() == "index.html" {
			path = "/"
		}
		response := serve(http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, response.Code, path)
		assert.Equal(t, string(text), response.Body.String(), path)
		assert.NotEmpty(t, response.Header().Get("Content-Type"), "%s: mediaTypes must have its type", path)
		assert.Equal(t, policy, response.Header().Get("Content-Security-Policy"), path)
		assert.Equal(t, "no-cache", response.Header().Get("Cache-Control"), path)
		assert.Equal(t, http.StatusNotModified, serve(http.MethodGet, path, response.Header().Get("ETag")).Code, path)
		assert.Equal(t, http.StatusOK, serve(http.MethodGet, path, `"another"`).Code, path)
		assert.Empty(t, serve(http.MethodHead, path, "").Body.String())
		assert.Equal(t, http.StatusMethodNotAllowed, serve(http.MethodPost, path, "").Code, path)
		return err
	}))
	page := serve(http.MethodGet, "/?agent=1", "")
	assert.Contains(t, page.Body.String(), "<title>ibl.ai sandbox</title>")
	for _, path := range []string{"/index.html", "/_sandbox/console/", "/_sandbox/console/index.html", "/_sandbox/console/nothing.js"} {
		assert.Equal(t, http.StatusNotFound, serve(http.MethodGet, path, "").Code, path)
	}
}
