package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"github.com/iblai/iblai-go/client/api"
)

// Collect returns the items of an iterator, at most limit of them. If there are
// more, it returns the first limit items and [ErrTruncated]. If the iterator
// yields an error, it returns that error and the items before it.
//
//	agents, err := client.Collect(c.PeriodicAgents.All(ctx, nil), 100)
func Collect[T any](items iter.Seq2[T, error], limit int) ([]T, error) {
	if limit < 1 {
		return nil, &api.ArgumentError{Argument: "limit", Reason: fmt.Sprintf("is %d, but must be above 0", limit)}
	}
	var collected []T
	for item, err := range items {
		switch {
		case err != nil:
			return collected, err
		case len(collected) == limit:
			return collected, ErrTruncated
		}
		collected = append(collected, item)
	}
	return collected, nil
}

// pager fetches the pages of a list, beginning with the one that build requests.
type pager[T any] struct {
	client   *Client
	settings *callSettings
	build    buildFunc
}

// all yields the items of a list. Pages shift if items are created or deleted
// between two requests; an item that comes again for that reason is not yielded
// again. An error is yielded once and ends the iteration.
func all[T any](ctx context.Context, c *Client, opts []AllOption, build buildFunc, key func(*T) itemKey) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		var yielded itemSet
		for page, err := range pages[T](ctx, c, opts, build) {
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

// pages yields the pages in order.
func pages[T any](ctx context.Context, c *Client, opts []AllOption, build buildFunc) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		settings, err := settingsFor(c, opts, AllOption.applyToAll)
		if err == nil && settings.query.Has(pageParameter) {
			err = &api.ArgumentError{Argument: "WithQuery", Reason: "can't set the page of All; set it in the params"}
		}
		if err != nil {
			yield(nil, err)
			return
		}
		prefetcher := newPrefetcher(ctx, pager[T]{client: c, settings: settings, build: build})
		defer prefetcher.stop()
		seen := map[string]bool{}
		query, last := "", (*Page[T])(nil)
		for number := 1; ; number++ {
			next := prefetcher.page(query, last)
			if number > 1 && errors.Is(next.err, ErrNotFound) {
				return // the list has become shorter
			}
			if next.err != nil {
				yield(nil, pageError(number, next.err))
				return
			}
			last = next.page
			if last.Next != "" {
				if query, err = nextQuery(last.Next, seen); err == nil {
					prefetcher.begin(query, last)
				}
			}
			if !yield(last, nil) || last.Next == "" {
				return
			}
			if err != nil {
				yield(nil, pageError(number, next.call.decodeError(err)))
				return
			}
		}
	}
}

// pageError returns err with the number of its page, unless nothing was sent for
// it.
func pageError(number int, err error) error {
	if _, ok := errors.AsType[*api.ArgumentError](err); ok {
		return err
	}
	return &PageError{Page: number, Err: err}
}

// fetched is the outcome of fetching a page.
type fetched[T any] struct {
	page     *Page[T]
	err      error
	call     *call
	response Response // if the caller wants it
}

// fetch fetches the page with this query, or the first one if query is empty.
func (p pager[T]) fetch(ctx context.Context, query string) (f fetched[T]) {
	settings := *p.settings
	if settings.response != nil {
		settings.response = &f.response
	}
	f.page = new(Page[T])
	f.call, f.err = p.client.send(ctx, &settings, func(org, userID string) (*request, error) {
		r, err := p.build(org, userID)
		if err == nil && query != "" {
			r.query = []byte(query)
		}
		return r, err
	}, f.page)
	return f
}

// nextQuery returns the query of the next page's address. Scheme, host and path
// are ignored: behind a proxy the application may not know its own address.
func nextQuery(next string, seen map[string]bool) (string, error) {
	u, err := url.Parse(next)
	if err != nil || u.RawQuery == "" {
		return "", fmt.Errorf("the address of the next page has no query: %q", next)
	}
	if seen[u.RawQuery] {
		return "", fmt.Errorf("the address of the next page repeats, so the list would never end: %q", u.RawQuery)
	}
	seen[u.RawQuery] = true
	return u.RawQuery, nil
}
