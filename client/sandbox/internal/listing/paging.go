package listing

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A page is a page of a list.
type page struct {
	Count    int     `json:"count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []any   `json:"results"`
}

// paginate returns the response with the page that is asked for, of count rows.
// The function results returns a part of them.
func paginate(count int, r *Request, results func(from, to int) []any) *django.Response {
	size := r.pageSize()
	pages := max(1, (count+size-1)/size)
	number := 1
	switch text := r.Query.Get("page"); {
	case text == "" && (r.Version >= django.Django42 || r.Query["page"] == nil):
	case text == "last":
		number = pages
	default:
		n, ok := django.ParseInt(text)
		if !ok || n < 1 || n > int64(pages) {
			return django.Detail(http.StatusNotFound, "Invalid page.")
		}
		number = int(n)
	}
	from := (number - 1) * size
	p := page{Count: count, Results: results(from, min(from+size, count))}
	if number < pages {
		p.Next = r.pageURL(number + 1)
	}
	if number > 1 {
		p.Previous = r.pageURL(number - 1)
	}
	return django.OK(p)
}

func (r *Request) pageSize() int {
	size, ok := django.ParseInt(r.Query.Get("page_size"))
	if !ok || size < 1 {
		return r.PageSize
	}
	return int(min(size, int64(r.MaxPageSize)))
}

// pageURL returns the absolute URL of another page.
func (r *Request) pageURL(number int) *string {
	query := maps.Clone(url.Values(r.Query))
	query.Set("page", strconv.Itoa(number))
	if number == 1 {
		query.Del("page")
	}
	u := r.URL
	u.RawQuery = query.Encode()
	text := u.String()
	return &text
}
