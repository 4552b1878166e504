package main

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

type requestsBody struct {
	Requests []requestBody `json:"requests"`
	Total    int           `json:"total"` // that match
	Before   *int64        `json:"before"`
}

type requestBody struct {
	ID         int64     `json:"id"`
	At         time.Time `json:"at"`
	Method     string    `json:"method"`
	URL        string    `json:"url"`
	Operation  string    `json:"operation"`
	Username   string    `json:"username"`
	Status     int       `json:"status"` // 0 for no answer
	DurationMS float64   `json:"duration_ms"`
	Fault      bool      `json:"fault"`
}

type fullRequestBody struct {
	requestBody

	RequestHeader  http.Header `json:"request_header"`
	RequestBody    string      `json:"request_body"`
	ResponseHeader http.Header `json:"response_header"`
	ResponseBody   string      `json:"response_body"`
	Truncated      bool        `json:"truncated"`
}

// requests lists what was asked of the API, the newest first.
func (c *call) requests() (any, error) {
	limit := c.query.whole("limit", defaultPage, 1, maxPage)
	before := c.query.whole("before", maxID, 1, maxID)
	lowest, highest := c.query.statuses("status")
	method, text := c.query.values.Get("method"), strings.ToLower(c.query.values.Get("text"))
	if c.query.err != nil {
		return nil, c.query.err
	}
	page, total, next := newestFirst(c.sandbox.RequestsBackward(), int(limit), before,
		func(r *sandbox.Request) int64 { return r.ID },
		func(r *sandbox.Request) bool {
			return (method == "" || strings.EqualFold(method, r.Method)) &&
				r.StatusCode >= lowest && r.StatusCode <= highest && (text == "" || says(r, text))
		})
	body := requestsBody{Requests: []requestBody{}, Total: total, Before: next}
	for i := range page {
		body.Requests = append(body.Requests, requestOf(&page[i]))
	}
	return body, nil
}

// statuses reads one status, as in 404, or a class of them, as in 4xx.
func (q *query) statuses(name string) (lowest, highest int) {
	text := q.values.Get(name)
	if text == "" {
		return 0, maxCount
	}
	lowest, lowErr := strconv.Atoi(strings.ReplaceAll(text, "x", "0"))
	highest, highErr := strconv.Atoi(strings.ReplaceAll(text, "x", "9"))
	if len(text) != len("404") || lowErr != nil || highErr != nil || lowest < 100 {
		q.fault(name, "a status such as 404 or 4xx")
	}
	return lowest, highest
}

// says reports whether a text in lower case stands in the URL or a body.
func says(r *sandbox.Request, text string) bool {
	return strings.Contains(strings.ToLower(r.URL), text) ||
		bytes.Contains(bytes.ToLower(r.Body), []byte(text)) || bytes.Contains(bytes.ToLower(r.ResponseBody), []byte(text))
}

func (c *call) requestByID() (any, error) {
	r, ok := c.sandbox.Request(c.id)
	if !ok {
		return nil, refuse(http.StatusNotFound, "there is no request %d, or no longer", c.id)
	}
	return fullRequestBody{requestOf(&r), r.Header, string(r.Body), r.ResponseHeader, string(r.ResponseBody), r.Truncated}, nil
}

func requestOf(r *sandbox.Request) requestBody {
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
	}
}
