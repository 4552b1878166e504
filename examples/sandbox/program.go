package main

import (
	"log/slog"
	"net/http"
	"strings"
)

// reserved is the one path that is the program's and not the platform's, besides
// the console's page at the root.
const reserved = "/_sandbox/"

// aside is the platform once more: for the console, which must neither use up faults
// nor fill the journal.
const aside = reserved + "api/"

// A program is all that is served.
type program struct {
	*platform

	guard  guard
	routes []route
	url    string
	assets map[string]asset
	logger *slog.Logger
}

// ServeHTTP answers as the platform, but for the console and the control API.
func (p *program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	isOurs := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, reserved)
	handler := p.serveOurs
	if !isOurs {
		handler = p.current.Load().ServeHTTP
	}
	if isOurs && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		handler(w, r) // unlogged: an open console asks much
		return
	}
	p.log(w, r, handler)
}

// serveOurs answers for the console and the control API.
func (p *program) serveOurs(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	if refusal := p.guard.refusal(r); refusal != "" {
		writeJSON(w, http.StatusForbidden, errorBody{refusal})
		return
	}
	if strings.HasPrefix(r.URL.Path, aside) {
		http.StripPrefix(strings.TrimSuffix(reserved, "/"), p.current.Load().BypassHandler()).ServeHTTP(w, r)
		return
	}
	p.control(w, r)
}
