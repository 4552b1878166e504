package client

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Page is one page of a list.
type Page[T any] struct {
	// Count is the number of items on all pages.
	Count int64 `json:"count"`
	// Next and Prev are the addresses of the neighboring pages as the service
	// sees them, empty where there is none. Behind a proxy their scheme and host
	// may be wrong; All uses their query only.
	Next string `json:"next"`
	Prev string `json:"previous"`
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
