// Package recording keeps the HTTP exchanges of a test run, so that the contract
// tests, which live in a module of their own, can hold them to openapi.yaml. The
// exchanges can go through Prism, which does so on the way.
package recording

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

// EnvDir names the folder that exchanges are written to. Where it is not set,
// nothing is recorded.
const EnvDir = "IBLAI_RECORD_DIR"

// Exchange is one request and its answer.
type Exchange struct {
	Method         string
	URL            string
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte

	// ThroughPrism is whether the exchange went through Prism; see [EnvPrism].
	ThroughPrism bool
	// Violations are what Prism found, as it wrote them: JSON, or nothing.
	Violations string
	// Bypass is why Prism could not carry the exchange.
	Bypass string
}

// Transport is next, recorded.
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

// send sends the request, through Prism if there is one that can carry it.
func (r recorder) send(request *http.Request, exchange *Exchange) (*http.Response, error) {
	if r.prism == "" {
		return r.next.RoundTrip(request)
	}
	exchange.Bypass = obstacle(request, exchange.RequestBody)
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
