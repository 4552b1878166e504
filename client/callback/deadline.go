package callback

import (
	"net/http"
	"time"
)

// bodyTimeout returns how long the body of a request may take, or 0 if the
// server's ReadTimeout applies.
func (s *settings) bodyTimeout(r *http.Request) time.Duration {
	if s.readTimeout > 0 {
		return s.readTimeout
	}
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.ReadTimeout > 0 {
		return 0
	}
	return defaultReadTimeout
}

// setReadDeadline sets a deadline for all that is read from the connection from
// now on. That includes the rest of a refused body, which the server reads. If
// the ResponseWriter doesn't support deadlines, the server's own timeout
// applies.
func setReadDeadline(w http.ResponseWriter, timeout time.Duration) {
	if timeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(timeout))
	}
}

// clearReadDeadline removes the deadline of setReadDeadline.
func clearReadDeadline(w http.ResponseWriter, timeout time.Duration) {
	if timeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
}
