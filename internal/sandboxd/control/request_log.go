package control

import (
	"net/http"
	"time"
)

// log logs a request and the status of its response. It logs neither query, headers
// nor body, which may be secret.
func (s *Server) log(w http.ResponseWriter, r *http.Request, handler http.HandlerFunc) {
	start := time.Now()
	recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
	defer func() { // faults abort responses with a panic
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

// Unwrap is called by http.ResponseController.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
