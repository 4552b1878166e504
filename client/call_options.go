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
)

// CallOption changes one call, or, given to [New], every call.
type CallOption func(*callSettings) error

func (o CallOption) applyToClient(s *settings) error { return o.apply(&s.call) }

func (o CallOption) apply(s *callSettings) error {
	if o == nil {
		return &ArgumentError{Argument: "a CallOption", Reason: "is nil"}
	}
	return o(s)
}

// callSettings are a call's options.
type callSettings struct {
	org    string
	userID string
	header http.Header
	query  url.Values
	fields map[string]any

	timeout      time.Duration
	retry        RetryPolicy
	maxBody      int64
	maxErrorBody int64
	prefetch     int
	pollInterval time.Duration

	allowUnrunnable bool
	response        *Response
}

// clone is a copy that a call can change.
func (s *callSettings) clone() callSettings {
	c := *s
	c.header = maps.Clone(s.header)
	c.query = maps.Clone(s.query)
	c.fields = maps.Clone(s.fields)
	return c
}

// WithOrg sets the platform's key, {org} in the API's paths.
func WithOrg(org string) CallOption {
	return func(s *callSettings) error {
		if err := checkPathText("WithOrg", org); err != nil {
			return err
		}
		s.org = org
		return nil
	}
}

// WithUsername sets the user, {user_id} in the API's paths.
func WithUsername(username string) CallOption {
	return func(s *callSettings) error {
		if err := checkPathText("WithUsername", username); err != nil {
			return err
		}
		s.userID = username
		return nil
	}
}

// WithHeader sets a header of the request. Authorization is the client's own.
func WithHeader(name, value string) CallOption {
	return func(s *callSettings) error {
		if !isToken(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return &ArgumentError{Argument: "WithHeader", Reason: "has a name or a value that no header can have"}
		}
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

// isToken reports whether a header can have this name.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// WithQuery sets a query parameter, such as a filter that the SDK has no name
// for. It takes the place of one that the call sets itself; a page, which All
// sets, is not for it.
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
		if _, err := json.Marshal(value); err != nil {
			return &ArgumentError{Argument: "WithBodyField", Reason: "has a value that can't be written as JSON", Err: err}
		}
		if s.fields == nil {
			s.fields = map[string]any{}
		}
		s.fields[name] = value
		return nil
	}
}

// WithTimeout sets how long one attempt may take, from dialing to the last
// byte of the answer: 60 s if not set. How long a call may take with its
// retries is the context's to say.
func WithTimeout(d time.Duration) CallOption {
	return func(s *callSettings) error {
		if d <= 0 {
			return &ArgumentError{Argument: "WithTimeout", Reason: fmt.Sprintf("is %s, but must be above 0", d)}
		}
		s.timeout = d
		return nil
	}
}

// WithMaxBody sets how many bytes of an answer are read at most: 64 MiB if not
// set. A longer answer is an error.
func WithMaxBody(n int64) CallOption {
	return func(s *callSettings) error {
		if n < 1 {
			return &ArgumentError{Argument: "WithMaxBody", Reason: fmt.Sprintf("is %d, but must be above 0", n)}
		}
		s.maxBody = n
		return nil
	}
}

// WithMaxErrorBody sets how many bytes of an error's body are read and kept at
// most: 1 MiB if not set.
func WithMaxErrorBody(n int64) CallOption {
	return func(s *callSettings) error {
		if n < 1 {
			return &ArgumentError{Argument: "WithMaxErrorBody", Reason: fmt.Sprintf("is %d, but must be above 0", n)}
		}
		s.maxErrorBody = n
		return nil
	}
}
