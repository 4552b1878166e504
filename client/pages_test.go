package client_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// library is a service with agents 1 to n on pages.
type library struct {
	mu       sync.Mutex
	ids      []int64
	size     int
	next     func(page int) string // the address of the page; by default as Django writes it
	respond  func(r *http.Request, page int) *http.Response
	wait     time.Duration
	asked    []string // the queries
	underWay int
	most     int // requests under way at once
}

func newLibrary(n, size int) *library {
	l := &library{size: size}
	for id := range n {
		l.ids = append(l.ids, int64(id+1))
	}
	l.next = func(page int) string {
		return fmt.Sprintf("http://10.0.0.7:8000/api/internal/?page=%d&page_size=%d", page, l.size)
	}
	return l
}

func (l *library) client(t *testing.T) *client.Client {
	t.Helper()
	return newClient(t, client.WithHTTPClient(&http.Client{Transport: l}), retries(1))
}

func (l *library) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.asked = append(l.asked, r.URL.RawQuery)
	l.underWay++
	l.most = max(l.most, l.underWay)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.underWay--
		l.mu.Unlock()
	}()
	if l.wait > 0 {
		select {
		case <-time.After(l.wait):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	if l.respond != nil {
		if response := l.respond(r, page); response != nil {
			return response, nil
		}
	}
	return l.page(r, page), nil
}

func (l *library) page(r *http.Request, page int) *http.Response {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := min((page-1)*l.size, len(l.ids))
	to := min(from+l.size, len(l.ids))
	if from == to && page > 1 {
		return respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`)
	}
	var items []string
	for _, id := range l.ids[from:to] {
		items = append(items, fmt.Sprintf(`{"id": %d}`, id))
	}
	next, previous := "null", "null"
	if to < len(l.ids) {
		next = strconv.Quote(l.next(page + 1))
	}
	if page > 1 {
		previous = strconv.Quote(l.next(page - 1))
	}
	return respond(r, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "previous": %s, "results": [%s]}`, len(l.ids), next, previous, strings.Join(items, ",")))
}

func (l *library) requests() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

// walk goes over all agents, and returns their ids and the error.
func walk(t *testing.T, c *client.Client, opts ...client.AllOption) ([]int64, error) {
	t.Helper()
	var ids []int64
	var failure error
	for agent, err := range c.PeriodicAgents.All(t.Context(), nil, opts...) {
		require.NoError(t, failure, "an error is yielded once, and is the last")
		if failure = err; err == nil {
			ids = append(ids, agent.ID)
		}
	}
	return ids, failure
}

func upTo(n int64) []int64 {
	var ids []int64
	for id := range n {
		ids = append(ids, id+1)
	}
	return ids
}

// aheads are no prefetching at all, and as many pages ahead.
var aheads = []int{0, 1, 3, 50}

func TestListIsOnePage(t *testing.T) {
	t.Parallel()
	l := newLibrary(5, 2)
	page, err := l.client(t).PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Page: 2})
	require.NoError(t, err)
	assert.EqualValues(t, 5, page.Count)
	assert.Len(t, page.Results, 2)
	assert.Contains(t, page.Next, "page=3")
	assert.Contains(t, page.Prev, "page=1")
	assert.Len(t, l.asked, 1)
}

func TestAllWalksInOrder(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		for _, n := range []int{0, 1, 2, 3, 20, 21} {
			l := newLibrary(n, 2)
			c := l.client(t)
			for range 2 {
				ids, err := walk(t, c, client.WithPrefetch(ahead))
				require.NoError(t, err)
				assert.Equal(t, upTo(int64(n)), ids, "%d agents, %d ahead", n, ahead)
			}
			assert.Len(t, l.asked, 2*max(1, (n+1)/2), "every page once, %d agents, %d ahead", n, ahead)
		}
	}
}

func TestAllBeginsWithThePageOfItsParams(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		l := newLibrary(9, 2)
		all, err := client.Collect(l.client(t).PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Page: 3}, client.WithPrefetch(ahead)), 100)
		require.NoError(t, err)
		require.Len(t, all, 5)
		assert.EqualValues(t, 5, all[0].ID)
	}
}

// A page is asked for when its first item is, and not before.
func TestAllIsLazy(t *testing.T) {
	t.Parallel()
	l := newLibrary(6, 2)
	all := l.client(t).PeriodicAgents.All(t.Context(), nil)
	assert.Empty(t, l.requests())
	seen := 0
	for _, err := range all {
		require.NoError(t, err)
		seen++
		assert.Len(t, l.requests(), (seen+1)/2)
	}
	assert.Equal(t, 6, seen)
}

func TestCollect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit, items, pages int
		err                 error
	}{
		{1, 1, 1, client.ErrTruncated},
		{2, 2, 2, client.ErrTruncated},
		{3, 3, 2, client.ErrTruncated},
		{5, 5, 3, client.ErrTruncated},
		{6, 6, 3, nil},
		{7, 6, 3, nil},
	} {
		l := newLibrary(6, 2)
		items, err := client.Collect(l.client(t).PeriodicAgents.All(t.Context(), nil), c.limit)
		require.ErrorIs(t, err, c.err, "limit %d", c.limit)
		assert.Len(t, items, c.items)
		assert.EqualValues(t, 1, items[0].ID)
		assert.Len(t, l.asked, c.pages, "no page more than is needed for %d", c.limit)
	}
	l := newLibrary(6, 2)
	for _, limit := range []int{0, -1} {
		_, err := client.Collect(l.client(t).PeriodicAgents.All(t.Context(), nil), limit)
		refusesArgument(t, err)
	}
	assert.Empty(t, l.asked)
	l.respond = func(r *http.Request, page int) *http.Response {
		if page == 2 {
			return respond(r, http.StatusForbidden, "")
		}
		return nil
	}
	for _, limit := range []int{2, 3, 100} {
		items, err := client.Collect(l.client(t).PeriodicAgents.All(t.Context(), nil), limit)
		require.ErrorIs(t, err, client.ErrForbidden, "limit %d", limit)
		assert.Len(t, items, 2, "the items before the error")
	}
}

// An error is yielded once, with the page on which it happened, after all the
// items before it.
func TestErrorInTheMiddleOfAWalk(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		for _, bad := range []int{1, 2, 3} {
			l := newLibrary(20, 2)
			l.respond = func(r *http.Request, page int) *http.Response {
				if page == bad {
					return respond(r, http.StatusInternalServerError, "")
				}
				return nil
			}
			ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
			require.ErrorIs(t, err, client.ErrServer)
			failure, ok := errors.AsType[*client.PageError](err)
			require.True(t, ok)
			assert.Equal(t, bad, failure.Page)
			assert.ErrorContains(t, err, fmt.Sprintf("page %d", bad))
			assert.Equal(t, upTo(int64(2*(bad-1))), ids)
			assertHoldsNoSecret(t, err)
		}
	}
}

// Only the query of next is trusted: behind proxies its scheme, host and path
// may be anything.
func TestNextIsTrustedForItsQueryOnly(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		for _, address := range []string{
			"http://10.0.0.7:8000/api/?page=%d", "https://evil.example/?page=%d", "ftp://evil.example/?page=%d",
			"//evil.example/?page=%d", "/?page=%d", "?page=%d", "https://ada:pw@evil.example/?page=%d#x",
		} {
			l := newLibrary(6, 2)
			l.next = func(page int) string { return fmt.Sprintf(address, page) }
			c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, "https://base.manager.iblai.app/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", strings.SplitN(r.URL.String(), "?", 2)[0])
				assert.Equal(t, "base.manager.iblai.app", r.Host)
				return l.RoundTrip(r)
			}))
			ids, err := walk(t, c, client.WithPrefetch(ahead))
			require.NoError(t, err, address)
			assert.Equal(t, upTo(6), ids, address)
		}
	}
}

// What the query of next says besides the page is kept to the letter.
func TestNextKeepsItsQuery(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		l := newLibrary(6, 2)
		l.next = func(page int) string { return fmt.Sprintf("/?search=a+b%%26c&page=%d&x=%%2F&x=2&y", page) }
		_, err := walk(t, l.client(t), client.WithPrefetch(ahead), client.WithQuery("filter", "mine"))
		require.NoError(t, err)
		for _, query := range l.requests()[1:] {
			assert.Contains(t, query, "filter=mine")
			assert.Contains(t, query, "search=a+b%26c")
			assert.Contains(t, query, "x=%2F&x=2")
		}
	}
}

func TestNextThatRepeats(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		for name, next := range map[string]func(int) string{
			"itself":    func(int) string { return "/?page=2" },
			"the first": func(page int) string { return fmt.Sprintf("/?page=%d", []int{0, 0, 2, 1, 2}[min(page, 4)]) },
		} {
			l := newLibrary(40, 2)
			l.next = next
			_, err := walk(t, l.client(t), client.WithPrefetch(ahead))
			failure, ok := errors.AsType[*client.PageError](err)
			require.True(t, ok, "%s: %v", name, err)
			assert.ErrorContains(t, failure, "repeats")
			requirePageIsNotWhatWasPromised(t, failure)
			assert.LessOrEqual(t, len(l.asked), 4+ahead)
		}
	}
}

func TestNextWithoutAQuery(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"/", "https://example.com/", "http://[::1", "page=2", "%zz"} {
		l := newLibrary(4, 2)
		l.next = func(int) string { return next }
		ids, err := walk(t, l.client(t))
		failure, ok := errors.AsType[*client.PageError](err)
		require.True(t, ok, "%s: %v", next, err)
		assert.Equal(t, 1, failure.Page)
		requirePageIsNotWhatWasPromised(t, failure)
		assert.Equal(t, upTo(2), ids)
	}
}

// requirePageIsNotWhatWasPromised checks for the response that is to blame.
func requirePageIsNotWhatWasPromised(t *testing.T, failure *client.PageError) {
	t.Helper()
	decode, ok := failure.Err.(*client.DecodeError) //nolint:errorlint // it is wrapped once
	require.True(t, ok, "%v", failure)
	assert.Equal(t, http.StatusOK, decode.StatusCode)
	assert.Equal(t, "application/json", decode.ContentType)
	assert.Equal(t, http.MethodGet, decode.Operation.Method)
	assert.Equal(t, "application/json", decode.Header.Get("Content-Type"))
}

// Agents that come and go between two requests shift the pages under a walk.
func TestShiftingPagesYieldNoItemTwice(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		l := newLibrary(20, 2)
		l.respond = func(*http.Request, int) *http.Response {
			l.mu.Lock()
			defer l.mu.Unlock()
			if len(l.asked)%2 == 0 && len(l.ids) < 60 {
				l.ids = append([]int64{int64(1000 + len(l.asked))}, l.ids...) // one more at the front
			}
			return nil
		}
		ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		once := map[int64]bool{}
		for _, id := range ids {
			assert.False(t, once[id], "%d comes twice", id)
			once[id] = true
		}
		for id := range int64(20) {
			assert.True(t, once[id+1], "%d is missing", id+1)
		}
	}
}

// Items without an id can't be told apart, and are all yielded.
func TestItemsWithoutAnIDAreAllYielded(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, `{"count": 5, "results": [{"name": "a"}, {"name": "b"}, {"unique_id": "u"}, {"unique_id": "u"}, {"id": -5}, {"id": -5}]}`), nil
	}))
	mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 100)
	require.NoError(t, err)
	assert.Len(t, mentors, 4)
}

func TestListThatShrinksEndsCleanly(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		l := newLibrary(20, 2)
		l.respond = func(r *http.Request, page int) *http.Response {
			if page > 4 {
				return respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`)
			}
			return nil
		}
		ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		assert.Equal(t, upTo(8), ids)
	}
	l := newLibrary(20, 2)
	_, err := client.Collect(l.client(t).PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Page: 11}), 1)
	require.ErrorIs(t, err, client.ErrNotFound, "the first page that is asked for must be there")
}

func TestEmptyPagesAreNoEnd(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		for _, results := range []string{"[]", "null"} {
			l := newLibrary(6, 2)
			l.respond = func(r *http.Request, page int) *http.Response {
				if page == 2 {
					return respond(r, http.StatusOK, `{"count": 6, "next": "/?page=3", "results": `+results+`}`)
				}
				return nil
			}
			ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
			require.NoError(t, err)
			assert.Equal(t, []int64{1, 2, 5, 6}, ids)
		}
	}
}

func TestEveryPageIsCaptured(t *testing.T) {
	t.Parallel()
	for _, ahead := range aheads {
		l := newLibrary(6, 2)
		var response client.Response
		for agent, err := range l.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(ahead), client.WithResponse(&response)) {
			require.NoError(t, err)
			assert.Contains(t, string(response.Body), fmt.Sprintf(`{"id": %d}`, agent.ID), "the answer in which the item came")
		}
	}
}

func TestOptionsThatAreRefusedEndAWalk(t *testing.T) {
	t.Parallel()
	l := newLibrary(6, 2)
	c := l.client(t)
	for _, opt := range []client.AllOption{nil, client.WithPrefetch(-1), client.WithOrg("..")} {
		_, err := walk(t, c, opt)
		refusesArgument(t, err)
		_, isPage := errors.AsType[*client.PageError](err)
		assert.False(t, isPage, "no page was requested")
	}
	for _, ahead := range aheads {
		for _, err := range c.PeriodicAgents.All(nil, nil, client.WithPrefetch(ahead)) { //nolint:staticcheck // that is what is tested
			refusesArgument(t, err)
		}
	}
	assert.Empty(t, l.asked)
}

// refusesArgument checks for an error that names an argument.
func refusesArgument(t *testing.T, err error) {
	t.Helper()
	assert.NotEmpty(t, requireArgumentError(t, err).Argument)
}

func requireArgumentError(t *testing.T, err error) *api.ArgumentError {
	t.Helper()
	fault, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%v", err)
	require.NotEmpty(t, fault.Argument)
	require.NotEmpty(t, fault.Reason)
	assertHoldsNoSecret(t, err)
	return fault
}
