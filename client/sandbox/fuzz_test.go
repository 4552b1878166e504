package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newHandler returns a sandbox without a listener, for thousands of requests a
// second.
func newHandler(f *testing.F) *sandbox.Sandbox {
	f.Helper()
	sb, err := sandbox.New(withTestAccount(), withTestClock(), sandbox.WithPeriodicAgent("acme", digest()))
	require.NoError(f, err)
	f.Cleanup(sb.Close)
	_, err = sb.RunNow(f.Context(), 1, sandbox.Outcome{})
	require.NoError(f, err)
	return sb
}

// serve serves a request, and checks the rules that all responses follow.
func serve(t *testing.T, sb *sandbox.Sandbox, request *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	recorder := httptest.NewRecorder()
	sb.ServeHTTP(recorder, request)
	require.Less(t, recorder.Code, http.StatusInternalServerError)
	if recorder.Header().Get("Content-Type") == "application/json" {
		require.True(t, json.Valid(recorder.Body.Bytes()), recorder.Body)
	}
	require.True(t, utf8.Valid(recorder.Body.Bytes()), recorder.Body)
	return recorder
}

func newRequest(method, path, query string) *http.Request {
	return &http.Request{
		Method: method,
		URL:    &url.URL{Path: path, RawQuery: query},
		Host:   "sandbox",
		Header: http.Header{"Authorization": {"Api-Token " + key}},
		Body:   http.NoBody,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

func FuzzBody(f *testing.F) {
	for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=XX", "text/plain", "", "multipart/form-data; boundary="} {
		for _, body := range []string{
			`{"mentor":"` + coach + `","title":"t","task":{"crontab":{"minute":"*/5"},"start_time":"2026-01-05T00:00:00Z"}}`,
			`{"mentor":1,"title":1.5e3,"task":[],"callback_url":"http://a.example","previous_agent":"1","parent_mentor_id":99999999999999999999}`,
			`{"title":"\ud800\u0000","previous_agent_status":{"a":[null,true]},"x":[[[[{"y":-0}]]]]}`,
			"title=x&task.crontab.minute=5&task.enabled=on&previous_agent=",
			"--XX\r\nContent-Disposition: form-data; name=\"title\"; filename=\"f\"\r\n\r\nx\r\n--XX--",
			"null", "[", "\xff", `"`, "1e999", "{\"a\":\x00}", strings.Repeat("[", 2000),
		} {
			f.Add(contentType, body)
		}
	}
	sb := newHandler(f)
	f.Fuzz(func(t *testing.T, contentType, body string) {
		for _, target := range []struct{ method, path string }{
			{http.MethodPost, "periodic-agents/"},
			{http.MethodPatch, "periodic-agents/1/"},
			{http.MethodPost, "pin-message/"},
			{http.MethodDelete, "pin-message/"},
		} {
			request := httptest.NewRequestWithContext(t.Context(), target.method, userPath+target.path, strings.NewReader(body))
			request.Header.Set("Authorization", "Api-Token "+key)
			request.Header["Content-Type"] = []string{contentType}
			serve(t, sb, request)
		}
		// An accepted object can be retrieved.
		serve(t, sb, newRequest(http.MethodGet, userPath+"periodic-agents/1/", ""))
	})
}

func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"", "page=2&page_size=1", "page=last", "page=-1&page_size=x", "enabled=1&mentor_id=" + coach, "parent_mentor_id=1e9&previous_agent=1",
		"status=success&search=a,b+c&ordering=-id,title", "%zz=%&a;b&=&&", "session_id=" + session, "format=xml", "metadata_key=a&metadata_value=b",
		"department_id=\xff&is_featured=t", "parent_mentor_id=0x1p-2", "ordering=,-,--id", "page=1_0&page_size=+1",
	} {
		f.Add(query)
	}
	sb := newHandler(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"", "periodic-agents/", "periodic-agent-logs/", "periodic-agents/statistics/", "pin-message/", "periodic-agents"} {
			response := serve(t, sb, newRequest(http.MethodGet, userPath+path, query))
			if path == "periodic-agents" {
				require.Equal(t, http.StatusMovedPermanently, response.Code)
			}
		}
	})
}

func FuzzAuthorization(f *testing.F) {
	for _, header := range []string{"", "Api-Token", "Api-Token x", "Api-Token a b", "Token x", "Api-Token \xff", "api-token\t" + key + "0", key} {
		f.Add(header)
	}
	sb := newHandler(f)
	f.Fuzz(func(t *testing.T, header string) {
		request := newRequest(http.MethodGet, userPath+"periodic-agents/", "")
		request.Header.Set("Authorization", header)
		response := serve(t, sb, request)
		if strings.Contains(header, key) {
			t.Skip("may well be right")
		}
		require.Equal(t, http.StatusUnauthorized, response.Code)
		require.Equal(t, "Api-Token", response.Header().Get("WWW-Authenticate"))
	})
}

func FuzzRequestLine(f *testing.F) {
	f.Add(http.MethodGet, userPath+"periodic-agents/1/", "*/*")
	f.Add(http.MethodTrace, userPath+"periodic-agents/\xff/", "text/html")
	f.Add("", "", "")
	f.Add("FOO\"", "/api/ai-mentor/orgs//users//", "application/*;q=0")
	f.Add(http.MethodDelete, userPath+"periodic-agent-logs/99999999999999999999/", ",;/")
	f.Add(http.MethodOptions, userPath+"periodic-agents/-1/", "*")
	sb := newHandler(f)
	f.Fuzz(func(t *testing.T, method, path, accept string) {
		request := newRequest(method, path, "")
		request.Header["Accept"] = []string{accept}
		serve(t, sb, request)
	})
}

// A valid fault has its effect and no other: the connection breaks only if the
// fault breaks it, and a successful response stays successful.
func FuzzFaults(f *testing.F) {
	f.Add("", "", "", 0, "", "", "", "", "", byte(0), 0, http.MethodGet, userPath+"periodic-agents/", "")
	f.Add(string(listAgents), http.MethodGet, "", 503, "{}", "text/html", "", "", "", byte(1), 100, http.MethodHead, userPath+"periodic-agents/", "")
	f.Add("", "", "/api/*/[", 0, "", "", "", "", "http://internal:8000", byte(14), 0, http.MethodGet, userPath+"periodic-agents/", "page_size=1&page=2")
	f.Add(string(createAgent), "", "/*", 200, "x", "\n", "/\x00", "during", "://", byte(31), -1, http.MethodPost, userPath+"periodic-agents/", "a")
	f.Add("", http.MethodDelete, "", 0, "", "", "", "after", "", byte(8), 0, http.MethodDelete, userPath+"periodic-agents/1/", "")
	f.Add("", "", "", 0, "", "", "//", "before", "", byte(0), 0, "", "", "")
	f.Add("", "", "", 429, "", "", "", "", "", byte(17), 1<<30, http.MethodOptions, userPath+"periodic-agents", "")
	sb := newHandler(f)
	f.Fuzz(func(t *testing.T, operation, method, path string, status int, body, contentType, redirect, reset, linkOrigin string, flags byte, number int, asked, target, query string) {
		if number > 0 {
			number |= 1 << 30 // so fast that the test need not wait
		}
		match := sandbox.RequestMatch{Operation: sandbox.OperationID(operation), Method: method, Path: path}
		effect := sandbox.RequestEffect{
			Status: status, Body: body, ContentType: contentType, Redirect: redirect,
			Reset: sandbox.ResetPoint(reset), LinkOrigin: linkOrigin, BytesPerSecond: number,
			Truncate: flags&1 > 0, UnknownFields: flags&2 > 0, UnknownEnums: flags&4 > 0,
		}
		if flags&16 > 0 {
			effect.RetryAfter = time.Duration(number)
		}
		fault := sandbox.Fault{Match: match, Effect: effect}
		if err := sb.SetFaults(fault); err != nil {
			require.ErrorAs(t, err, new(*api.ArgumentError))
			return
		}
		response := record(sb, newRequest(asked, target, query))
		if response.Code == 0 {
			require.NotEmpty(t, reset)
		}
		if response.Code >= http.StatusInternalServerError {
			require.Equal(t, status, response.Code)
		}
		if status == 0 && reset == "" && contentType == "" && !effect.Truncate && response.Header().Get("Content-Type") == "application/json" {
			require.True(t, json.Valid(response.Body.Bytes()), response.Body)
		}
		require.NoError(t, sb.SetFaults())
		serve(t, sb, newRequest(http.MethodGet, userPath+"periodic-agents/", ""))
	})
}
