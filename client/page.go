package client

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a list.
type Page[T any] struct {
	// Count is the number of items on all pages.
	Count int64 `json:"count"`
	// Next and Prev are the addresses of the neighboring pages, or empty. Behind a
	// proxy their scheme and host may be wrong; All uses their queries only.
	Next string `json:"next"`
	Prev string `json:"previous"`
	// Results are the items of this page. None of them is nil.
	Results []*T `json:"results"`
}

// LogValue returns a group of the page's numbers.
func (p Page[T]) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("count", p.Count), slog.Int("results", len(p.Results)))
}

// fetchPage requests a page.
func fetchPage[T any](ctx context.Context, c *Client, s *callSettings, build buildFunc) (*Page[T], *call, error) {
	page := new(Page[T])
	call, err := c.send(ctx, s, build, page)
	if err != nil {
		return nil, call, err
	}
	return page, call, nil
}

// list is a *Page of any type.
type list interface {
	readList(decoder *jsontext.Decoder) error
	checkItems() error
}

// readList decodes a list instead of a page. Its items may be lists of items.
func (p *Page[T]) readList(decoder *jsontext.Decoder) error {
	if _, err := decoder.ReadToken(); err != nil { // [
		return err
	}
	for {
		switch decoder.PeekKind() {
		case ']':
			p.Count = int64(len(p.Results))
			_, err := decoder.ReadToken()
			return err
		case '[':
			if err := p.readList(decoder); err != nil {
				return err
			}
		default:
			var item *T
			if err := json.UnmarshalDecode(decoder, &item); err != nil {
				return err
			}
			p.Results = append(p.Results, item)
		}
	}
}

// checkItems refuses a page with an item that is null.
func (p *Page[T]) checkItems() error {
	for i, item := range p.Results {
		if item == nil {
			return fmt.Errorf("item %d of the list is null", i)
		}
	}
	return nil
}
