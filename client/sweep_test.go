package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// echo is a server that repeats the request in its response, as servers in debug
// mode do.
type echo struct {
	name   string
	status int
	write  func(all string) string
	header bool // repeat in the header, too
}

func echoes() []echo {
	quoted := func(text string) string {
		out, _ := json.Marshal(text)
		return string(out)
	}
	var all []echo
	for _, status := range []int{200, 301, 400, 401, 429} {
		for _, header := range []bool{false, true} {
			for name, write := range map[string]func(string) string{
				"as a detail":      func(s string) string { return `{"detail": ` + quoted(s) + `}` },
				"as a field error": func(s string) string { return `{"callback_secret": [` + quoted(s) + `]}` },
				"as a name":        func(s string) string { return `{"task": {` + quoted(s) + `: ["no"]}}` },
				"as a list":        func(s string) string { return `[` + quoted(s) + `]` },
				"as a text":        quoted,
				"as plain text":    func(s string) string { return s },
				"as HTML":          func(s string) string { return "<pre>" + s + "</pre>" },
				"escaped":          func(s string) string { return `{"detail": "` + unicodeEscaped(s) + `"}` },
			} {
				all = append(all, echo{fmt.Sprintf("%d %s, in the header %t", status, name, header), status, write, header})
			}
		}
	}
	return all
}

// unicodeEscaped escapes every character as \uXXXX.
func unicodeEscaped(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, `\u%04x`, unit)
	}
	return b.String()
}

// pythonEscaped escapes text as Python's json.dumps does.
func pythonEscaped(text string) string {
	var b strings.Builder
	for _, c := range text {
		quoted, _ := json.Marshal(string(c))
		switch {
		case c > '~':
			b.WriteString(unicodeEscaped(string(c)))
		case strings.ContainsRune("<>&", c):
			b.WriteRune(c)
		default:
			b.Write(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

func (e echo) RoundTrip(r *http.Request) (*http.Response, error) {
	all := r.Header.Get("Authorization") + " "
	if r.Body != nil {
		body, _ := io.ReadAll(r.Body)
		all += string(body)
	}
	response := respond(r, e.status, e.write(all))
	if e.header {
		for _, name := range []string{"X-Echo", "X-Request-Id", "WWW-Authenticate", "Content-Type", "Retry-After", "Set-Cookie"} {
			response.Header.Set(name, all)
		}
	}
	return response, nil
}

// No error shows a secret, even if the server repeats the request.
func TestErrorsShowNoSecret(t *testing.T) {
	t.Parallel()
	known := operations(t)
	for _, server := range echoes() {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			var logged lockedBuffer
			c := newClient(
				t, client.WithHTTPClient(&http.Client{Transport: server}), retries(2),
				client.WithLogger(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			)
			for _, op := range known {
				for err := op.call(t.Context(), c); err != nil && !t.Failed(); err = errors.Unwrap(err) {
					assertHoldsNoSecret(t, err)
				}
			}
			assertNoSecretIn(t, "the log", logged.String())
		})
	}
}

// A secret may have characters that JSON escapes, and may be in a field that the
// SDK does not know.
func TestErrorsShowNoSecretInAnyEscaping(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{`quo"ted`, `pässwörd-1`, "a<b>&c", `back\slash`, "\U0001f511-key-1", "two\nlines"} {
		for _, write := range []func(string) string{
			func(s string) string { return s },
			func(s string) string { return `{"detail": "` + unicodeEscaped(s) + `"}` },
			func(s string) string { return `{"detail": "` + pythonEscaped(s) + `"}` },
			func(s string) string { out, _ := json.Marshal(map[string]string{"detail": s}); return string(out) },
		} {
			c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				var sent struct {
					CallbackSecret string `json:"callback_secret"`
					Server         struct {
						Credentials string `json:"credentials"`
					} `json:"server"`
				}
				body, _ := io.ReadAll(r.Body)
				assert.NoError(t, json.Unmarshal(body, &sent))
				return respond(r, http.StatusBadRequest, write(sent.CallbackSecret+sent.Server.Credentials)), nil
			}))
			create := func(agent *client.PeriodicAgentCreateRequest, opts ...client.WriteOption) error {
				_, err := c.PeriodicAgents.Create(t.Context(), agent, opts...)
				return err
			}
			do := func(body any) error {
				return c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: body}, nil)
			}
			for where, err := range map[string]error{
				"the agent":          create(&client.PeriodicAgentCreateRequest{CallbackSecret: new(api.NewSecret(secret))}),
				"a field of its own": create(&client.PeriodicAgentCreateRequest{}, client.WithBodyField("callback_secret", secret)),
				"a map":              do(map[string]string{"callback_secret": secret}),
				"a part of a map":    do(map[string]any{"server": map[string]any{"credentials": secret}}),
			} {
				failure := requireError(t, err)
				assert.NotContains(t, failure.Message, secret, where)
				for _, form := range []string{secret, pythonEscaped(secret)} {
					assert.NotContains(t, string(failure.Body), form, where)
				}
			}
		}
	}
}

// WithMaxErrorBody may cut the key in two.
func TestErrorsShowNoPartOfTheKey(t *testing.T) {
	t.Parallel()
	body := `{"detail": "` + testKey + testKey + ` ` + testKey + `"}`
	for limit := 1; limit <= len(body); limit++ {
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return respond(r, http.StatusBadRequest, body), nil
		}))
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithMaxErrorBody(int64(limit)))
		require.NotContains(t, string(requireError(t, err).Body), testKey[:16], "limit %d", limit)
	}
}

// A short secret does not make an error unreadable.
func TestShortSecretLeavesErrorReadable(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusBadRequest, `{"callback_secret": ["Ensure this field has at least 16 characters."]}`), nil
	}))
	for _, secret := range []string{"e", `"`, "callback_secret", ":", "{"} {
		_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{CallbackSecret: new(api.NewSecret(secret))})
		assert.NotEmpty(t, requireError(t, err).Field("callback_secret"), "secret %q", secret)
	}
}

// Errors of options do not repeat values that may be secrets.
func TestOptionsShowNoSecret(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		name   string
		option client.Option
	}{
		{"WithAPIKey", client.WithAPIKey(testKey + "\n")},
		{"WithAPIKey", client.WithAPIKey("Token " + testKey)},
		{"WithAuthScheme", client.WithAuthScheme("Token " + testKey)},
		{"WithBaseURL", client.WithBaseURL("https://" + testKey + "@example.com")},
		{"WithBaseURL", client.WithBaseURL("https://ada:" + testKey + "@example.com")},
		{"WithBaseURL", client.WithBaseURL("https://example.com/?key=" + testKey)},
		{"WithBaseURL", client.WithBaseURL("https://example.com/#" + testKey)},
		{"WithBaseURL", client.WithBaseURL("https://" + testKey + ":x@[::1")},
		{"WithHeader", client.WithHeader("Authorization", "Token "+testKey)},
		{"WithHeader", client.WithHeader("X-Key", testKey+"\n")},
	} {
		_, err := client.New(client.WithAPIKey(testKey), client.WithOrg(testOrg), client.WithUsername(testUser), of.option)
		assert.Equal(t, of.name, requireArgumentError(t, err).Argument)
		assertHoldsNoSecret(t, err)
		assertNoSecretIn(t, "the option", fmt.Sprintf("%v %+v %#v", of.option, of.option, of.option))
	}
}

func TestClientShowsNoSecret(t *testing.T) {
	t.Parallel()
	c := newClient(t, client.WithHeader("X-Key", testCredentials))
	for _, v := range []any{c, *c, c.PeriodicAgents, *c.PeriodicAgents, c.BaseURL()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			assertNoSecretIn(t, verb, fmt.Sprintf(verb, v))
		}
		var text bytes.Buffer
		slog.New(slog.NewTextHandler(&text, nil)).InfoContext(t.Context(), "m", "v", v)
		slog.New(slog.NewJSONHandler(&text, nil)).InfoContext(t.Context(), "m", "v", v)
		assertNoSecretIn(t, "slog", text.String())
		encoded, err := json.Marshal(v)
		require.NoError(t, err)
		assertNoSecretIn(t, "JSON", string(encoded))
	}
}

// No transport error shows the key.
func TestTransportErrorsAreRedacted(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{io.ErrUnexpectedEOF, context.DeadlineExceeded, errors.New("malformed HTTP response")} {
		c := newClient(t, roundTrip(func(*http.Request) (*http.Response, error) { return nil, cause }), retries(2))
		for _, op := range operations(t) {
			err := op.call(t.Context(), c)
			require.ErrorIs(t, err, cause)
			assertHoldsNoSecret(t, err)
		}
	}
}

// lockedBuffer can be written to concurrently.
type lockedBuffer struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.String()
}
