// Package recording records the HTTP exchanges of a test run, so that the contract
// tests, a module of their own, can validate them. The exchanges can go through
// Prism, which validates them on the way.
package recording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// EnvDir is the environment variable with the folder for exchanges. If it is not
// set, nothing is recorded.
const EnvDir = "IBLAI_RECORD_DIR"

// Exchange is one request and its response.
type Exchange struct {
	Method         string
	URL            string
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte

	// ThroughPrism reports whether the exchange went through Prism; see [EnvPrism].
	ThroughPrism bool
	// Violations is the JSON of the violations that Prism found, or empty.
	Violations string
	// Bypass is the reason why the exchange didn't go through Prism.
	Bypass string
}

// Transport returns a RoundTripper that records the exchanges of next.
func Transport(next http.RoundTripper) http.RoundTripper {
	dir := os.Getenv(EnvDir)
	if dir == "" {
		return next
	}
	return recorder{next: next, dir: dir, prism: os.Getenv(EnvPrism)}
}

type recorder struct {
	next  http.RoundTripper
	dir   string
	prism string // host and port, empty for none
}

func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	exchange := Exchange{Method: request.Method, URL: request.URL.String(), RequestHeader: request.Header.Clone()}
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		_ = request.Body.Close()
		exchange.RequestBody = body
		request = request.Clone(request.Context())
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := r.send(request, &exchange)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	exchange.Status, exchange.ResponseHeader, exchange.ResponseBody = response.StatusCode, response.Header, body
	return response, r.write(exchange)
}

// send sends the request, through Prism if it is set up and accepts the request.
func (r recorder) send(request *http.Request, exchange *Exchange) (*http.Response, error) {
	if r.prism == "" {
		return r.next.RoundTrip(request)
	}
	exchange.Bypass = bypassReason(request, exchange.RequestBody)
	if exchange.Bypass != "" {
		return r.next.RoundTrip(request)
	}
	response, err := r.next.RoundTrip(throughPrism(request, exchange.RequestBody, r.prism))
	if err != nil {
		return nil, err
	}
	response.Request, exchange.ThroughPrism = request, true
	exchange.Violations, err = fromPrism(response)
	return response, err
}

func (r recorder) write(exchange Exchange) error {
	text, err := json.Marshal(exchange)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(r.dir, "exchange-*.json")
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		_ = file.Close()
		return fmt.Errorf("recording: %w", err)
	}
	return file.Close()
}
