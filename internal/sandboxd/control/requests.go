package control

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

type requestsBody struct {
	Requests []requestBody `json:"requests"`
	Total    int           `json:"total"` // number of matching requests
	Before   *int64        `json:"before"`
}

type requestBody struct {
	ID         int64     `json:"id"`
	At         time.Time `json:"at"`
	Method     string    `json:"method"`
	URL        string    `json:"url"`
	Operation  string    `json:"operation"`
	Username   string    `json:"username"`
	Status     int       `json:"status"` // 0 if there was no response
	DurationMS float64   `json:"duration_ms"`
	Fault      bool      `json:"fault"`
	FaultID    string    `json:"fault_id"`
}

type fullRequestBody struct {
	requestBody

	RequestHeader  http.Header `json:"request_header"`
	RequestBody    string      `json:"request_body"`
	ResponseHeader http.Header `json:"response_header"`
	ResponseBody   string      `json:"response_body"`
	Truncated      bool        `json:"truncated"`
}

// requests lists matching requests to the platform's API, newest first.
func (c *call) requests() (any, error) {
	limit := c.query.integer("limit", defaultPageSize, 1, maxPageSize)
	before := c.query.integer("before", math.MaxInt64, 1, math.MaxInt64)
	lowest, highest := c.query.statuses("status")
	method, text := c.query.values.Get("method"), strings.ToLower(c.query.values.Get("text"))
	fault := c.query.values.Get("fault")
	if c.query.err != nil {
		return nil, c.query.err
	}
	page, total, next := paginate(c.sandbox.RequestsBackward(), int(limit), before,
		func(r *sandbox.Request) int64 { return r.ID },
		func(r *sandbox.Request) bool {
			return (method == "" || strings.EqualFold(method, r.Method)) && (fault == "" || fault == r.FaultID) &&
				r.StatusCode >= lowest && r.StatusCode <= highest &&
				(text == "" || containsText(text, r.URL, r.Body, r.ResponseBody))
		})
	body := requestsBody{Requests: []requestBody{}, Total: total, Before: next}
	for i := range page {
		body.Requests = append(body.Requests, newRequestBody(&page[i]))
	}
	return body, nil
}

// statuses parses a status such as 404, a class of statuses such as 4xx, or
// none. It returns the range of matching statuses.
func (q *query) statuses(name string) (lowest, highest int) {
	text := q.values.Get(name)
	switch text {
	case "":
		return 0, math.MaxInt
	case "none":
		return 0, 0
	}
	lowest, lowErr := strconv.Atoi(strings.ReplaceAll(text, "x", "0"))
	highest, highErr := strconv.Atoi(strings.ReplaceAll(text, "x", "9"))
	if len(text) != len("404") || lowErr != nil || highErr != nil || lowest < 100 {
		q.invalid(name, "a status such as 404 or 4xx, or none")
	}
	return lowest, highest
}

// containsText reports whether a URL or a body contains a text, ignoring case.
// The text must be in lower case.
func containsText(text, url string, bodies ...[]byte) bool {
	return strings.Contains(strings.ToLower(url), text) ||
		slices.ContainsFunc(bodies, func(body []byte) bool { return bytes.Contains(bytes.ToLower(body), []byte(text)) })
}

func (c *call) requestByID() (any, error) {
	r, ok := c.sandbox.Request(c.id)
	if !ok {
		return nil, errorf(http.StatusNotFound, "there is no request %d, or it is no longer stored", c.id)
	}
	return fullRequestBody{newRequestBody(&r), r.Header, string(r.Body), r.ResponseHeader, string(r.ResponseBody), r.Truncated}, nil
}

func newRequestBody(r *sandbox.Request) requestBody {
	return requestBody{
		ID:         r.ID,
		At:         r.ReceivedAt.UTC(),
		Method:     r.Method,
		URL:        r.URL,
		Operation:  string(r.Operation),
		Username:   r.Username,
		Status:     r.StatusCode,
		DurationMS: float64(r.Duration.Microseconds()) / 1000,
		Fault:      r.Faulted,
		FaultID:    r.FaultID,
	}
}
