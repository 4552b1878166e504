package client

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/iblai/iblai-go/client/api"
)

// callSettings are a call's options.
type callSettings struct {
	org    string
	userID string
	header http.Header
	query  url.Values
	fields map[string]any

	attemptTimeout time.Duration
	retry          RetryPolicy
	maxBody        int64
	maxErrorBody   int64
	prefetch       int

	allowUnrunnable bool
	idempotent      bool // whether the service honours the Idempotency-Key
	response        *Response
}

// clone returns a copy for the options of one call to change.
func (s *callSettings) clone() callSettings {
	c := *s
	c.header = maps.Clone(s.header)
	return c
}

// checkAccount refuses an org or a user that is no segment of a path, or that was
// read with the white space around it.
func checkAccount(option, value string) error {
	if strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }) != value {
		return &api.ArgumentError{Argument: option, Reason: "has white space around it; was it read with the end of its line?"}
	}
	return checkPathText(option, value)
}

// forReading returns s without what is meant for the request that writes.
func (s *callSettings) forReading() *callSettings {
	c := s.clone()
	c.query, c.fields, c.response = nil, nil, nil
	return &c
}

// WithOrg sets the org, which is the platform's key and {org} in the API's
// paths.
func WithOrg(org string) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if err := checkAccount("WithOrg", org); err != nil {
			return err
		}
		s.org = org
		return nil
	})
}

// WithUsername sets the user, {user_id} in the API's paths.
func WithUsername(username string) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if err := checkAccount("WithUsername", username); err != nil {
			return err
		}
		s.userID = username
		return nil
	})
}

// WithHeader sets a header of the request. The client itself sets
// Authorization, Host, and the headers that describe the body, its encoding and
// the connection. The value of a header whose name looks like a secret's, such as
// X-Api-Key or Cookie, is masked in errors.
func WithHeader(name, value string) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if !isToken(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return &api.ArgumentError{Argument: "WithHeader", Reason: "has a name or a value that is not valid in a header"}
		}
		switch textproto.CanonicalMIMEHeaderKey(name) {
		case "Authorization", "Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Accept-Encoding", "Connection", "Upgrade", "Te", "Trailer":
			return &api.ArgumentError{Argument: "WithHeader", Reason: fmt.Sprintf("can't set %s, which the client sets itself", name)}
		}
		if s.header == nil {
			s.header = http.Header{}
		}
		s.header.Set(name, value)
		return nil
	})
}

// WithIdempotencyKey sets the Idempotency-Key header, so that a POST or PATCH
// is retried like a PUT. Use it only if the service or a gateway in front of it
// honours the header: otherwise a retry may write twice. Each call needs a key
// of its own.
func WithIdempotencyKey(key string) CallOption {
	return callOption(func(s *callSettings) error {
		if key == "" || strings.ContainsFunc(key, isNotVisible) {
			return &api.ArgumentError{Argument: "WithIdempotencyKey", Reason: "must be visible ASCII"}
		}
		s.idempotent = true
		return WithHeader("Idempotency-Key", key).applyToCall(s)
	})
}

// isToken reports whether name is valid as a header's name.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return isNotVisible(r) || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// WithQuery sets a query parameter, such as a filter that this release of the
// SDK does not know. It replaces the call's own parameter of this name. The All
// methods set the page themselves. The value of a parameter whose name looks like
// a secret's, such as access_token, is masked in errors.
func WithQuery(name, value string) CallOption {
	return callOption(func(s *callSettings) error {
		if name == "" {
			return &api.ArgumentError{Argument: "WithQuery", Reason: "has no name"}
		}
		if s.query == nil {
			s.query = url.Values{}
		}
		s.query.Set(name, value)
		return nil
	})
}

// WithBodyField sets a field of the request's body, such as one that this
// release of the SDK does not know. It replaces the call's own field of this
// name. Requests without a body are sent without it. The value must not hold an
// [api.Secret], or an unknown field with the name of a secret: pass its text.
func WithBodyField(name string, value any) CallOption {
	return callOption(func(s *callSettings) error {
		if name == "" {
			return &api.ArgumentError{Argument: "WithBodyField", Reason: "has no name"}
		}
		if holdsSecret(value) {
			return &api.ArgumentError{Argument: "WithBodyField", Reason: maskedReason}
		}
		if _, err := json.Marshal(value); err != nil {
			return &api.ArgumentError{Argument: "WithBodyField", Reason: "has a value that can't be encoded as JSON", Err: err}
		}
		if s.fields == nil {
			s.fields = map[string]any{}
		}
		s.fields[name] = value
		return nil
	})
}

// WithAttemptTimeout sets how long one attempt may take, from dialing to the
// last byte of the response. The default is 60 s. The context bounds the whole
// call with its retries.
func WithAttemptTimeout(d time.Duration) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if d <= 0 {
			return &api.ArgumentError{Argument: "WithAttemptTimeout", Reason: fmt.Sprintf("is %s, but must be above 0", d)}
		}
		s.attemptTimeout = d
		return nil
	})
}

// WithMaxBody sets how many bytes a successful response's body may have. The
// default is 64 MiB. A longer body is a [*TransportError] with [ErrBodyTooLarge].
//
// This option bounds the memory of a program. While it is decoded, a usual body
// takes about three times its length, and no body more than about 40 times: a page
// with more items than that is a [*DecodeError]. The garbage collector lets the heap
// grow beyond that, by default to twice as much. Calls that run at the same time
// add up, as do the pages of [WithPrefetch].
func WithMaxBody(n int64) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if n < 1 {
			return &api.ArgumentError{Argument: "WithMaxBody", Reason: fmt.Sprintf("is %d, but must be above 0", n)}
		}
		s.maxBody = n
		return nil
	})
}

// WithMaxErrorBody sets how many bytes of an error response's body are read and
// kept. The default is 1 MiB. An error response is read for 5 s at most.
func WithMaxErrorBody(n int64) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if n < 1 {
			return &api.ArgumentError{Argument: "WithMaxErrorBody", Reason: fmt.Sprintf("is %d, but must be above 0", n)}
		}
		s.maxErrorBody = n
		return nil
	})
}
