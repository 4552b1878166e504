package client_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
)

// respond is a JSON answer to r.
func respond(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

// respondWith is respond with one more header.
func respondWith(r *http.Request, status int, body, name, value string) *http.Response {
	response := respond(r, status, body)
	response.Header.Set(name, value)
	return response
}

// serve starts a server that records what it sees before handler answers, and
// returns options that make a client talk to it.
func serve(t *testing.T, handler http.HandlerFunc) (*recorder, []client.Option) {
	t.Helper()
	seen := &recorder{}
	server := httptest.NewServer(seen.record(handler))
	return seen, connect(t, server)
}

func connect(t *testing.T, server *httptest.Server) []client.Option {
	t.Helper()
	transport, ok := server.Client().Transport.(*http.Transport)
	assert.True(t, ok)
	transport.DisableKeepAlives = true // each attempt shall be seen as it is
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return []client.Option{client.WithBaseURL(server.URL), client.WithHTTPClient(&http.Client{Transport: transport})}
}

func (r *recorder) record(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.add(record{
			method: request.Method, path: request.URL.EscapedPath(), query: request.URL.RawQuery,
			body: string(body), header: request.Header.Clone(),
		})
		handler(w, request)
	}
}

// reply answers with a status, a content type and a body.
func reply(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// replyJSON answers as Django REST Framework does.
func replyJSON(status int, body string) http.HandlerFunc {
	return reply(status, "application/json", body)
}

// with is handler, with one more header.
func with(name, value string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		handler(w, r)
	}
}

// raw answers with text as it is, and then ends the connection: with a reset
// if reset is set.
func raw(text string, reset bool) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(connection, text)
		if tcp, ok := connection.(*net.TCPConn); ok && reset {
			_ = tcp.SetLinger(0)
		}
		_ = connection.Close()
	}
}

// head is the beginning of an answer of a length that it need not have.
func head(length int) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(length) + "\r\n\r\n"
}

// nginx is how nginx says that what is behind it failed.
func nginx(status int) http.HandlerFunc {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return reply(status, "text/html", "<html>\r\n<head><title>"+text+"</title></head>\r\n<body>\r\n<center><h1>"+text+
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}
