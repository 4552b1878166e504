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

// pagedService is a service whose list of agents has the ids 1 to n.
type pagedService struct {
	mu          sync.Mutex
	ids         []int64
	size        int                   // of a page
	next        func(page int) string // the address of a page; by default as Django writes it
	respond     func(r *http.Request, page int) *http.Response
	latency     time.Duration
	queries     []string // of all requests
	inFlight    int
	maxInFlight int
}

func newPagedService(n, size int) *pagedService {
	s := &pagedService{size: size}
	for id := range n {
		s.ids = append(s.ids, int64(id+1))
	}
	s.next = func(page int) string {
		return fmt.Sprintf("http://10.0.0.7:8000/api/internal/?page=%d&page_size=%d", page, s.size)
	}
	return s
}

func (s *pagedService) client(t *testing.T) *client.Client {
	t.Helper()
	return newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(1))
}

func (s *pagedService) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.queries = append(s.queries, r.URL.RawQuery)
	s.inFlight++
	s.maxInFlight = max(s.maxInFlight, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	if s.latency > 0 {
		select {
		case <-time.After(s.latency):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	if s.respond != nil {
		if response := s.respond(r, page); response != nil {
			return response, nil
		}
	}
	return s.page(r, page), nil
}

func (s *pagedService) page(r *http.Request, page int) *http.Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := min((page-1)*s.size, len(s.ids))
	to := min(from+s.size, len(s.ids))
	if from == to && page > 1 {
		return respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`)
	}
	var items []string
	for _, id := range s.ids[from:to] {
		items = append(items, fmt.Sprintf(`{"id": %d}`, id))
	}
	next, previous := "null", "null"
	if to < len(s.ids) {
		next = strconv.Quote(s.next(page + 1))
	}
	if page > 1 {
		previous = strconv.Quote(s.next(page - 1))
	}
	return respond(r, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "previous": %s, "results": [%s]}`, len(s.ids), next, previous, strings.Join(items, ",")))
}

// delete deletes an agent.
func (s *pagedService) delete(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = slices.DeleteFunc(s.ids, func(other int64) bool { return other == id })
}

func (s *pagedService) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// collectIDs iterates over all agents and returns their ids and the error.
func collectIDs(t *testing.T, c *client.Client, opts ...client.AllOption) ([]int64, error) {
	t.Helper()
	var ids []int64
	var failure error
	for agent, err := range c.PeriodicAgents.All(t.Context(), nil, opts...) {
		require.NoError(t, failure, "nothing is yielded after an error")
		if failure = err; err == nil {
			ids = append(ids, agent.ID)
		}
	}
	return ids, failure
}

func idsUpTo(n int64) []int64 {
	var ids []int64
	for id := range n {
		ids = append(ids, id+1)
	}
	return ids
}

// prefetchDepths are the numbers of pages that the tests fetch ahead.
var prefetchDepths = []int{0, 1, 3, 50}

func TestListReturnsOnePage(t *testing.T) {
	t.Parallel()
	s := newPagedService(5, 2)
	page, err := s.client(t).PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Page: 2})
	require.NoError(t, err)
	assert.EqualValues(t, 5, page.Count)
	assert.Len(t, page.Results, 2)
	assert.Contains(t, page.Next, "page=3")
	assert.Contains(t, page.Prev, "page=1")
	assert.Len(t, s.queries, 1)
}

func TestResultsOfAnEmptyPageAreNotNil(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"count": 0, "next": null, "previous": null, "results": []}`, `[]`} {
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) { return respond(r, http.StatusOK, body), nil }))
		page, err := c.PeriodicAgents.List(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, []*client.PeriodicAgent{}, page.Results)
	}
}

func TestAllIteratesInOrder(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, n := range []int{0, 1, 2, 3, 20, 21} {
			s := newPagedService(n, 2)
			c := s.client(t)
			for range 2 {
				ids, err := collectIDs(t, c, client.WithPrefetch(ahead))
				require.NoError(t, err)
				assert.Equal(t, idsUpTo(int64(n)), ids, "%d agents, %d ahead", n, ahead)
			}
			assert.Len(t, s.queries, 2*max(1, (n+1)/2), "each page is requested once, %d agents, %d ahead", n, ahead)
		}
	}
}

func TestAllStartsAtThePageInItsParams(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(9, 2)
		all, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Page: 3}, client.WithPrefetch(ahead)), 100)
		require.NoError(t, err)
		require.Len(t, all, 5)
		assert.EqualValues(t, 5, all[0].ID)
	}
}

// A page is requested when the loop reaches its first item, and not before.
func TestAllIsLazy(t *testing.T) {
	t.Parallel()
	s := newPagedService(6, 2)
	all := s.client(t).PeriodicAgents.All(t.Context(), nil)
	assert.Empty(t, s.requests())
	seen := 0
	for _, err := range all {
		require.NoError(t, err)
		seen++
		assert.Len(t, s.requests(), (seen+1)/2)
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
		s := newPagedService(6, 2)
		items, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), nil), c.limit)
		require.ErrorIs(t, err, c.err, "limit %d", c.limit)
		assert.Len(t, items, c.items)
		assert.EqualValues(t, 1, items[0].ID)
		assert.Len(t, s.queries, c.pages, "no more pages than limit %d needs", c.limit)
	}
	s := newPagedService(6, 2)
	for _, limit := range []int{0, -1} {
		_, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), nil), limit)
		assertArgumentError(t, err)
	}
	assert.Empty(t, s.queries)
	s.respond = func(r *http.Request, page int) *http.Response {
		if page == 2 {
			return respond(r, http.StatusForbidden, "")
		}
		return nil
	}
	for _, limit := range []int{2, 3, 100} {
		items, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), nil), limit)
		require.ErrorIs(t, err, client.ErrForbidden, "limit %d", limit)
		assert.Len(t, items, 2, "the items before the error")
	}
}

// An error is yielded once, after all items before it, and names its page.
func TestErrorDuringAnIteration(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, failing := range []int{1, 2, 3} {
			s := newPagedService(20, 2)
			s.respond = func(r *http.Request, page int) *http.Response {
				if page == failing {
					return respond(r, http.StatusInternalServerError, "")
				}
				return nil
			}
			ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
			require.ErrorIs(t, err, client.ErrServer)
			failure, ok := errors.AsType[*client.PageError](err)
			require.True(t, ok)
			assert.Equal(t, failing, failure.Page)
			assert.ErrorContains(t, err, fmt.Sprintf("page %d", failing))
			assert.Equal(t, idsUpTo(int64(2*(failing-1))), ids)
			assertHoldsNoSecret(t, err)
		}
	}
}

// Only the query of next is used: behind a proxy, its scheme, host and path may
// be wrong.
func TestOnlyTheQueryOfNextIsUsed(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, address := range []string{
			"http://10.0.0.7:8000/api/?page=%d", "https://evil.example/?page=%d", "ftp://evil.example/?page=%d",
			"//evil.example/?page=%d", "/?page=%d", "?page=%d", "https://ada:pw@evil.example/?page=%d#x",
		} {
			s := newPagedService(6, 2)
			s.next = func(page int) string { return fmt.Sprintf(address, page) }
			c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, "https://base.manager.iblai.app/api/ai-mentor/orgs/acme/users/ada/periodic-agents/", strings.SplitN(r.URL.String(), "?", 2)[0])
				assert.Equal(t, "base.manager.iblai.app", r.Host)
				return s.RoundTrip(r)
			}))
			ids, err := collectIDs(t, c, client.WithPrefetch(ahead))
			require.NoError(t, err, address)
			assert.Equal(t, idsUpTo(6), ids, address)
		}
	}
}

// The other parameters in the query of next are sent unchanged.
func TestQueryOfNextIsSentUnchanged(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(6, 2)
		s.next = func(page int) string { return fmt.Sprintf("/?search=a+b%%26c&page=%d&x=%%2F&x=2&y", page) }
		_, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead), client.WithQuery("filter", "mine"))
		require.NoError(t, err)
		for _, query := range s.requests()[1:] {
			assert.Contains(t, query, "filter=mine")
			assert.Contains(t, query, "search=a+b%26c")
			assert.Contains(t, query, "x=%2F&x=2")
		}
	}
}

func TestRepeatedNextIsADecodeError(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for name, next := range map[string]func(int) string{
			"itself":    func(int) string { return "/?page=2" },
			"the first": func(page int) string { return fmt.Sprintf("/?page=%d", []int{0, 0, 2, 1, 2}[min(page, 4)]) },
		} {
			s := newPagedService(40, 2)
			s.next = next
			_, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
			failure, ok := errors.AsType[*client.PageError](err)
			require.True(t, ok, "%s: %v", name, err)
			assert.ErrorContains(t, failure, "repeats")
			requireDecodeError(t, failure)
			assert.LessOrEqual(t, len(s.queries), 4+ahead)
		}
	}
}

func TestNextWithoutAQueryIsADecodeError(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"/", "https://example.com/", "http://[::1", "page=2", "%zz"} {
		s := newPagedService(4, 2)
		s.next = func(int) string { return next }
		ids, err := collectIDs(t, s.client(t))
		failure, ok := errors.AsType[*client.PageError](err)
		require.True(t, ok, "%s: %v", next, err)
		assert.Equal(t, 1, failure.Page)
		requireDecodeError(t, failure)
		assert.Equal(t, idsUpTo(2), ids)
	}
}

// requireDecodeError requires a DecodeError with the response's details.
func requireDecodeError(t *testing.T, failure *client.PageError) {
	t.Helper()
	decode, ok := failure.Err.(*client.DecodeError) //nolint:errorlint // it is wrapped once
	require.True(t, ok, "%v", failure)
	assert.Equal(t, http.StatusOK, decode.StatusCode)
	assert.Equal(t, "application/json", decode.ContentType)
	assert.Equal(t, http.MethodGet, decode.Operation.Method)
	assert.Equal(t, "application/json", decode.Header.Get("Content-Type"))
}

// Agents that are created between two requests shift the pages.
func TestShiftedItemsAreYieldedOnce(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(20, 2)
		s.respond = func(*http.Request, int) *http.Response {
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.queries)%2 == 0 && len(s.ids) < 60 {
				s.ids = append([]int64{int64(1000 + len(s.queries))}, s.ids...) // created at the front
			}
			return nil
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		once := map[int64]bool{}
		for _, id := range ids {
			assert.False(t, once[id], "%d is yielded twice", id)
			once[id] = true
		}
		for id := range int64(20) {
			assert.True(t, once[id+1], "%d is missing", id+1)
		}
	}
}

// Items without an id can't be told apart, so all of them are yielded.
func TestItemsWithoutAnIDAreAllYielded(t *testing.T) {
	t.Parallel()
	c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		return respond(r, http.StatusOK, `{"count": 5, "results": [{"name": "a"}, {"name": "b"}, {"unique_id": "u"}, {"unique_id": "u"}, {"id": -5}, {"id": -5}]}`), nil
	}))
	mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 100)
	require.NoError(t, err)
	assert.Len(t, mentors, 4)
}

func TestListThatBecomesShorterEndsTheIteration(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(20, 2)
		s.respond = func(_ *http.Request, page int) *http.Response {
			if page > 4 {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.ids = s.ids[:8]
			}
			return nil
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		assert.Equal(t, idsUpTo(8), ids, "%d ahead", ahead)
	}
	s := newPagedService(20, 2)
	_, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Page: 11}), 1)
	require.ErrorIs(t, err, client.ErrNotFound, "the first page must exist")
	require.ErrorContains(t, err, "the list may have no page 11")
	_, err = s.client(t).PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Page: 12})
	require.ErrorContains(t, err, "the list may have no page 12")
}

// A page that is missing, although the page before it still names it, is an error:
// the items behind it would be lost silently.
func TestMissingPageInTheMiddleIsAnError(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(20, 2)
		s.respond = func(r *http.Request, page int) *http.Response {
			if page == 5 {
				return respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`)
			}
			return nil
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.ErrorAs(t, err, new(*client.PageError))
		assert.Equal(t, idsUpTo(8), ids)
		assert.Less(t, len(s.requests()), 100)
	}
}

// A proxy's 404 is not the end of a list: it says nothing about the page.
func TestProxysNotFoundDoesNotEndTheIteration(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, attempts := range []int{1, 2} {
			s := newPagedService(6, 2)
			var once sync.Once
			s.respond = func(r *http.Request, page int) (response *http.Response) {
				if page == 2 {
					once.Do(func() {
						response = respond(r, http.StatusNotFound, "default backend - 404")
						response.Header.Set("Content-Type", "text/plain")
					})
				}
				return response
			}
			c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(attempts))
			ids, err := collectIDs(t, c, client.WithPrefetch(ahead))
			if attempts == 1 {
				require.ErrorIs(t, err, client.ErrNotFromService, "%d ahead", ahead)
				assert.Equal(t, idsUpTo(2), ids)
				continue
			}
			require.NoError(t, err)
			assert.Equal(t, idsUpTo(6), ids, "%d ahead", ahead)
		}
	}
}

// A service that ignores the page and always names another one is stopped.
func TestServiceThatIgnoresThePageIsStopped(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, count := range []int{2, 1000, 1_000_000} {
			s := newPagedService(2, 2)
			s.respond = func(r *http.Request, page int) *http.Response {
				return respond(r, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": "/?page=%d", "results": [{"id": 1}, {"id": 2}]}`, count, page+1))
			}
			ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
			failure, ok := errors.AsType[*client.PageError](err)
			require.True(t, ok, "%v", err)
			requireDecodeError(t, failure)
			assert.Equal(t, idsUpTo(2), ids)
			assert.LessOrEqual(t, len(s.requests()), 10+ahead)
		}
	}
}

func TestEmptyPageDoesNotEndTheIteration(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(6, 2)
		s.respond = func(r *http.Request, page int) *http.Response {
			if page == 2 {
				return respond(r, http.StatusOK, `{"count": 6, "next": "/?page=3", "results": []}`)
			}
			return nil
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		assert.Equal(t, []int64{1, 2, 5, 6}, ids)
	}
}

func TestWithResponseStoresThePageOfTheItem(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(6, 2)
		var response client.Response
		for agent, err := range s.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(ahead), client.WithResponse(&response)) {
			require.NoError(t, err)
			assert.Contains(t, string(response.Body), fmt.Sprintf(`{"id": %d}`, agent.ID), "the response that has the item")
		}
	}
}

func TestInvalidOptionEndsTheIteration(t *testing.T) {
	t.Parallel()
	s := newPagedService(6, 2)
	c := s.client(t)
	for _, opt := range []client.AllOption{nil, client.WithPrefetch(-1), client.WithOrg("..")} {
		_, err := collectIDs(t, c, opt)
		assertArgumentError(t, err)
		_, isPage := errors.AsType[*client.PageError](err)
		assert.False(t, isPage, "no page was requested")
	}
	for _, ahead := range prefetchDepths {
		for _, err := range c.PeriodicAgents.All(nil, nil, client.WithPrefetch(ahead)) { //nolint:staticcheck // the test's subject
			assertArgumentError(t, err)
		}
	}
	assert.Empty(t, s.queries)
}

// assertArgumentError asserts that err is an ArgumentError.
func assertArgumentError(t *testing.T, err error) {
	t.Helper()
	assert.NotEmpty(t, requireArgumentError(t, err).Argument)
}

func requireArgumentError(t *testing.T, err error) *api.ArgumentError {
	t.Helper()
	refused, ok := errors.AsType[*api.ArgumentError](err)
	require.True(t, ok, "%v", err)
	require.NotEmpty(t, refused.Argument)
	require.NotEmpty(t, refused.Reason)
	assertHoldsNoSecret(t, err)
	return refused
}
