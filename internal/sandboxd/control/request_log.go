package control

import (
	"net/http"
	"time"
)

// serveLogged serves a request and logs it with the status of its response. The
// log has no query, headers or body, since they may contain secrets.
func (s *Server) serveLogged(w http.ResponseWriter, r *http.Request, handler http.HandlerFunc) {
	start := time.Now()
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	defer func() { // deferred, since faults abort responses with a panic
		s.logger.InfoContext(r.Context(), "request",
			"method", r.Method, "path", r.URL.Path, "status", recorder.status, "duration", time.Since(start).Round(time.Microsecond))
	}()
	handler(recorder, r)
}

// A statusRecorder records the status of the response.
type statusRecorder struct {
	http.ResponseWriter

	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap returns the wrapped writer, for http.ResponseController.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
