package sandbox_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A recording is a request, and the responses by the versions of Debian whose
// Django gave them.
type recording struct {
	Method    string                       `json:"method"`
	Path      string                       `json:"path"`
	Header    map[string]*string           `json:"header"` // null for none
	Body      *string                      `json:"body"`
	BodyBytes []int                        `json:"bodyBytes"` // of a body that is not text
	Responses map[string]*recordedResponse `json:"responses"`
}

type recordedResponse struct {
	Status int               `json:"status"`
	Header map[string]string `json:"answerHeader"`
	Body   any               `json:"answer"`
}

// response returns the response of a version, nil if there is none.
func (r *recording) response(version string) *recordedResponse {
	for versions, response := range r.Responses {
		if slices.Contains(strings.Fields(versions), version) {
			return response
		}
	}
	return nil
}

// TestResponsesMatchDjango sends the requests that Django REST Framework responded
// to, in the same order, to the release that has its version. testdata/django has the
// programs that recorded them.
func TestResponsesMatchDjango(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/django*.jsonl")
	require.NoError(t, err)
	for _, file := range files {
		for version, release := range map[string]sandbox.Release{"12": sandbox.Release359, "13": sandbox.Release495, "14": sandbox.Release4205} {
			t.Run(fmt.Sprintf("%s of Debian %s", file, version), func(t *testing.T) {
				t.Parallel()
				assert.Greater(t, replayFile(t, file, version, release), 500)
			})
		}
	}
}

// replayFile compares the responses to the requests in a file, and returns their
// number.
func replayFile(t *testing.T, name, version string, release sandbox.Release) (number int) {
	t.Helper()
	file, err := os.Open(name)
	require.NoError(t, err)
	defer file.Close()
	key := strings.Repeat("a", 40)
	sb := newServer(t, sandbox.WithRelease(release),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret(key)}),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "bob", APIKey: api.NewSecret(strings.Repeat("b", 40)), Member: true}),
	)
	sb.StopScheduler() // the recorded service had none
	exchange := transport()
	if release != sandbox.Release4205 {
		exchange = http.DefaultTransport // the exchanges with one release are enough for the contract tests
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for line := 1; lines.Scan(); line++ {
		var recorded recording
		require.NoError(t, json.Unmarshal(lines.Bytes(), &recorded))
		want := recorded.response(version)
		if want == nil {
			continue
		}
		number++
		got := recorded.replay(t, exchange, sb.URL, key)
		if strings.HasSuffix(recorded.Path, "/pin-message/") && got.Status == http.StatusCreated {
			got.Status = http.StatusOK // the recorded service has the status of the vendor's schema, not of its prose
		}
		if strings.Contains(recorded.Path, "/pin-message/") && recorded.Method == http.MethodGet && want.Status == http.StatusOK {
			continue // the recorded service keeps no pins
		}
		differences := compare("answer", want.Body, got.Body)
		if want.Header != nil {
			differences = append(differences, compareHeaders(want.Header, got.Header)...)
		}
		if want.Status != got.Status || differences != nil {
			assert.Fail(t, "the response differs from Django's", "line %d: %.500s\nwant %d, got %d\n%.600s",
				line, lines.Text(), want.Status, got.Status, strings.Join(differences, "\n"))
		}
	}
	require.NoError(t, lines.Err())
	return number
}

// replay sends the request by exchange, and returns the response.
func (r *recording) replay(t *testing.T, exchange http.RoundTripper, base, key string) *recordedResponse {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), r.Method, base, http.NoBody)
	require.NoError(t, err)
	request.URL = &url.URL{Scheme: "http", Host: request.URL.Host}
	request.URL.Opaque, request.URL.RawQuery, _ = strings.Cut(r.Path, "?") // as it is
	request.Header.Set("Authorization", "Api-Token "+key)
	if body := r.body(); body != nil {
		request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		request.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.Header {
		delete(request.Header, name)
		if value != nil {
			request.Header[name] = []string{latin1(*value)}
		}
	}
	response, err := exchange.RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	got := &recordedResponse{Status: response.StatusCode, Header: map[string]string{}}
	for _, name := range []string{"Content-Type", "Allow", "WWW-Authenticate", "Location", "Vary"} {
		got.Header[name] = response.Header.Get(name)
	}
	if json.Unmarshal(text, &got.Body) != nil {
		got.Body = string(text)
	}
	return got
}

func (r *recording) body() []byte {
	if r.Body != nil {
		return []byte(*r.Body)
	}
	var body []byte
	for _, b := range r.BodyBytes {
		body = append(body, byte(b))
	}
	return body
}

// compareHeaders returns the differences between two headers, except for the
// address in a link.
func compareHeaders(want, got map[string]string) (differences []string) {
	for name, value := range got {
		differences = append(differences, compare(name, want[name], value)...)
	}
	return differences
}

// latin1 decodes a header value as Django does.
func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// compare returns the differences between want and got, which may have more
// fields.
func compare(path string, want, got any) (differences []string) {
	switch want := want.(type) {
	case map[string]any:
		fields, ok := got.(map[string]any)
		if !ok {
			break
		}
		for name, value := range want {
			differences = append(differences, compare(path+"."+name, value, fields[name])...)
		}
		return differences
	case []any:
		items, ok := got.([]any)
		if !ok || len(items) != len(want) {
			break
		}
		for i, value := range want {
			differences = append(differences, compare(fmt.Sprintf("%s[%d]", path, i), value, items[i])...)
		}
		return differences
	case string:
		// Links have the server's own address.
		s, _ := got.(string)
		if rest, ok := strings.CutPrefix(want, "http://sandbox/"); ok && strings.HasPrefix(s, "http://127.0.0.1:") && strings.HasSuffix(s, "/"+rest) {
			return nil
		}
	}
	if !assert.ObjectsAreEqual(want, got) {
		return []string{fmt.Sprintf("%s: want %.150v, got %.150v", path, want, got)}
	}
	return nil
}
