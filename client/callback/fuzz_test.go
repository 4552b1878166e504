package callback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// A header is accepted if and only if it is the signature, in digits of either
// case.
func FuzzVerify(f *testing.F) {
	for i, rec := range recorded {
		f.Add([]byte(rec.body), rec.header)
		f.Add([]byte(rec.body), strings.ToUpper(rec.header))
		f.Add([]byte(rec.body), recorded[(i+1)%len(recorded)].header)
	}
	f.Add([]byte(event4711), "")
	f.Add([]byte(event4711), "sha1=0000000000000000000000000000000000000000")
	f.Add([]byte(nil), sign(f, nil, secret))
	v := newVerifier(f)
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		right := sign(t, body, secret)
		require.NoError(t, v.Verify(body, right))

		accepted := v.Verify(body, header) == nil
		prefix, digits, _ := strings.Cut(header, "=")
		want := prefix == "sha256" && asciiLower(digits) == strings.TrimPrefix(right, "sha256=")
		require.Equal(t, want, accepted, "%q", header)
	})
}

// asciiLower converts ASCII letters only: Unicode has others whose lower case is
// ASCII.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// Every object that encoding/json accepts is accepted, with the same texts.
func FuzzParseEvent(f *testing.F) {
	for _, rec := range recorded {
		f.Add([]byte(rec.body))
		f.Add([]byte(rec.body[:len(rec.body)/2]))
		f.Add([]byte(rec.body + rec.body))
	}
	for _, body := range []string{
		event4711, `{}`, `[]`, `null`, `"log"`, `{"log": {"log": 1}, "log": "\ud800\udc00\\\"\u0000"}`, "{\"log\": \"\xff\", \"\xff\": 1}",
		`{"log_id": "12.0", "log_id": 1e2, "timestamp": 12}`, `{"timestamp": "2026-01-02 03:04:05.1", "status": 5, "x": [1, {"y": null}]}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := callback.ParseEvent(body)
		var fields map[string]any
		standard := json.Unmarshal(body, &fields)
		if standard != nil || fields == nil { // null is no object, but makes a nil map
			if err != nil {
				require.ErrorIs(t, err, callback.ErrMalformedPayload)
				require.Nil(t, event)
			}
			return
		}
		require.NoError(t, err)
		require.Equal(t, body, event.Raw)
		if utf8.Valid(body) {
			for name, got := range map[string]string{
				"status": string(event.Status), "prompt": event.Prompt, "agent_output": event.AgentOutput, "log": event.Log,
			} {
				want, isText := fields[name].(string)
				require.Equal(t, want, got)
				_, extra := event.Unknown.Get(name)
				require.Equal(t, !isText && fields[name] != nil, extra, name)
			}
		}
		for name, raw := range event.Unknown.All() {
			require.True(t, json.Valid(raw), name)
			require.True(t, bytes.Contains(body, raw), name)
		}
	})
}

// The function is called for signed events only.
func FuzzHandler(f *testing.F) {
	for _, rec := range recorded {
		f.Add("POST", []byte(rec.body), rec.header, int64(len(rec.body)))
	}
	f.Add("GET", []byte(event4711), "", int64(-1))
	f.Add("POST", bytes.Repeat([]byte(" "), 5000), sign(f, nil, secret), int64(1<<40))
	f.Fuzz(func(t *testing.T, method string, body []byte, header string, length int64) {
		called := 0
		h := newHandler(t, func(_ context.Context, event *callback.Event) error {
			called++
			assert.True(t, bytes.Equal(body, event.Raw))
			return nil
		}, callback.WithMaxBody(4096))
		r := newRequest(t, string(body))
		r.Method, r.ContentLength = method, length
		r.Header.Set(callback.SignatureHeader, header)

		genuine := newVerifier(t).Verify(body, header) == nil
		_, malformed := callback.ParseEvent(body)
		want := method == http.MethodPost && genuine && malformed == nil && len(body) <= 4096 && length <= 4096
		status := serve(h, r).StatusCode
		require.Equal(t, want, status == http.StatusNoContent)
		require.Equal(t, want, called == 1)
		require.Contains(t, []int{204, 400, 401, 405, 413}, status)
	})
}
