package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed console
var consoleFiles embed.FS

// consolePath is where the page finds what it needs.
const consolePath = reserved + "console/"

// contentPolicy lets the page run its own scripts only, talk to its own server
// only, and be in no other page.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// mediaTypes are those of the console's files, whatever the machine has to say.
var mediaTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".png":  "image/png",
	".svg":  "image/svg+xml",
}

// An asset is a file of the console.
type asset struct {
	text      []byte
	mediaType string
	etag      string
}

// loadConsole reads the files, by the paths that they are served at.
func loadConsole() (map[string]asset, error) {
	assets := map[string]asset{}
	err := fs.WalkDir(consoleFiles, "console", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := consoleFiles.ReadFile(name)
		sum := sha256.Sum256(text)
		a := asset{text, mediaTypes[path.Ext(name)], `"` + base64.RawURLEncoding.EncodeToString(sum[:]) + `"`}
		if name == "console/index.html" {
			assets["/"] = a
		} else {
			assets[consolePath+strings.TrimPrefix(name, "console/")] = a
		}
		return err
	})
	return assets, err
}

// ServeHTTP sends the file. Browsers ask whether it has changed each time, so that
// a new sandbox is never shown by an old console.
func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", contentPolicy)
	header.Set("Content-Type", a.mediaType)
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", a.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.text))
}
