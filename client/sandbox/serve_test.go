package sandbox_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestOperationsAreTheAPIs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, operation := range sandbox.Operations() {
		assert.False(t, seen[operation.ID], operation.ID)
		seen[operation.ID] = true
		assert.True(t, strings.HasPrefix(operation.ID, "ai_mentor_orgs_users_"), operation.ID)
		assert.True(t, strings.HasPrefix(operation.PathTemplate, "/api/ai-mentor/orgs/{org}/users/{user_id}/"), operation.PathTemplate)
		assert.True(t, strings.HasSuffix(operation.PathTemplate, "/"), operation.PathTemplate)
	}
	assert.Len(t, seen, 13)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	got := send(t, server, http.MethodOptions, "periodic-agents/", "")
	assert.Equal(t, http.StatusOK, got.status)
	assert.Equal(t, "GET, POST, HEAD, OPTIONS", got.header.Get("Allow"))
	assert.JSONEq(t, `{"name":"Periodic Agent List","description":"","renders":["application/json"],
		"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"]}`, got.body)
	assert.Equal(t, http.StatusUnauthorized, send(t, server, http.MethodOptions, "periodic-agents/", "", "Authorization", "").status)
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	for _, target := range []string{"periodic-agents/", "periodic-agents/1/", "periodic-agents/9/", "periodic-agent-logs/", ""} {
		want, got := get(t, server, target), send(t, server, http.MethodHead, target, "")
		assert.Equal(t, want.status, got.status)
		want.header.Del("Date")
		got.header.Del("Date")
		assert.Equal(t, want.header, got.header)
		assert.Empty(t, got.body)
	}
}

func TestPathWithoutSlash(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, http.MethodHead} {
		got := send(t, server, method, "periodic-agents/1?a=%20b&c", "", "Authorization", "")
		assert.Equal(t, http.StatusMovedPermanently, got.status, method)
		assert.Equal(t, userPath+"periodic-agents/1/?a=%20b&c", got.header.Get("Location"), method)
		assert.Empty(t, got.body, method)
	}
	assert.Equal(t, http.StatusOK, get(t, server, "periodic-agents/1/").status, "nothing was deleted")
}

func TestUnknownAddress(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	for _, target := range []string{"/", "/admin/", "/api/ai-mentor/orgs/acme/", "nonsense/", "periodic-agents/1/nonsense/", "periodic-agents//", "/api//ai-mentor/orgs/acme/users/ada/"} {
		got := get(t, server, target)
		assert.Equal(t, http.StatusNotFound, got.status, target)
		assert.Equal(t, "text/html; charset=utf-8", got.header.Get("Content-Type"), target)
		assert.Contains(t, got.body, "<h1>Not Found</h1>", target)
		assert.Empty(t, got.header.Get("Allow"), target)
	}
}

func TestUsersAndOrgsAreEscaped(t *testing.T) {
	t.Parallel()
	server := newServer(t, sandbox.WithAccount(sandbox.Account{Org: "ac me", Username: "ada%2F@é", APIKey: api.NewSecret(key)}), sandbox.WithPageSize(1, 1),
		sandbox.WithPeriodicAgent("ac me", titled("one")), sandbox.WithPeriodicAgent("ac me", titled("two")))
	c := newClient(t, server)
	page, err := c.PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, server.URL+"/api/ai-mentor/orgs/ac%20me/users/ada%252F@%C3%A9/periodic-agents/?page=2", page.Next)
	assert.Equal(t, http.StatusOK, get(t, server, strings.TrimPrefix(page.Next, server.URL)).status)
}

func TestBodySizeLimit(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	const limit = 2_621_440
	body := `{"mentor":"` + coach + `","title":"t","task":{"crontab":{}},"prompt":"`
	fits := body + strings.Repeat("x", limit-len(body)-2) + `"}`
	assert.Equal(t, http.StatusCreated, send(t, server, http.MethodPost, "periodic-agents/", fits).status)
	got := send(t, server, http.MethodPost, "periodic-agents/", fits+" ", "Authorization", "")
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	assert.Equal(t, "text/html", got.header.Get("Content-Type"))
	assert.Contains(t, got.body, "413 Request Entity Too Large")
}

func TestBrokenRequests(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	for name, request := range map[string]string{
		"chunk that is none":               "POST " + userPath + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"path with an escape that is none": "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		got := raw(t, server, request)
		assert.Equal(t, http.StatusBadRequest, got.status, name)
	}
}

// A request for the whole server is one for an unknown path.
func TestOptionsOfServer(t *testing.T) {
	t.Parallel()
	got := raw(t, newTestServer(t), "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
	assert.Equal(t, http.StatusNotFound, got.status)
	assert.Equal(t, start.Format(http.TimeFormat), got.header.Get("Date"))
}

// raw sends bytes that an HTTP client would not send.
func raw(t *testing.T, server *sandbox.Server, text string) httpResponse {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer response.Body.Close()
	return httpResponse{status: response.StatusCode, header: response.Header}
}

func TestHandlerWithoutServer(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.New(append(withAgents(2), withTestAccount(), withTestClock())...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	recorder := httptest.NewRecorder()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com"+userPath+"periodic-agents/?page_size=1", http.NoBody)
	request.Header.Set("Authorization", "Api-Token "+key)
	sb.ServeHTTP(recorder, request)
	assert.Equal(t, http.StatusOK, recorder.Code)
	assert.Equal(t, "https://example.com"+userPath+"periodic-agents/?page=2&page_size=1", httpResponse{body: recorder.Body.String()}.fields(t)["next"])
}

// The Date header of every response is the time on the sandbox's clock.
func TestDateHeader(t *testing.T) {
	t.Parallel()
	server := newTestServer(t)
	for i, target := range []string{"periodic-agents/", "periodic-agents/9/", "/nowhere", "periodic-agents"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut} {
			date := send(t, server, method, target, "").header.Get("Date")
			assert.Equal(t, start.Add(time.Duration(i)*time.Hour).Format(http.TimeFormat), date, "%s %s", method, target)
		}
		advance(t, server, time.Hour)
	}
	for _, effect := range []sandbox.RequestEffect{sandbox.RespondWith(503), sandbox.RespondWith(304), {BytesPerSecond: 1 << 20}, {Body: "<p>", ContentType: "text/html"}} {
		setFaults(t, server, sandbox.Fault{Effect: effect})
		recorder := httptest.NewRecorder()
		server.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, userPath+"periodic-agents/", http.NoBody))
		assert.Equal(t, server.Now().Format(http.TimeFormat), recorder.Header().Get("Date"))
		assert.Equal(t, server.Now().Format(http.TimeFormat), latest(t, server).ResponseHeader.Get("Date"))
	}
}
