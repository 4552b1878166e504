package client

import (
	"bytes"
	"net/http"

	"github.com/iblai/iblai-go/client/api"
)

// Response is a response as it was received.
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

// WithResponse stores the last response of a call in response, whether it is a
// success or not. The All methods store every page's response before they yield
// the page's first item. Concurrent calls need a Response each.
func WithResponse(response *Response) CallOption {
	return callOption(func(s *callSettings) error {
		if response == nil {
			return &api.ArgumentError{Argument: "WithResponse", Reason: "is nil"}
		}
		*response = Response{}
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
