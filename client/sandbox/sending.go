package sandbox

import (
	"net"
	"net/http"
	"time"
)

// send sends the draft, as far as the fault lets it.
func (e *exchange) send() {
	f := &e.effect
	body := e.draft.body
	hasBody := len(body) > 0 && e.request.Method != http.MethodHead
	if f.Reset == ResetAfter || f.Reset == ResetDuring && !hasBody {
		e.reset()
		return
	}
	if hasBody && (f.Truncate || f.Reset == ResetDuring) {
		body = body[:len(body)/2] // net/http closes a connection on which too little was sent
	}
	e.sentStatus = e.draft.status
	e.writer.WriteHeader(e.draft.status)
	switch {
	case !hasBody:
	case f.BytesPerSecond > 0:
		e.drip(body)
	default:
		e.write(body, true)
	}
	if f.Reset == ResetDuring {
		e.flush()
		e.reset()
	}
}

// write sends text. Before the last of it the exchange is kept, so that a client
// who has the answer finds it among the requests.
func (e *exchange) write(text []byte, last bool) {
	e.sentBytes += len(text)
	if last {
		e.keep()
	}
	_, _ = e.writer.Write(text) // whether it arrives is the client's affair
}

// flush sends what was written so far. What can't be flushed comes in the end.
func (e *exchange) flush() { _ = http.NewResponseController(e.writer).Flush() }

// drip sends text at the fault's speed, up to ten times a second.
func (e *exchange) drip(text []byte) {
	perSecond := e.effect.BytesPerSecond
	e.flush()
	for len(text) > 0 {
		n := min(len(text), max(1, perSecond/10))
		e.wait(time.Duration(n) * time.Second / time.Duration(perSecond))
		e.write(text[:n], n == len(text))
		e.flush()
		text = text[n:]
	}
}

// reset breaks the connection. Nothing may be written after it.
func (e *exchange) reset() {
	e.keep()
	connection, _, err := http.NewResponseController(e.writer).Hijack()
	if err != nil { // HTTP/2, or no connection at all
		panic(http.ErrAbortHandler)
	}
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = secure.NetConn() // which says no goodbye
	}
	if tcp, ok := connection.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
