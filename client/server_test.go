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

// anySuccess is a successful response to any operation.
const anySuccess = `{"id": 7, "session_id": "s", "total_tasks": 0, "count": 0, "results": []}`

// respond returns a JSON response to r.
func respond(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       r,
	}
}

// respondWith returns a JSON response to r with one more header.
func respondWith(r *http.Request, status int, body, name, value string) *http.Response {
	response := respond(r, status, body)
	response.Header.Set(name, value)
	return response
}

// serve starts a server that records requests before handler responds. It
// returns the options of a client for the server.
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
	transport.DisableKeepAlives = true // every attempt has its own connection
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

// respondWithBody returns a handler with this response.
func respondWithBody(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// respondWithJSON returns a handler that responds as Django REST Framework does.
func respondWithJSON(status int, body string) http.HandlerFunc {
	return respondWithBody(status, "application/json", body)
}

// withHeader adds a header to the response of handler.
func withHeader(name, value string, handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		handler(w, r)
	}
}

// rawResponse returns a handler that writes text to the connection and closes or
// resets it.
func rawResponse(text string, reset bool) http.HandlerFunc {
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

// switchProtocols responds with 101 and keeps the connection open.
func switchProtocols(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	_, _ = io.WriteString(connection, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	_, _ = io.Copy(io.Discard, connection) // until the client closes it
}

// responseHead returns the head of a response that announces this length.
func responseHead(length int) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(length) + "\r\n\r\n"
}

// nginxError returns a handler that responds as nginx does.
func nginxError(status int) http.HandlerFunc {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return respondWithBody(status, "text/html", "<html>\r\n<head><title>"+text+"</title></head>\r\n<body>\r\n<center><h1>"+text+
		"</h1></center>\r\n<hr><center>nginxError</center>\r\n</body>\r\n</html>\r\n")
}
