package sandbox

import (
	"cmp"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

const htmlType = "text/html"

// A draft is a response that has not been sent.
type draft struct {
	header http.Header
	status int
	body   []byte
}

// setBody sets the body and its headers.
func (d *draft) setBody(contentType string, body []byte) {
	d.body = body
	d.header.Set("Content-Type", contentType)
	d.header.Set("Content-Length", strconv.Itoa(len(body)))
}

// setResponse sets the response of a view of a route; nil is for no route.
func (d *draft) setResponse(route *route, r *django.Response) {
	maps.Copy(d.header, r.Header)
	if route != nil {
		d.header.Set("Allow", route.Allow())
	}
	d.status = r.Status
	if r.Body == nil {
		return
	}
	text, _ := django.EncodeJSON(r.Body) // strings, numbers and valid JSON can be encoded
	d.setBody(django.JSONType, text)
}

// setHTML sets a page that is not a view's.
func (d *draft) setHTML(status int, page []byte) {
	d.status = status
	d.setBody(htmlType, page)
}

// setErrorPage sets Django's page for an error outside of a view.
func (d *draft) setErrorPage(v django.Version, status int, title, text string) {
	d.status = status
	contentType := htmlType
	if v >= django.Django42 {
		contentType += "; charset=utf-8"
	}
	d.setBody(contentType, django.ErrorPage(title, text))
}

// setNotFound redirects a URL that lacks only the slash at the end. For others, it
// sets Django's page.
func (d *draft) setNotFound(v django.Version, u *url.URL) {
	location, ok := routes.Redirect(u)
	if !ok {
		d.setErrorPage(v, http.StatusNotFound, "Not Found", "The requested resource was not found on this server.")
		return
	}
	d.header.Set("Location", location)
	d.header.Set("Content-Type", htmlType+"; charset=utf-8")
	d.status = http.StatusMovedPermanently
}

// nginxPage returns nginx's page for an error.
func nginxPage(status int) []byte {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	switch status { // nginx has its own texts for these
	case http.StatusServiceUnavailable:
		title = "503 Service Temporarily Unavailable"
	case http.StatusGatewayTimeout:
		title = "504 Gateway Time-out"
	}
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n" +
		"<center><h1>" + title + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

// setFault sets the response of an effect with a status: that of Django or, for
// some statuses, of an nginx in front of it.
func (d *draft) setFault(effect *RequestEffect, route *route, r *http.Request) {
	d.status = effect.status()
	if effect.Redirect != "" {
		d.header.Set("Location", effect.Redirect)
	}
	seconds := int64(math.Ceil(effect.RetryAfter.Seconds()))
	if seconds > 0 {
		d.header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	switch {
	case d.status < http.StatusBadRequest:
	case d.status == http.StatusInternalServerError:
		d.setBody(htmlType+"; charset=utf-8", django.ErrorPage("Server Error (500)", ""))
	case d.status > http.StatusInternalServerError, d.status == http.StatusRequestEntityTooLarge:
		d.setBody(htmlType, nginxPage(d.status))
	default:
		d.setResponse(route, exception(d.status, r, seconds))
	}
}

// exception returns Django REST Framework's response to a request with a status,
// where seconds is the time until a retry.
func exception(status int, r *http.Request, seconds int64) *django.Response {
	switch status {
	case http.StatusBadRequest:
		return django.ParseError("Malformed request.")
	case http.StatusUnauthorized:
		return django.NotAuthenticated(client.DefaultAuthScheme)
	case http.StatusForbidden:
		return django.PermissionDenied()
	case http.StatusNotFound:
		return django.NotFound()
	case http.StatusMethodNotAllowed:
		return django.MethodNotAllowed(r.Method)
	case http.StatusNotAcceptable:
		return django.NotAcceptable()
	case http.StatusUnsupportedMediaType:
		return django.UnsupportedMediaType(r.Header.Get("Content-Type"))
	case http.StatusTooManyRequests:
		return django.Throttled(seconds)
	}
	return django.Detail(status, cmp.Or(http.StatusText(status), "Refused")+".")
}

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
	if s.sentStatus != 0 { // a handler has flushed the beginning
		s.write(s.draft.body[s.sentBytes:], true)
		return
	}
	if s.request.Context().Err() != nil { // the client has disconnected
		return
	}
	body := s.draft.body
	hasBody := len(body) > 0 && s.request.Method != http.MethodHead
	if s.effect.Reset == ResetAfter || s.effect.Reset == ResetDuring && !hasBody {
		s.reset()
		return
	}
	if hasBody && (s.effect.Truncate || s.effect.Reset == ResetDuring) {
		body = body[:len(body)/2] // net/http closes the connection if the body is too short
	}
	s.sendHeader()
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

func (s *sender) sendHeader() {
	s.sentStatus = s.draft.status
	s.draft.header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.writer.WriteHeader(s.draft.status)
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
