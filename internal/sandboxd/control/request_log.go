package main

import (
	"io"
	"log/slog"
	"net/http"
	"time"
)

// newLogger logs requests as text or as JSON, or not at all.
func newLogger(style string, w io.Writer) *slog.Logger {
	switch style {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil))
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.DiscardHandler)
}

// log tells how a request was answered, with nothing of what is secret: no query, no
// header, no body.
func (p *program) log(w http.ResponseWriter, r *http.Request, handler http.HandlerFunc) {
	begin := time.Now()
	watched := &watchedWriter{ResponseWriter: w, status: http.StatusOK}
	defer func() { // faults break answers off with a panic
		p.logger.InfoContext(r.Context(), "request",
			"method", r.Method, "path", r.URL.Path, "status", watched.status, "duration", time.Since(begin).Round(time.Microsecond))
	}()
	handler(watched, r)
}

// A watchedWriter knows the status of the answer.
type watchedWriter struct {
	http.ResponseWriter

	status int
}

func (w *watchedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
