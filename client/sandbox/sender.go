package sandbox

import (
	"net"
	"net/http"
	"time"
)

// A sender sends a draft with the effects of a fault.
type sender struct {
	writer  http.ResponseWriter
	request *http.Request
	effect  *RequestEffect
	draft   *draft
	wait    func(time.Duration)
	now     func() time.Time // on the sandbox's clock
	done    func()           // called before the last byte is sent, or the connection reset

	sentStatus int // 0 if no response was sent
	sentBytes  int // of the body
}

func (s *sender) send() {
	body := s.draft.body
	hasBody := len(body) > 0 && s.request.Method != http.MethodHead
	if s.effect.Reset == ResetAfter || s.effect.Reset == ResetDuring && !hasBody {
		s.reset()
		return
	}
	if hasBody && (s.effect.Truncate || s.effect.Reset == ResetDuring) {
		body = body[:len(body)/2] // net/http closes the connection if the body is too short
	}
	s.sentStatus = s.draft.status
	s.draft.header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.writer.WriteHeader(s.draft.status)
	switch {
	case !hasBody:
	case s.effect.BytesPerSecond > 0:
		s.writeSlowly(body)
	default:
		s.write(body, true)
	}
	if s.effect.Reset == ResetDuring {
		s.flush()
		s.reset()
	}
}

// write writes a part of the body. It calls done before the last part, so that a
// client that has the complete response finds the request recorded.
func (s *sender) write(text []byte, last bool) {
	s.sentBytes += len(text)
	if last {
		s.done()
	}
	_, _ = s.writer.Write(text) // fails if the client has disconnected
}

// flush sends the part that was written, if the writer can be flushed.
func (s *sender) flush() { _ = http.NewResponseController(s.writer).Flush() }

// writeSlowly writes the body at the speed of the effect, up to ten times a second.
func (s *sender) writeSlowly(text []byte) {
	perSecond := s.effect.BytesPerSecond
	s.flush()
	for len(text) > 0 {
		n := min(len(text), max(1, perSecond/10))
		s.wait(time.Duration(n) * time.Second / time.Duration(perSecond))
		s.write(text[:n], n == len(text))
		s.flush()
		text = text[n:]
	}
}

// reset breaks the connection. Nothing can be written after it.
func (s *sender) reset() {
	s.done()
	connection, _, err := http.NewResponseController(s.writer).Hijack()
	if err != nil { // HTTP/2, or not a connection
		panic(http.ErrAbortHandler)
	}
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = secure.NetConn() // sends no close_notify
	}
	if tcp, ok := connection.(interface{ SetLinger(seconds int) error }); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
