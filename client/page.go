package client

import (
	"context"
	"fmt"
	"iter"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a list.
type Page[T any] struct {
	// Count is the number of items on all pages.
	Count int64 `json:"count"`
	// Next and Previous are the addresses of the neighbouring pages as the
	// service sees them, empty where there is none. Behind a proxy their scheme
	// and host may be wrong; All uses their query only.
	Next     string `json:"next"`
	Previous string `json:"previous"`
	// Results are the items of this page.
	Results []T `json:"results"`
}

// UnmarshalJSONFrom reads a page, and also a bare list and a list in a list,
// as the documentation shows them for pinned messages.
func (p *Page[T]) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	type plain Page[T] // without this method
	if decoder.PeekKind() != '[' {
		return json.UnmarshalDecode(decoder, (*plain)(p))
	}
	*p = Page[T]{}
	if err := p.readList(decoder); err != nil {
		return err
	}
	p.Count = int64(len(p.Results))
	return nil
}

func (p *Page[T]) readList(decoder *jsontext.Decoder) error {
	if _, err := decoder.ReadToken(); err != nil { // [
		return err
	}
	for {
		switch decoder.PeekKind() {
		case ']':
			_, err := decoder.ReadToken()
			return err
		case '[':
			if err := p.readList(decoder); err != nil {
				return err
			}
		default:
			var item T
			if err := json.UnmarshalDecode(decoder, &item); err != nil {
				return err
			}
			p.Results = append(p.Results, item)
		}
	}
}

// all walks the pages of a list from the one that build asks for. An error is
// yielded once, and ends the walk.
func all[T any](ctx context.Context, c *Client, opts []CallOption, build func(org, userID string) (*request, error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var query string // of the page, where it is not the first
		seen := map[string]bool{}
		for {
			page, err := call[Page[T]](ctx, c, opts, func(org, userID string) (*request, error) {
				r, err := build(org, userID)
				if err == nil && query != "" {
					r.query = []byte(query)
				}
				return r, err
			})
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Results {
				if !yield(&page.Results[i], nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			if query, err = nextQuery(page.Next, seen); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// nextQuery takes from the address of the next page what can be trusted of it:
// its query. Its scheme, host and path are what the application behind the
// proxies believes them to be.
func nextQuery(next string, seen map[string]bool) (string, error) {
	u, err := url.Parse(next)
	if err != nil || u.RawQuery == "" {
		return "", fmt.Errorf("ibl.ai: the address of the next page has no query: %q", next)
	}
	if seen[u.RawQuery] {
		return "", fmt.Errorf("ibl.ai: the address of the next page repeats: %q", u.RawQuery)
	}
	seen[u.RawQuery] = true
	return u.RawQuery, nil
}
