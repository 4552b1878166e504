package client

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/iblai/iblai-go/client/api"
)

// WithPrefetch lets All fetch up to n pages ahead of the one that is being
// iterated over, concurrently. It takes memory for n more pages.
//
// The items come in the same order, and no item is missed that an iteration without
// this option would yield. If the list changes, pages that were fetched before the
// change are fetched again, at first fewer of them at a time.
func WithPrefetch(n int) AllOption {
	return allOption(func(s *callSettings) error {
		if n < 0 {
			return &api.ArgumentError{Argument: "WithPrefetch", Reason: fmt.Sprintf("is %d, which is below 0", n)}
		}
		s.prefetch = n
		return nil
	})
}

// prefetcher fetches pages before they are needed. It guesses the query of a
// page from that of the page before it.
type prefetcher[T any] struct {
	pager   pager[T]
	ahead   int             // the option's number of pages, or 0 if their queries can't be guessed
	window  int             // the number of pages to fetch ahead now: less after a change of the list
	parent  context.Context //nolint:containedctx // it ends the requests when the iteration stops
	ctx     context.Context //nolint:containedctx // parent, until the requests are discarded
	cancel  context.CancelFunc
	running sync.WaitGroup
	pending map[string]pendingPage[T] // by query
}

// pendingPage is a page that is being fetched ahead.
type pendingPage[T any] struct {
	result chan fetched[T]
	after  *Page[T] // the last page that had been received before the request was sent
}

func newPrefetcher[T any](ctx context.Context, p pager[T]) *prefetcher[T] {
	ahead := p.settings.prefetch
	if ctx == nil {
		ahead = 0
	}
	return &prefetcher[T]{pager: p, ahead: ahead, window: ahead, parent: ctx, ctx: ctx, cancel: func() {}}
}

// stop cancels the requests in flight and waits for their end.
func (p *prefetcher[T]) stop() {
	p.cancel()
	p.running.Wait()
}

// page returns the page with this query, which comes after the page last, or the
// first page if last is nil.
func (p *prefetcher[T]) page(query string, last *Page[T]) fetched[T] {
	for {
		pending, ok := p.pending[query]
		if !ok {
			return p.pager.fetch(p.parent, query)
		}
		delete(p.pending, query)
		next := <-pending.result
		if pending.after == last || !next.isOutdated(last) {
			p.window = min(2*p.window, p.ahead)
			return next
		}
		p.discard()
		p.window = 1
		p.begin(query, last)
	}
}

// refetch fetches a page again, since the list has changed. It discards the pages
// that are being fetched ahead.
func (p *prefetcher[T]) refetch(query string) fetched[T] {
	p.discard()
	p.window = min(1, p.ahead)
	return p.pager.fetch(p.parent, query)
}

// isOutdated reports whether a page that may have been fetched before the page
// last shows the list in another state.
func (f fetched[T]) isOutdated(last *Page[T]) bool {
	if f.err != nil {
		return f.isMissing() // it may exist by now
	}
	return f.page.Count != last.Count
}

// discard cancels and forgets the pages that are being fetched ahead.
func (p *prefetcher[T]) discard() {
	if len(p.pending) > 0 {
		p.cancel()
		p.pending = nil
	}
}

// begin begins to fetch the page with this query, which comes after the page
// last, and those behind it, as far as the count of last says that there are any.
func (p *prefetcher[T]) begin(query string, last *Page[T]) {
	number, ok := pageNumber(query)
	if p.ahead == 0 || !ok {
		return
	}
	if _, ok := p.pending[query]; !ok && len(p.pending) > 0 {
		p.discard()
		p.ahead = 0 // the guesses are wrong
		return
	}
	if p.pending == nil {
		p.pending = map[string]pendingPage[T]{}
		p.ctx, p.cancel = context.WithCancel(p.parent) //nolint:gosec // discard and stop call it
	}
	end := number
	if size := int64(len(last.Results)); size > 0 {
		end = max(end, min(number+int64(p.window)-1, (last.Count+size-1)/size))
	}
	for n := number; n <= end; n++ {
		query := withPageNumber(query, n)
		if _, ok := p.pending[query]; ok {
			continue
		}
		ctx, pending := p.ctx, pendingPage[T]{result: make(chan fetched[T], 1), after: last}
		p.pending[query] = pending
		p.running.Go(func() { pending.result <- p.pager.fetch(ctx, query) })
	}
}

const pageParameter = "page"

// pageNumber returns the number of the page that query requests.
func pageNumber(query string) (int64, bool) {
	for parameter := range strings.SplitSeq(query, "&") {
		if text, ok := strings.CutPrefix(parameter, pageParameter+"="); ok {
			number, err := strconv.ParseInt(text, 10, 32)
			return number, err == nil
		}
	}
	return 0, false
}

// withPageNumber returns query with another page number, and otherwise
// unchanged.
func withPageNumber(query string, number int64) string {
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		if strings.HasPrefix(parameter, pageParameter+"=") {
			parameters[i] = pageParameter + "=" + strconv.FormatInt(number, 10)
		}
	}
	return strings.Join(parameters, "&")
}
