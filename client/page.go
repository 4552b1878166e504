package client

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"unsafe"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
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

	// Fields that this type doesn't have, and those whose values don't fit. It is
	// nil if there are none.
	Unknown *api.Fields `json:"-"`
}

// LogValue returns a group of the page's numbers.
func (p Page[T]) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("count", p.Count), slog.Int("results", len(p.Results)))
}

// listPage requests a page for a List method.
func listPage[T any](ctx context.Context, c *Client, opts []CallOption, build buildFunc) (*Page[T], error) {
	s, err := settingsFor(c, opts, CallOption.applyToCall)
	if err != nil {
		return nil, err
	}
	page, _, err := fetchPage[T](ctx, c, s, build)
	return page, err
}

// fetchPage requests a page, and checks that it is sorted.
func fetchPage[T any](ctx context.Context, c *Client, s *callSettings, build buildFunc) (*Page[T], *call, error) {
	page := new(Page[T])
	call, err := c.send(ctx, s, build, page)
	if err != nil {
		return nil, call, err
	}
	if err := checkOrder(call, page.Results...); err != nil {
		return nil, call, err
	}
	return page, call, nil
}

// UnmarshalJSON decodes a page, or a bare list of its items.
func (p *Page[T]) UnmarshalJSON(data []byte) error {
	*p = Page[T]{}
	if _, ok := any(new(T)).(model); ok {
		return unmarshalModel(data, p)
	}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		err := json.Unmarshal(data, &p.Results)
		p.Count = int64(len(p.Results))
		return err
	}
	type fields Page[T]
	return json.Unmarshal(data, (*fields)(p))
}

// MarshalJSON returns the fields of p, among them the unknown ones, as those of
// models are.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	type fields Page[T]
	return marshalModel(fields(p), p.Unknown)
}

// decode decodes a page, or a bare list of its items.
func (p *Page[T]) decode(d *scan.Decoder) {
	if d.Kind() == scan.KindArray {
		p.Results = []*T{}
		p.decodeList(d)
		p.Count = int64(len(p.Results))
		return
	}
	found := false
	for _, name := range d.Fields(&p.Unknown) {
		switch name {
		case "count":
			p.Count = d.Int64()
		case "next":
			p.Next = d.String()
		case "previous":
			p.Prev = d.String()
		case "results":
			p.Results = []*T{}
			if found = d.Require(scan.KindArray); found {
				p.decodeItems(d)
			}
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "results")
}

// decodeItems decodes an array of items.
func (p *Page[T]) decodeItems(d *scan.Decoder) {
	for range d.Items() {
		if d.Require(scan.KindObject) {
			p.decodeItem(d)
		}
	}
}

// decodeList decodes a bare list, whose items may be lists of items.
func (p *Page[T]) decodeList(d *scan.Decoder) {
	for range d.Items() {
		switch {
		case d.Kind() == scan.KindArray:
			p.decodeList(d)
		case d.Require(scan.KindObject):
			p.decodeItem(d)
		}
	}
}

func (p *Page[T]) decodeItem(d *scan.Decoder) {
	item := new(T)
	d.Build(unsafe.Sizeof(*item))
	any(item).(model).decode(d) //nolint:forcetypeassert // pages have models
	p.Results = append(p.Results, item)
}
