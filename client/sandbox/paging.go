package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// page is one page of a list.
type page struct {
	Count    int     `json:"count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []any   `json:"results"`
}

// paginate answers with the page of rows in an order that the call asks for.
func paginate[R row](c *call, rows []R, o order[R], answerFor func(R) any) *django.Response {
	size := c.pageSize()
	pages := max(1, (len(rows)+size-1)/size)
	number := 1
	switch text := c.query.Get("page"); text {
	case "":
	case "last":
		number = pages
	default:
		n, ok := django.ParseInt(text)
		if !ok || n < 1 || n > int64(pages) {
			return django.Detail(http.StatusNotFound, "Invalid page.")
		}
		number = int(n)
	}
	p := page{Count: len(rows), Results: []any{}}
	if number < pages {
		p.Next = c.pageAddress(number + 1)
	}
	if number > 1 {
		p.Previous = c.pageAddress(number - 1)
	}
	first := (number - 1) * size
	for _, row := range o.page(rows, first, min(first+size, len(rows))) {
		p.Results = append(p.Results, answerFor(row))
	}
	return django.OK(p)
}

func (c *call) pageSize() int {
	text := c.query.Get("page_size")
	size, ok := django.ParseInt(text)
	if !ok || size < 1 {
		return c.sandbox.pageSize
	}
	return int(min(size, int64(c.sandbox.maxPageSize)))
}

// pageAddress is the address of another page, as the application sees it.
func (c *call) pageAddress(number int) *string {
	query := maps.Clone(url.Values(c.query))
	query.Set("page", strconv.Itoa(number))
	if number == 1 {
		query.Del("page")
	}
	u := url.URL{Scheme: "http", Host: c.request.Host, Path: c.request.URL.Path, RawPath: c.request.URL.RawPath, RawQuery: query.Encode()}
	if c.request.TLS != nil {
		u.Scheme = "https"
	}
	address := u.String()
	return &address
}
