package client

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// Option is an option of [New] and [FromEnv].
type Option interface {
	applyToClient(s *clientSettings) error
}

// CallOption is an option of one call, whatever its method.
type CallOption interface {
	AllOption
	WriteOption
	applyToCall(s *callSettings) error
}

// SharedOption is an option of a client or of one call. Given to [New] it holds
// for all calls; given to a call it replaces the client's.
type SharedOption interface {
	Option
	CallOption
}

// AllOption is an option of the All methods: a [CallOption], or [WithPrefetch].
type AllOption interface {
	applyToAll(s *callSettings) error
}

// WriteOption is an option of the methods that write a schedule, which are
// Create, Replace and Update of [PeriodicAgentsService]: a [CallOption], or
// [AllowUnrunnable].
type WriteOption interface {
	applyToWrite(s *callSettings) error
}

type (
	clientOption func(*clientSettings) error
	sharedOption func(*callSettings) error
	callOption   func(*callSettings) error
	allOption    func(*callSettings) error
	writeOption  func(*callSettings) error
)

func (o clientOption) applyToClient(s *clientSettings) error { return o(s) }

func (o sharedOption) applyToClient(s *clientSettings) error { return o(&s.call) }
func (o sharedOption) applyToCall(s *callSettings) error     { return o(s) }
func (o sharedOption) applyToAll(s *callSettings) error      { return o(s) }
func (o sharedOption) applyToWrite(s *callSettings) error    { return o(s) }

func (o callOption) applyToCall(s *callSettings) error  { return o(s) }
func (o callOption) applyToAll(s *callSettings) error   { return o(s) }
func (o callOption) applyToWrite(s *callSettings) error { return o(s) }

func (o allOption) applyToAll(s *callSettings) error { return o(s) }

func (o writeOption) applyToWrite(s *callSettings) error { return o(s) }

// applyOptions applies opts to s by the method of their type.
func applyOptions[O comparable, S any](s *S, opts []O, apply func(O, *S) error) error {
	var none O
	for _, opt := range opts {
		if opt == none {
			return &api.ArgumentError{Argument: "option", Reason: "is nil"}
		}
		if err := apply(opt, s); err != nil {
			return err
		}
	}
	return nil
}

// clientSettings are a client's options.
type clientSettings struct {
	apiKey     string
	authScheme string
	base       *url.URL
	userAgent  string
	httpClient *http.Client
	middleware []Middleware
	observers  []func(context.Context, Attempt)
	call       callSettings
}

// newSettings applies opts to the defaults.
func newSettings(opts []Option) (*clientSettings, error) {
	base, err := parseBaseURL(DefaultBaseURL)
	if err != nil {
		return nil, err
	}
	s := &clientSettings{
		authScheme: DefaultAuthScheme,
		base:       base,
		userAgent:  userAgent,
		httpClient: &http.Client{},
		call: callSettings{
			attemptTimeout: 60 * time.Second,
			retry:          RetryPolicy{}.withDefaults(),
			maxBody:        64 << 20,
			maxErrorBody:   1 << 20,
		},
	}
	if err := applyOptions(s, opts, Option.applyToClient); err != nil {
		return nil, err
	}
	return s, nil
}

// WithAPIKey sets the API key, which is bound to one org and one user. It is
// sent to the base URL's host only.
func WithAPIKey(key string) Option {
	return clientOption(func(s *clientSettings) error {
		switch {
		case key == "":
			return &api.ArgumentError{Argument: "WithAPIKey", Reason: "is empty"}
		case api.NewSecret(key).IsMasked():
			return &api.ArgumentError{Argument: "WithAPIKey", Reason: "is a masked key, not the key itself"}
		case strings.ContainsFunc(key, isNotVisible):
			return &api.ArgumentError{Argument: "WithAPIKey", Reason: "has a space, a line break or a character outside ASCII; was it read with the end of its line?"}
		}
		s.apiKey = key
		return nil
	})
}

// WithAuthScheme sets the authentication scheme, which precedes the key in the
// Authorization header. The default is [DefaultAuthScheme]; some deployments
// want Token, Bearer or Api-Key. If scheme is empty, the key is sent alone.
func WithAuthScheme(scheme string) Option {
	return clientOption(func(s *clientSettings) error {
		if strings.ContainsFunc(scheme, isNotVisible) {
			return &api.ArgumentError{Argument: "WithAuthScheme", Reason: "must be one word, without the key"}
		}
		s.authScheme = scheme
		return nil
	})
}

// isNotVisible reports whether r is not a visible ASCII character.
func isNotVisible(r rune) bool { return r <= ' ' || r > '~' }

// WithBaseURL sets the service's address. The default is [DefaultBaseURL]. It
// may have a path, which precedes the API's paths. Plain HTTP is accepted for
// loopback hosts only.
func WithBaseURL(address string) Option {
	return clientOption(func(s *clientSettings) error {
		base, err := parseBaseURL(address)
		if err != nil {
			return err
		}
		s.base = base
		return nil
	})
}

// WithHTTPClient sets the HTTP client used for requests, for a proxy, a
// certificate or a test. New copies it. Its CheckRedirect is called for the
// redirects that the client itself accepts, and can't point them at another host.
// Its Timeout bounds each attempt, as [WithAttemptTimeout] does; the shorter one
// applies.
//
// If it has no Transport, it gets one that keeps up to 256 idle connections open,
// notices dead HTTP/2 connections by pings, and uses new connections after an
// attempt has timed out. A Transport of the program's own should have an
// [http.HTTP2Config] with a SendPingTimeout and a PingTimeout that are together
// shorter than an attempt's timeout, and a MaxIdleConnsPerHost for its concurrent
// calls. After an attempt has timed out, the client closes its idle connections,
// at once and before each attempt until one has a response.
//
// A RoundTripper that retries requests itself, for failover for example, may
// write twice: the client can't prevent that.
func WithHTTPClient(c *http.Client) Option {
	return clientOption(func(s *clientSettings) error {
		if c == nil {
			return &api.ArgumentError{Argument: "WithHTTPClient", Reason: "is nil"}
		}
		s.httpClient = c
		return nil
	})
}

// WithUserAgent puts a program's name and version before the SDK's own in the
// User-Agent header.
func WithUserAgent(product string) Option {
	return clientOption(func(s *clientSettings) error {
		if product == "" || strings.ContainsFunc(product, func(r rune) bool { return r < ' ' || r > '~' }) {
			return &api.ArgumentError{Argument: "WithUserAgent", Reason: "must be printable ASCII"}
		}
		s.userAgent = product + " " + userAgent
		return nil
	})
}

// WithMiddleware adds middleware. The first added is the outermost.
func WithMiddleware(m Middleware) Option {
	return clientOption(func(s *clientSettings) error {
		if m == nil {
			return &api.ArgumentError{Argument: "WithMiddleware", Reason: "is nil"}
		}
		s.middleware = append(s.middleware, m)
		return nil
	})
}

// WithObserver sets a function that is called after every attempt, for metrics
// and traces. The context is the call's. Options of this kind add up, and add
// to [WithLogger].
//
// A call waits for observe, so it should return quickly. It must be safe for
// concurrent use. Its panics are not recovered: they reach the caller or, with
// [WithPrefetch], end the program.
func WithObserver(observe func(ctx context.Context, attempt Attempt)) Option {
	return clientOption(func(s *clientSettings) error {
		if observe == nil {
			return &api.ArgumentError{Argument: "WithObserver", Reason: "is nil"}
		}
		s.observers = append(s.observers, observe)
		return nil
	})
}

// WithLogger logs every [Attempt]: at warn level if it will be retried, at debug
// level otherwise. Bodies, headers and queries are never logged. Without this
// option the client logs nothing.
func WithLogger(logger *slog.Logger) Option {
	if logger == nil || logger.Handler() == nil {
		return clientOption(func(*clientSettings) error {
			return &api.ArgumentError{Argument: "WithLogger", Reason: "is nil or has no handler"}
		})
	}
	return WithObserver(func(ctx context.Context, attempt Attempt) {
		if attempt.RetryIn > 0 {
			logger.LogAttrs(ctx, slog.LevelWarn, "ibl.ai request will be retried", attempt.attrs()...)
			return
		}
		logger.LogAttrs(ctx, slog.LevelDebug, "ibl.ai request", attempt.attrs()...)
	})
}
