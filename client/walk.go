package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
)

// Collect gathers the items of a list, up to limit of them. With an error come
// the items that were there before it.
//
//	agents, err := client.Collect(c.PeriodicAgents.All(ctx, nil), 100)
func Collect[T any](items iter.Seq2[*T, error], limit int) ([]*T, error) {
	if limit < 1 {
		return nil, &ArgumentError{Argument: "limit", Reason: fmt.Sprintf("is %d, but must be above 0", limit)}
	}
	var collected []*T
	for item, err := range items {
		if err != nil {
			return collected, err
		}
		if collected = append(collected, item); len(collected) == limit {
			break
		}
	}
	return collected, nil
}

// PageError is what ended a walk over a list.
type PageError struct {
	// Page is the page on which it happened, counted from 1 for the first that
	// was asked for.
	Page int
	// Err is what happened.
	Err error
}

func (e *PageError) Error() string { return fmt.Sprintf("page %d of the list: %v", e.Page, e.Err) }

// Unwrap returns what happened.
func (e *PageError) Unwrap() error { return e.Err }

// walk goes over the pages of a list, from the one that build asks for.
type walk[T any] struct {
	client *Client
	opts   []CallOption
	build  func(org, userID string) (*request, error)
}

// all yields the items of a list, each once, though pages shift when items come
// and go between two requests. An error is yielded once, and ends the walk.
func all[T any](ctx context.Context, c *Client, opts []CallOption, build func(org, userID string) (*request, error), key func(*T) itemKey) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var yielded itemSet
		w := walk[T]{client: c, opts: opts, build: build}
		for page, err := range w.pages(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page.Results {
				if yielded.add(key(item)) && !yield(item, nil) {
					return
				}
			}
		}
	}
}

// pages yields the pages in their order.
func (w walk[T]) pages(ctx context.Context) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		settings, err := w.client.settingsFor(w.opts)
		if err != nil {
			yield(nil, err)
			return
		}
		ahead := newPrefetcher(ctx, w, settings)
		defer ahead.stop()
		seen := map[string]bool{}
		query := ""
		for number := 1; ; number++ {
			page, err := ahead.page(query)
			if number > 1 && errors.Is(err, ErrNotFound) {
				return // the list has become shorter meanwhile
			}
			if err != nil {
				yield(nil, &PageError{Page: number, Err: err})
				return
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
			if query, err = nextQuery(page.Next, seen); err != nil {
				yield(nil, &PageError{Page: number, Err: err})
				return
			}
			ahead.follow(query, page)
		}
	}
}

// fetch gets the page that query names, or the first one that build asks for.
func (w walk[T]) fetch(ctx context.Context, query string, opts ...CallOption) (*Page[T], error) {
	return do[Page[T]](ctx, w.client, slices.Concat(w.opts, opts), func(org, userID string) (*request, error) {
		r, err := w.build(org, userID)
		if err == nil && query != "" {
			r.query = []byte(query)
		}
		return r, err
	})
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
		return "", fmt.Errorf("ibl.ai: the address of the next page repeats, so the list would never end: %q", u.RawQuery)
	}
	seen[u.RawQuery] = true
	return u.RawQuery, nil
}
