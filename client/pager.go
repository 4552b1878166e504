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
//	if err != nil {
//		return err
//	}
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

// newPager returns the pager of an All method.
func newPager[T any](c *Client, opts []AllOption, build buildFunc) (p pager[T], err error) {
	p = pager[T]{client: c, build: build}
	p.settings, err = settingsFor(c, opts, AllOption.applyToAll)
	if err == nil && p.settings.query.Has(pageParameter) {
		err = &api.ArgumentError{Argument: "WithQuery", Reason: "can't set the page of All; set it in the params"}
	}
	return p, err
}

// fetched is the outcome of fetching a page.
type fetched[T any] struct {
	page     *Page[T]
	err      error
	call     *call
	response Response // if the caller wants it
}

// isMissing reports whether the service says that the page does not exist.
func (f fetched[T]) isMissing() bool { return errors.Is(f.err, ErrNotFound) }

// fetch fetches the page with this query, or the first one if query is empty.
func (p pager[T]) fetch(ctx context.Context, query string) (f fetched[T]) {
	settings := *p.settings
	if settings.response != nil {
		settings.response = &f.response
	}
	f.page, f.call, f.err = fetchPage[T](ctx, p.client, &settings, func(org, userID string) (*request, error) {
		r, err := p.build(org, userID)
		if err == nil && query != "" {
			r.query = []byte(query)
		}
		return r, err
	})
	return f
}

// capture stores the page's response where the caller wants it.
func (p pager[T]) capture(f fetched[T]) {
	if p.settings.response != nil {
		*p.settings.response = f.response
	}
}

// nextQuery returns the query of the next page's address. Scheme, host and path
// are ignored: behind a proxy the application may not know its own address.
func nextQuery(next string) (string, error) {
	u, err := url.Parse(next)
	if err != nil || u.RawQuery == "" {
		return "", fmt.Errorf("the address of the next page has no query: %q", next)
	}
	return u.RawQuery, nil
}

// pageError returns err with the number of its page, unless nothing was sent for
// it.
func pageError(number int, err error) error {
	if _, ok := errors.AsType[*api.ArgumentError](err); ok {
		return err
	}
	return &PageError{Page: number, Err: err}
}
