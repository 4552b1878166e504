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
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A recording is a request and Django's response.
type recording struct {
	Method       string             `json:"method"`
	Path         string             `json:"path"`
	Header       map[string]*string `json:"header"` // null for none
	Body         *string            `json:"body"`
	BodyBytes    []int              `json:"bodyBytes"` // of a body that is not text
	Status       int                `json:"status"`
	AnswerHeader map[string]string  `json:"answerHeader"`
	Answer       any                `json:"answer"`
}

// TestResponsesMatchDjango sends the requests that Django REST Framework responded
// to, in the same order. testdata/django has the program that recorded them.
func TestResponsesMatchDjango(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]int{"django.jsonl": 1500, "django_details.jsonl": 500} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Greater(t, replayFile(t, name), lines)
		})
	}
}

// replayFile compares the responses to the requests in a file, and returns their
// number.
func replayFile(t *testing.T, name string) (number int) {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer file.Close()
	key := strings.Repeat("a", 40)
	sb := newServer(t, sandbox.WithRelease(sandbox.Release495),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret(key)}),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "bob", APIKey: api.NewSecret(strings.Repeat("b", 40)), Member: true}),
	)
	sb.StopScheduler() // the recorded service had none
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		number++
		var want recording
		require.NoError(t, json.Unmarshal(lines.Bytes(), &want))
		got := want.replay(t, sb.URL, key)
		if got.Status == http.StatusCreated && strings.HasSuffix(want.Path, "/pin-message/") {
			got.Status = http.StatusOK // the recorded service has the status of the vendor's schema, not of its prose
		}
		differences := compare("answer", want.Answer, got.Answer)
		for name, value := range want.AnswerHeader {
			differences = append(differences, compare(name, value, got.AnswerHeader[name])...)
		}
		if want.Status != got.Status || differences != nil {
			assert.Fail(t, "the response differs from Django's", "line %d: %.500s\nwant %d, got %d\n%.600s",
				number, lines.Text(), want.Status, got.Status, strings.Join(differences, "\n"))
		}
	}
	require.NoError(t, lines.Err())
	return number
}

// replay sends the request, and returns it with the response.
func (r recording) replay(t *testing.T, base, key string) recording {
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
	response, err := transport().RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	r.Status, r.AnswerHeader = response.StatusCode, map[string]string{}
	for _, name := range []string{"Content-Type", "Allow", "WWW-Authenticate", "Location"} {
		r.AnswerHeader[name] = response.Header.Get(name)
	}
	if r.Answer = nil; json.Unmarshal(text, &r.Answer) != nil {
		r.Answer = string(text)
	}
	return r
}

func (r recording) body() []byte {
	if r.Body != nil {
		return []byte(*r.Body)
	}
	var body []byte
	for _, b := range r.BodyBytes {
		body = append(body, byte(b))
	}
	return body
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
			at := path + "." + name
			switch {
			case strings.HasSuffix(at, ".created_at"), strings.HasSuffix(at, ".modified_at"), strings.HasSuffix(at, ".task.name"):
				if _, isText := value.(string); isText {
					continue // differs between runs
				}
			}
			differences = append(differences, compare(at, value, fields[name])...)
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
