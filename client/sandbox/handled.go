package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// handle drafts the response of a handler that replaces the operation.
func (e *exchange) handle(handler http.Handler) {
	e.request.Body = io.NopCloser(bytes.NewReader(e.body))
	effect := e.effect
	effect.Latency, effect.Release = 0, ""
	changes := effect != RequestEffect{} || e.release != Release4205
	w := &handledWriter{draft: &e.draft, sender: &e.sender}
	if changes { // the whole response is needed
		w.sender = nil
	}
	outside(e.request, func() { handler.ServeHTTP(w, e.request) })
	setDefault(&e.draft.status, http.StatusOK)
	if e.sender.sentStatus != 0 {
		return
	}
	e.draft.header.Set("Content-Length", strconv.Itoa(len(e.draft.body)))
	if len(e.draft.body) > 0 && e.draft.header.Get("Content-Type") == "" {
		e.draft.header.Set("Content-Type", http.DetectContentType(e.draft.body))
	}
}

// A handledWriter writes the response of a handler: an [http.ResponseWriter] and an
// [http.Flusher].
type handledWriter struct {
	draft  *draft
	sender *sender // nil if nothing is sent before the handler returns
}

func (w *handledWriter) Header() http.Header { return w.draft.header }

func (w *handledWriter) WriteHeader(status int) { setDefault(&w.draft.status, status) }

func (w *handledWriter) Write(p []byte) (int, error) {
	setDefault(&w.draft.status, http.StatusOK)
	w.draft.body = append(w.draft.body, p...)
	return len(p), nil
}

// Flush sends what was written, unless a fault changes the response.
func (w *handledWriter) Flush() {
	if w.sender == nil {
		return
	}
	setDefault(&w.draft.status, http.StatusOK)
	if w.sender.sentStatus == 0 {
		w.sender.sendHeader()
	}
	w.sender.write(w.draft.body[w.sender.sentBytes:], false)
	w.sender.flush()
}
