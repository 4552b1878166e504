package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// all yields the items of a list, each of them once. An error is yielded once
// and ends the iteration.
func all[T any](ctx context.Context, c *Client, opts []AllOption, build buildFunc, key func(*T) itemKey) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		pager, err := newPager[T](c, opts, build)
		if err != nil {
			yield(nil, err)
			return
		}
		prefetcher := newPrefetcher(ctx, pager)
		defer prefetcher.stop()
		it := iteration[T]{
			prefetcher: prefetcher,
			key:        key,
			yield:      func(item *T) bool { return yield(item, nil) },
			queries:    []string{""},
			known:      map[string]bool{},
		}
		if err := it.run(); err != nil {
			yield(nil, err)
		}
	}
}

// allOptions returns opts as options of an iteration.
func allOptions(opts []CallOption) []AllOption {
	converted := make([]AllOption, len(opts))
	for i, opt := range opts {
		converted[i] = opt
	}
	return converted
}

// iteration is one pass over a list. The pages of a list shift if items are
// created or deleted between two requests. After a deletion, the first items of a
// page have moved to the page before it, which has been read already.
//
// So a page is accepted only if it follows the page before it: if both have the
// same Count, or if it has an item that was yielded before. In a stable order, no
// item before that one is new. Otherwise the iteration goes back to the nearest
// page with such an item, and reads on from there.
type iteration[T any] struct {
	prefetcher *prefetcher[T]
	key        func(*T) itemKey
	yield      func(*T) bool
	yielded    itemSet

	at      int      // the index of the page to read
	queries []string // those of the pages up to at; that of the first page is empty
	known   map[string]bool
	last    *Page[T] // the page before at
	read    int      // the number of pages that were accepted at least once
	idle    int      // the number of accepted pages since the latest new item
}

// maxIdle is the largest number of pages in a row without a new item. In a longer
// row the service ignores the page's number, or contradicts itself.
const maxIdle = 8

// errEndlessList is the cause of the error of a list whose pages would never end.
var errEndlessList = errors.New("the list never ends")

// run yields the items of all pages.
func (it *iteration[T]) run() error {
	for {
		next := it.prefetcher.page(it.queries[it.at], it.last)
		var done bool
		var err error
		switch {
		case next.err == nil && it.follows(next.page):
			if err = it.checkOrder(next); err == nil {
				done, err = it.accept(next, next.page.Results, true)
			}
		case next.err == nil, it.last != nil && next.isMissing():
			done, err = it.goBack(next)
		default:
			it.prefetcher.pager.capture(next)
			err = pageError(it.at+1, next.err)
		}
		if done || err != nil {
			return err
		}
	}
}

// follows reports whether no item can be missing between the last page and this
// one.
func (it *iteration[T]) follows(page *Page[T]) bool {
	return it.last == nil || page.Count == it.last.Count || slices.ContainsFunc(page.Results, it.wasYielded)
}

// checkOrder returns an error if the first item of a page does not come after the
// last item of the last page, although the list has not changed in between. The
// items of one page have been checked already.
func (it *iteration[T]) checkOrder(f fetched[T]) error {
	if it.last == nil || f.page.Count != it.last.Count || len(it.last.Results) == 0 || len(f.page.Results) == 0 || it.wasYielded(f.page.Results[0]) {
		return nil
	}
	if err := checkOrder(f.call, it.last.Results[len(it.last.Results)-1], f.page.Results[0]); err != nil {
		return pageError(it.at+1, err)
	}
	return nil
}

func (it *iteration[T]) wasYielded(item *T) bool { return it.yielded.has(it.key(item)) }

// goBack reads the pages before next again, which is missing or may not follow
// the last page. It begins with the nearest one.
func (it *iteration[T]) goBack(next fetched[T]) (done bool, err error) {
	number, last := it.at, it.last
	for {
		it.at--
		back := it.prefetcher.refetch(it.queries[it.at])
		switch {
		case back.isMissing() && it.at > 0:
			continue
		case back.isMissing():
			return true, nil // all items have moved before the first page of the iteration
		case back.err != nil:
			it.prefetcher.pager.capture(back)
			return true, pageError(it.at+1, back.err)
		}
		adjacent := next.err == nil && it.at == number-1
		shifted, ok := it.afterYielded(back.page.Results)
		switch {
		case adjacent && it.surround(last, next.page, back.page):
			it.at++
			return it.accept(next, next.page.Results, true)
		case !ok && it.at > 0:
			continue
		}
		adjacent = adjacent && next.page.Count == back.page.Count
		if done, err = it.accept(back, shifted, !adjacent); done || err != nil || !adjacent || back.page.Next == "" {
			return done, err
		}
		return it.accept(next, next.page.Results, true)
	}
}

// surround reports whether next followed the page before it, since that page had
// the same last item before and after next was read. The list must not have grown
// and shrunk in between.
func (it *iteration[T]) surround(before, next, after *Page[T]) bool {
	if len(before.Results) == 0 || len(after.Results) == 0 {
		return false
	}
	end := func(page *Page[T]) itemKey { return it.key(page.Results[len(page.Results)-1]) }
	counts := []int64{before.Count, next.Count, after.Count}
	return end(before) == end(after) && (slices.IsSorted(counts) || slices.IsSortedFunc(counts, func(a, b int64) int { return cmp.Compare(b, a) }))
}

// afterYielded returns the items after the last one that was yielded, or all
// items and false.
func (it *iteration[T]) afterYielded(items []*T) ([]*T, bool) {
	for i, item := range slices.Backward(items) {
		if it.wasYielded(item) {
			return items[i+1:], true
		}
	}
	return items, false
}

// accept makes f the last page, yields the new ones of the items, and reports
// whether the iteration is done. If ahead is set, it begins to fetch the pages
// after f before that.
func (it *iteration[T]) accept(f fetched[T], items []*T, ahead bool) (done bool, err error) {
	it.at++
	it.last = f.page
	err = it.setNext(f.page.Next)
	if err == nil && f.page.Next != "" && ahead {
		it.prefetcher.begin(it.queries[it.at], f.page)
	}
	it.prefetcher.pager.capture(f)
	again := it.at <= it.read
	it.read = max(it.read, it.at)
	it.idle++
	for _, item := range items {
		key := it.key(item)
		if !it.yielded.add(key) || again && key == (itemKey{}) {
			continue
		}
		it.idle = 0
		if !it.yield(item) {
			return true, nil
		}
	}
	switch {
	case f.page.Next == "":
		return true, nil
	case err == nil && it.idle > maxIdle:
		err = fmt.Errorf("%w: %d pages in a row name a next page but have no new item", errEndlessList, it.idle)
	}
	if err != nil {
		err = pageError(it.at, f.call.decodeError(err))
	}
	return false, err
}

// setNext sets the query of the page to read to that of an address.
func (it *iteration[T]) setNext(address string) error {
	for _, query := range it.queries[it.at:] {
		delete(it.known, query)
	}
	it.queries = it.queries[:it.at]
	if address == "" {
		return nil
	}
	query, err := nextQuery(address)
	switch {
	case err != nil:
		return err
	case it.known[query]:
		return fmt.Errorf("%w: the address of the next page repeats: %q", errEndlessList, query)
	}
	it.known[query] = true
	it.queries = append(it.queries, query)
	return nil
}
