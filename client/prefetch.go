package client

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Prefetch has All fetch up to n pages ahead of the one that is being read,
// concurrently; the items still come in their order. It needs pages that are
// numbered, as the service's are, and n pages' worth of memory. Since they are
// fetched out of order, an item that comes in between during the walk may be
// missed.
func Prefetch(n int) CallOption {
	return func(s *callSettings) error {
		if n < 0 {
			return &ArgumentError{Argument: "Prefetch", Reason: fmt.Sprintf("is %d, which is below 0", n)}
		}
		s.prefetch = n
		return nil
	}
}

// prefetcher fetches the pages of a walk, some of them before they are asked
// for. It guesses a page's query from that of the page before it.
type prefetcher[T any] struct {
	walk     walk[T]
	ahead    int
	response *Response
	ctx      context.Context //nolint:containedctx // it ends what is under way when the walk stops
	cancel   context.CancelFunc
	running  sync.WaitGroup
	pending  map[string]chan fetched[T] // by query
}

type fetched[T any] struct {
	page     *Page[T]
	err      error
	response Response
}

func newPrefetcher[T any](ctx context.Context, w walk[T], settings *callSettings) *prefetcher[T] {
	p := &prefetcher[T]{walk: w, ahead: settings.prefetch, response: settings.response, ctx: ctx, cancel: func() {}}
	if p.ahead > 0 && ctx != nil {
		p.ctx, p.cancel = context.WithCancel(ctx) //nolint:gosec // stop calls it
		p.pending = map[string]chan fetched[T]{}
	}
	return p
}

// stop ends what is under way, and returns when it has ended.
func (p *prefetcher[T]) stop() {
	p.cancel()
	p.running.Wait()
}

// page is the page that query names.
func (p *prefetcher[T]) page(query string) (*Page[T], error) {
	pending, ok := p.pending[query]
	if !ok {
		if len(p.pending) > 0 {
			p.ahead = 0 // the guesses are wrong
		}
		return p.walk.fetch(p.ctx, query)
	}
	delete(p.pending, query)
	result := <-pending
	if p.response != nil {
		*p.response = result.response
	}
	return result.page, result.err
}

// follow begins to fetch the page that query names and those behind it, as far
// as the page before says that there are any.
func (p *prefetcher[T]) follow(query string, before *Page[T]) {
	size := int64(len(before.Results))
	number, ok := pageNumber(query)
	if !ok || size == 0 {
		return
	}
	if _, ok := p.pending[query]; !ok && len(p.pending) > 0 {
		p.ahead = 0 // the guesses are wrong
	}
	last := max(number, (before.Count+size-1)/size)
	for n := number; n < number+int64(p.ahead) && n <= last; n++ {
		p.begin(withPageNumber(query, n))
	}
}

func (p *prefetcher[T]) begin(query string) {
	if _, ok := p.pending[query]; ok {
		return
	}
	pending := make(chan fetched[T], 1)
	p.pending[query] = pending
	p.running.Go(func() {
		var result fetched[T]
		result.page, result.err = p.walk.fetch(p.ctx, query, WithResponse(&result.response))
		pending <- result
	})
}

const pageParameter = "page="

// pageNumber is the number of the page that query names.
func pageNumber(query string) (int64, bool) {
	for parameter := range strings.SplitSeq(query, "&") {
		if text, ok := strings.CutPrefix(parameter, pageParameter); ok {
			number, err := strconv.ParseInt(text, 10, 32)
			return number, err == nil
		}
	}
	return 0, false
}

// withPageNumber is query, to the letter, but for the number of the page.
func withPageNumber(query string, number int64) string {
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		if strings.HasPrefix(parameter, pageParameter) {
			parameters[i] = pageParameter + strconv.FormatInt(number, 10)
		}
	}
	return strings.Join(parameters, "&")
}
