package client

import (
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// Option sets up a [Client]. Every [CallOption] is an Option too: given to
// [New] it holds for all calls.
type Option interface {
	applyToClient(*settings) error
}

// CallOption changes one call, or, given to [New], every call.
type CallOption func(*callSettings) error

func (o CallOption) applyToClient(s *settings) error { return o.apply(&s.call) }

func (o CallOption) apply(s *callSettings) error {
	if o == nil {
		return &ArgumentError{Argument: "a CallOption", Reason: "is nil"}
	}
	return o(s)
}

type clientOption func(*settings) error

func (o clientOption) applyToClient(s *settings) error { return o(s) }

// settings are a client's options.
type settings struct {
	apiKey     string
	authScheme string
	base       *url.URL
	userAgent  string
	httpClient *http.Client
	call       callSettings
}

// newSettings applies opts to the defaults.
func newSettings(opts []Option) (*settings, error) {
	base, err := parseBaseURL(DefaultBaseURL)
	if err != nil {
		return nil, err
	}
	s := &settings{authScheme: DefaultAuthScheme, base: base, userAgent: userAgent, httpClient: &http.Client{}}
	for _, opt := range opts {
		if opt == nil {
			return nil, &ArgumentError{Argument: "an option", Reason: "is nil"}
		}
		if err := opt.applyToClient(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// callSettings are a call's options.
type callSettings struct {
	org    string
	userID string
	header http.Header
	query  url.Values
	fields map[string]any
}

// clone is a copy that a call can change.
func (s *callSettings) clone() callSettings {
	c := *s
	c.header = maps.Clone(s.header)
	c.query = maps.Clone(s.query)
	c.fields = maps.Clone(s.fields)
	return c
}

// WithAPIKey sets the key, which is bound to one org and one user. It goes to
// the base URL's host only.
func WithAPIKey(key string) Option {
	return clientOption(func(s *settings) error {
		switch {
		case key == "":
			return &ArgumentError{Argument: "WithAPIKey", Reason: "is empty"}
		case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
			return &ArgumentError{Argument: "WithAPIKey", Reason: "has a space, a line break or another character that no key has; was it read with the end of its line?"}
		}
		s.apiKey = key
		return nil
	})
}

// WithAuthScheme sets the word before the key in the Authorization header:
// [DefaultAuthScheme] if not set, Token, Bearer or Api-Key at some
// deployments, and the key alone if word is empty.
func WithAuthScheme(word string) Option {
	return clientOption(func(s *settings) error {
		if strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return &ArgumentError{Argument: "WithAuthScheme", Reason: fmt.Sprintf("is %q, but must be one word", word)}
		}
		s.authScheme = word
		return nil
	})
}

// WithBaseURL sets where the service is: [DefaultBaseURL] if not set. It may
// have a path, below which the API's paths then stand. Only a loopback host may
// be spoken to without TLS.
func WithBaseURL(address string) Option {
	return clientOption(func(s *settings) error {
		base, err := parseBaseURL(address)
		if err != nil {
			return err
		}
		s.base = base
		return nil
	})
}

// WithHTTPClient sets what sends the requests, for a proxy, a certificate or a
// test. It is copied; its CheckRedirect is asked after the client's own rules.
// Without a Transport it gets one that keeps enough connections open.
func WithHTTPClient(c *http.Client) Option {
	return clientOption(func(s *settings) error {
		if c == nil {
			return &ArgumentError{Argument: "WithHTTPClient", Reason: "is nil"}
		}
		s.httpClient = c
		return nil
	})
}

// WithUserAgent puts a program's name and version before the SDK's own in the
// User-Agent header.
func WithUserAgent(product string) Option {
	return clientOption(func(s *settings) error {
		if product == "" || strings.ContainsFunc(product, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &ArgumentError{Argument: "WithUserAgent", Reason: fmt.Sprintf("is %q, but must be printable ASCII", product)}
		}
		s.userAgent = product + " " + userAgent
		return nil
	})
}

// WithOrg sets the platform's key, {org} in the API's paths.
func WithOrg(org string) CallOption {
	return func(s *callSettings) error {
		if err := checkPathArgument("WithOrg", org); err != nil {
			return err
		}
		s.org = org
		return nil
	}
}

// WithUsername sets the user, {user_id} in the API's paths.
func WithUsername(username string) CallOption {
	return func(s *callSettings) error {
		if err := checkPathArgument("WithUsername", username); err != nil {
			return err
		}
		s.userID = username
		return nil
	}
}

// WithHeader sets a header of the request. Authorization is the client's own.
func WithHeader(name, value string) CallOption {
	return func(s *callSettings) error {
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Authorization", "Host", "Content-Length", "Content-Type", "Transfer-Encoding":
			return &ArgumentError{Argument: "WithHeader", Reason: fmt.Sprintf("can't set %s, which is the client's own", name)}
		}
		if s.header == nil {
			s.header = http.Header{}
		}
		s.header.Set(name, value)
		return nil
	}
}

// WithQuery sets a query parameter, such as a filter that the SDK has no name
// for. It takes the place of one that the call sets itself.
func WithQuery(name, value string) CallOption {
	return func(s *callSettings) error {
		if name == "" {
			return &ArgumentError{Argument: "WithQuery", Reason: "has no name"}
		}
		if s.query == nil {
			s.query = url.Values{}
		}
		s.query.Set(name, value)
		return nil
	}
}

// WithBodyField sets a field of a request that has a body, such as one that the
// SDK has no name for. It takes the place of one that the call sets itself.
func WithBodyField(name string, value any) CallOption {
	return func(s *callSettings) error {
		if name == "" {
			return &ArgumentError{Argument: "WithBodyField", Reason: "has no name"}
		}
		if s.fields == nil {
			s.fields = map[string]any{}
		}
		s.fields[name] = value
		return nil
	}
}
