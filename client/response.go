package client

import (
	"bytes"
	"net/http"
)

// Response is an answer as it came.
type Response struct {
	// StatusCode is the answer's HTTP status.
	StatusCode int
	// Header is the answer's header.
	Header http.Header
	// Body is the answer's body: the raw JSON beside the typed value.
	Body []byte
	// Attempts is how often the request was sent.
	Attempts int
}

// WithResponse has the last answer of a call written to response, whether it is
// a success or not. All writes every page's answer there, before the page's
// first item. Concurrent calls need a Response each.
func WithResponse(response *Response) CallOption {
	return func(s *callSettings) error {
		if response == nil {
			return &ArgumentError{Argument: "WithResponse", Reason: "is nil"}
		}
		s.response = response
		return nil
	}
}

// capture keeps an answer for the caller who asked for it.
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
