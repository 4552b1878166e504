package client

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Option sets up a [Client]. Every [CallOption] is an Option too: given to
// [New] it holds for all calls.
type Option interface {
	applyToClient(*settings) error
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
	middleware []Middleware
	logger     *slog.Logger
	call       callSettings
}

// newSettings applies opts to the defaults.
func newSettings(opts []Option) (*settings, error) {
	base, err := parseBaseURL(DefaultBaseURL)
	if err != nil {
		return nil, err
	}
	s := &settings{
		authScheme: DefaultAuthScheme,
		base:       base,
		userAgent:  userAgent,
		httpClient: &http.Client{},
		call: callSettings{
			timeout:      60 * time.Second,
			retry:        RetryPolicy{}.withDefaults(),
			maxBody:      64 << 20,
			maxErrorBody: 1 << 20,
			pollInterval: 2 * time.Second,
		},
	}
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
			return &ArgumentError{Argument: "WithAuthScheme", Reason: "must be one word, without the key"}
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
			return &ArgumentError{Argument: "WithUserAgent", Reason: "must be printable ASCII"}
		}
		s.userAgent = product + " " + userAgent
		return nil
	})
}
