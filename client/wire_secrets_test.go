package client_test

import (
	"context"
	"errors"
	"fmt"
	"html"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// spellings are the ways in which a server may spell a secret.
func spellings() map[string]func(string) string {
	percent := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
		return b.String()
	}
	quoted := func(s string) string {
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		return strings.ReplaceAll(b.String(), "=\r\n", "")
	}
	everyByteQuoted := func(s string) string { return strings.ReplaceAll(percent(s), "%", "=") }
	goQuoted := func(s string) string { return strings.Trim(fmt.Sprintf("%+q", s), `"`) }
	twice := func(f func(string) string) func(string) string { return func(s string) string { return f(f(s)) } }
	return map[string]func(string) string{
		"as it is":                  func(s string) string { return s },
		"percent-encoded":           percent,
		"percent-encoded, small":    func(s string) string { return strings.ToLower(percent(s)) },
		"percent-encoded twice":     func(s string) string { return strings.ReplaceAll(percent(s), "%", "%25") },
		"in a query":                url.QueryEscape,
		"in a path":                 url.PathEscape,
		"in a path twice":           twice(url.PathEscape),
		"as JSON":                   pythonEscaped,
		"as JSON twice":             twice(pythonEscaped),
		"as JSON with escapes only": unicodeEscaped,
		"as a string of Go":         goQuoted,
		"quoted-printable":          quoted,
		"quoted-printable, all":     everyByteQuoted,
		"as HTML":                   html.EscapeString,
		"as HTML twice":             twice(html.EscapeString),
	}
}

// places are the parts of a response that have text. Each writes a response with
// text in it.
func places() map[string]func(text string) string {
	const tail = "Content-Length: 2\r\n\r\n{}"
	return map[string]func(string) string{
		"status line":           func(s string) string { return "HTTP/1.1 " + s + "\r\n" + tail },
		"reason":                func(s string) string { return "HTTP/1.1 400 " + s + "\r\n" + tail },
		"protocol":              func(s string) string { return s + " 200 OK\r\n" + tail },
		"header line":           func(s string) string { return "HTTP/1.1 200 OK\r\n" + s + "\r\n" + tail },
		"header name":           func(s string) string { return "HTTP/1.1 400 Bad Request\r\n" + s + ": x\r\n" + tail },
		"header value":          func(s string) string { return "HTTP/1.1 400 Bad Request\r\nX-Request-Id: " + s + "\r\n" + tail },
		"authentication scheme": func(s string) string { return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + s + "\r\n" + tail },
		"content type": func(s string) string {
			return "HTTP/1.1 200 OK\r\nContent-Type: " + s + "\r\nContent-Length: 1\r\n\r\n<"
		},
		"transfer encoding": func(s string) string { return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + s + "\r\n\r\n" },
		"content length":    func(s string) string { return "HTTP/1.1 200 OK\r\nContent-Length: " + s + "\r\n\r\n" },
		"chunk":             func(s string) string { return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + s + "\r\n" },
		"trailer": func(s string) string {
			return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: " + s + "\r\n\r\n0\r\n\r\n"
		},
		"malformed location":      func(s string) string { return "HTTP/1.1 308 Moved\r\nLocation: http://[::1/" + s + "\r\n" + tail },
		"location with no scheme": func(s string) string { return "HTTP/1.1 308 Moved\r\nLocation: :" + s + "\r\n" + tail },
		"redirect's host":         func(s string) string { return "HTTP/1.1 308 Moved\r\nLocation: http://" + s + ".example/\r\n" + tail },
		"redirect's path": func(s string) string {
			return "HTTP/1.1 308 Moved\r\nLocation: http://other.example/" + s + "/\r\n" + tail
		},
		"redirect's user": func(s string) string {
			return "HTTP/1.1 308 Moved\r\nLocation: http://" + s + "@other.example/\r\n" + tail
		},
		"redirect's query": func(s string) string {
			return "HTTP/1.1 308 Moved\r\nLocation: http://other.example/?k=" + s + "\r\n" + tail
		},
		"redirect to itself":     func(s string) string { return "HTTP/1.1 308 Moved\r\nLocation: /" + s + "/\r\n" + tail },
		"body":                   func(s string) string { return body(400, s) },
		"body that is cut off":   func(s string) string { return "HTTP/1.1 400 Bad Request\r\nContent-Length: 10000\r\n\r\n" + s },
		"detail":                 func(s string) string { return body(400, `{"detail": "`+s+`"}`) },
		"message of a field":     func(s string) string { return body(400, `{"title": ["`+s+`"]}`) },
		"JSON name":              func(s string) string { return body(400, `{"task": {"`+s+`": ["no"]}}`) },
		"JSON name of a success": func(s string) string { return body(200, `{"`+s+`": {]`) },
		"text of a success":      func(s string) string { return body(200, s) },
		"number of a success":    func(s string) string { return body(200, `{"id": `+s+`}`) },
		"address of a next page": func(s string) string { return body(200, `{"count": 9, "next": "`+s+`", "results": []}`) },
	}
}

func body(status int, text string) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", status, http.StatusText(status), len(text), text)
}

// wireTransport sends requests to a server that responds to each with the same
// bytes.
func wireTransport(response string) http.RoundTripper {
	return &http.Transport{DisableKeepAlives: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			buffer := make([]byte, 64<<10)
			if _, err := far.Read(buffer); err == nil {
				go func() { // the request's body
					for {
						if _, err := far.Read(buffer); err != nil {
							return
						}
					}
				}()
				_, _ = far.Write([]byte(response))
			}
		}()
		return near, nil
	}}
}

// No error shows a secret, wherever and however the server writes it.
func TestErrorsShowNoSecretOfTheWire(t *testing.T) {
	t.Parallel()
	const key = `k"y<&>-\` + "+%=_" + `0123456789abcdef0123` // with every character that is special somewhere
	for where, write := range places() {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			for how, spell := range spellings() {
				c := newClient(t, client.WithAPIKey(key), client.WithBaseURL("http://localhost"), retries(1),
					client.WithHTTPClient(&http.Client{Transport: wireTransport(write(spell(key)))}))
				for _, call := range []func(...client.CallOption) error{
					func(opts ...client.CallOption) error {
						_, err := c.PeriodicAgents.Get(t.Context(), 1, opts...)
						return err
					},
					func(opts ...client.CallOption) error { return c.PeriodicAgents.Delete(t.Context(), 1, opts...) },
					func(...client.CallOption) error {
						_, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 1)
						return err
					},
				} {
					for err := call(); err != nil; err = errors.Unwrap(err) {
						for form, text := range printedForms(t, err) {
							for _, part := range []string{key, spell(key), "0123456789abcdef", percentDigits} {
								if strings.Contains(text, part) {
									assert.Fail(t, "a secret is shown", "%s, %s: %s shows %q in %.300s", where, how, form, part, text)
								}
							}
						}
						if failure, ok := errors.AsType[*client.Error](err); ok {
							assert.NotContains(t, string(failure.Body), spell(key), "%s, %s", where, how)
							assert.NotContains(t, fmt.Sprint(failure.Header), spell(key), "%s, %s", where, how)
						}
					}
				}
			}
		})
	}
}

// Headers and query parameters with names of secrets hold secrets.
func TestErrorsShowNoSecretOfHeadersAndQueries(t *testing.T) {
	t.Parallel()
	const secret, cookie = "0123-4567-89ab-cdef", "fedc-ba98"
	for _, write := range places() {
		c := newClient(t, client.WithBaseURL("http://localhost"), retries(1), client.WithHeader("Cookie", "a=b; session="+cookie),
			client.WithHTTPClient(&http.Client{Transport: wireTransport(write(secret + " " + cookie))}))
		for _, opt := range []client.CallOption{
			client.WithHeader("X-Api-Key", secret),
			client.WithHeader("Ocp-Apim-Subscription-Key", secret),
			client.WithHeader("Proxy-Authorization", "Basic "+secret+"=="),
			client.WithQuery("access_token", secret),
		} {
			_, err := c.PeriodicAgents.Get(t.Context(), 1, opt)
			for form, text := range printedForms(t, err) {
				assert.NotContains(t, text, secret, form)
				assert.NotContains(t, text, cookie, form)
			}
		}
		err := c.Do(t.Context(), client.Request{Method: "GET", PathTemplate: "/api/x/", Query: url.Values{"token": {secret}}}, new(any))
		for form, text := range printedForms(t, err) {
			assert.NotContains(t, text, secret, form)
		}
	}
}

// percentDigits is the beginning of the key's digits, percent-encoded.
const percentDigits = "%30%31%32%33%34"

// Neither the password of a proxy nor that of its address is shown.
func TestErrorsShowNoProxyPassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://ada:" + testSecret + "@127.0.0.1:1", "socks4://ada:" + testSecret + "@127.0.0.1:1", "http://ada:" + testSecret + "@proxy.invalid:1", "http://ada:" + testSecret + "/x@[::1",
	} {
		transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) {
			u, err := url.Parse(address)
			if err != nil {
				return nil, fmt.Errorf("invalid proxy address %q: %w", address, err)
			}
			return u, nil
		}}
		c := newClient(t, client.WithHTTPClient(&http.Client{Transport: transport}), retries(1))
		for _, op := range operations(t) {
			for err := op.call(t.Context(), c); err != nil; err = errors.Unwrap(err) {
				assertHoldsNoSecret(t, err)
			}
		}
	}
}

// An error that holds no secret keeps its causes, and one that does keeps those
// that hold none.
func TestRedactedErrorsKeepTheirCauses(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	for _, broken := range []error{
		fmt.Errorf("without a secret: %w", cause),
		fmt.Errorf("with %s: %w", testKey, cause),
		errors.Join(errors.New(testKey), fmt.Errorf("second: %w", cause)),
		fmt.Errorf("outer: %w", fmt.Errorf("inner %s: %w", testKey, cause)),
	} {
		c := newClient(t, retries(1), roundTrip(func(*http.Request) (*http.Response, error) { return nil, broken }))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.ErrorIs(t, err, cause)
		assertHoldsNoSecret(t, err)
	}
}

// Texts that aren't valid UTF-8 are not sent: encoding/json would change them
// silently, so that a callback would never verify.
func TestInvalidUTF8IsNotSent(t *testing.T) {
	t.Parallel()
	const invalid = "secret-\xff-\xc3"
	s, c := newCaptureClient(t)
	create := func(agent client.PeriodicAgentCreateRequest, opts ...client.WriteOption) error {
		_, err := c.PeriodicAgents.Create(t.Context(), &agent, opts...)
		return err
	}
	do := func(body any) error {
		return c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: body}, nil)
	}
	for field, err := range map[string]error{
		"callback_secret": create(client.PeriodicAgentCreateRequest{CallbackSecret: new(api.NewSecret(invalid))}),
		"title":           create(client.PeriodicAgentCreateRequest{Title: invalid}),
		"prompt":          create(client.PeriodicAgentCreateRequest{Prompt: new(invalid)}),
		"extra":           create(client.PeriodicAgentCreateRequest{}, client.WithBodyField("extra", []string{invalid})),
		"a":               do(map[string]any{"a": invalid}),
		"a.1.b":           do(map[string]any{"a": []any{1, map[string]string{"b": invalid}}}),
		"":                do(invalid),
	} {
		refused := requireArgumentError(t, err)
		assert.Contains(t, refused.Error(), "UTF-8", field)
		assert.Contains(t, refused.Argument, field)
		assert.NotContains(t, err.Error(), invalid)
		assert.NotContains(t, err.Error(), "secret-")
	}
	assert.Zero(t, s.sent)
}

// A masked secret that was read from somewhere is not written back as a secret.
func TestMaskedSecretIsNotSent(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	for _, mask := range []string{"***", "********"} {
		for where, err := range map[string]error{
			"callback_secret of Create": second(c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{CallbackSecret: new(api.NewSecret(mask))})),
			"callback_secret of Update": second(c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{CallbackSecret: new(api.NewSecret(mask))})),
			"WithBodyField":             second(c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{}, client.WithBodyField("callback_secret", mask))),
			"Do":                        c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: map[string]any{"server": map[string]string{"credentials": mask}}}, nil),
		} {
			assert.Contains(t, requireArgumentError(t, err).Reason, "mask", where)
		}
		_, err := client.New(client.WithAPIKey(mask), client.WithOrg("o"), client.WithUsername("u"))
		assert.Equal(t, "WithAPIKey", requireArgumentError(t, err).Argument)
	}
	assert.Zero(t, s.sent)
	_, err := c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{Title: new("***"), CallbackSecret: new(api.Secret{})})
	require.NoError(t, err, "a title may be stars, and a secret may be cleared")
}

func second[T any](_ T, err error) error { return err }

// A body that is made to be ambiguous does not take long to redact.
func TestRedactionOfAmbiguousBodies(t *testing.T) {
	t.Parallel()
	for _, key := range []string{strings.Repeat("%", 32), strings.Repeat(`\`, 32), strings.Repeat("&", 32), strings.Repeat("=", 32), testKey} {
		for _, part := range []string{"%", "25", "%25", `\`, `\\u005c`, "&", "amp;", "&amp;", "=\n", "=3D", "0=\n", "+_"} {
			text := part + strings.Repeat(part, 32<<10/len(part))
			c := newClient(t, client.WithAPIKey(key), roundTrip(func(r *http.Request) (*http.Response, error) {
				return respond(r, http.StatusBadRequest, text), nil
			}))
			_, err := c.PeriodicAgents.Get(t.Context(), 1)
			assert.NotContains(t, string(requireError(t, err).Body), key)
		}
	}
}

// A message that is too long to be kept whole shows no part of a secret, wherever
// it is cut.
func TestShortenedMessagesShowNoSecret(t *testing.T) {
	t.Parallel()
	for before := 16<<10 - 2*len(testKey); before < 16<<10; before += 7 {
		err := errorFor(t, http.StatusBadRequest, `{"title": ["`+strings.Repeat("x", before)+testKey+strings.Repeat("y", 100)+`"]}`)
		assert.NotContains(t, err.Fields[0].Messages[0], testKey[:8], before)
	}
}

// A secret that begins with a field's name does not hide the field.
func TestSecretThatBeginsLikeAField(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusBadRequest, `{"task": {"crontab": {"minute": ["This is no minute"]}}}`), nil
	}))
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{CallbackSecret: new(api.NewSecret("minute-by-minute-7"))})
	assert.Equal(t, []string{"This is no minute"}, requireError(t, err).Field("task.crontab.minute"))
}
