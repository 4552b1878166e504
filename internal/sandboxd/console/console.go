// Package console serves the web page for observing and controlling a sandbox.
// Its scripts are ES modules, which are served without a build step.
package console

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
)

//go:embed assets
var assets embed.FS

// contentPolicy allows only scripts and connections of the page's own server,
// and prevents other pages from embedding it.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// mediaTypes are the media types of the files. The operating system's
// configuration could have other types.
var mediaTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// Register adds the routes of the page, at /, and of its files, below
// /_sandbox/console/.
func Register(mux *http.ServeMux) error {
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return err
	}
	entries, err := fs.ReadDir(files, ".")
	for _, entry := range entries {
		pattern := "GET /_sandbox/console/" + entry.Name()
		if entry.Name() == "index.html" {
			pattern = "GET /{$}"
		}
		handler, err := serveFile(files, entry.Name())
		if err != nil {
			return err
		}
		mux.HandleFunc(pattern, handler)
	}
	return err
}

// serveFile returns a handler that serves a file. Browsers revalidate the file
// each time, so a cached console is never used with a newer sandbox.
func serveFile(files fs.FS, name string) (http.HandlerFunc, error) {
	text, err := fs.ReadFile(files, name)
	sum := sha256.Sum256(text)
	etag := `"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`
	return func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentPolicy)
		header.Set("Content-Type", mediaTypes[path.Ext(name)])
		header.Set("Cache-Control", "no-cache")
		header.Set("ETag", etag)
		http.ServeFileFS(w, r, files, name)
	}, err
}
