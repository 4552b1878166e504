package client

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/iblai/iblai-go/client/api"
)

// Response is a response as it was received. It prints, logs and encodes as JSON
// without its header and body, which may have secrets: those of the agents, for
// example.
type Response struct {
	// StatusCode is the response's HTTP status.
	StatusCode int
	// Header is the response's header.
	Header http.Header
	// Body is the response's body. For an error it has no secrets and is at most
	// as long as the limit of [WithMaxErrorBody].
	Body []byte
	// Attempts is the number of times that the request was sent.
	Attempts int
}

// String returns the status, the length of the body and the number of attempts.
func (r Response) String() string {
	return fmt.Sprintf("status %d, body of %d bytes, attempts: %d", r.StatusCode, len(r.Body), r.Attempts)
}

// Format writes the same as String, whatever the verb.
func (r Response) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue groups the same values as String returns.
func (r Response) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("status_code", r.StatusCode), slog.Int("body_length", len(r.Body)), slog.Int("attempts", r.Attempts))
}

// MarshalJSON encodes the same values as String returns.
func (r Response) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"status_code":%d,"body_length":%d,"attempts":%d}`, r.StatusCode, len(r.Body), r.Attempts), nil
}

// WithResponse stores the last response of a call in response, whether it is a
// success or not. The call first sets response to its zero value, which it keeps
// if there is no response. The All methods store every page's response before they yield
// the page's first item. Concurrent calls need a Response each.
func WithResponse(response *Response) CallOption {
	return callOption(func(s *callSettings) error {
		if response == nil {
			return &api.ArgumentError{Argument: "WithResponse", Reason: "is nil"}
		}
		s.response = response
		return nil
	})
}

// capture stores a response for the caller who wants it.
func (s *callSettings) capture(response *http.Response, attempt int, body []byte) {
	if s.response != nil {
		*s.response = Response{
			StatusCode: response.StatusCode,
			Header:     response.Header,
			Body:       bytes.Clone(body),
			Attempts:   attempt,
		}
	}
}
