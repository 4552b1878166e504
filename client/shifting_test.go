package client_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// changingService is a service whose list of mentors has several versions.
type changingService struct {
	versions [][]int
	version  func(page int) int                    // of the next response
	delay    func(r *http.Request, page int) error // before the response
}

const changingPageSize = 4

func (s *changingService) RoundTrip(r *http.Request) (*http.Response, error) {
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	if err := s.delay(r, page); err != nil {
		return nil, err
	}
	version := s.version(page)
	ids := s.versions[version]
	from, to := min((page-1)*changingPageSize, len(ids)), min(page*changingPageSize, len(ids))
	if from == to && page > 1 {
		return respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`), nil
	}
	var items []string
	for _, id := range ids[from:to] {
		items = append(items, fmt.Sprintf(`{"id": %d}`, id))
	}
	next := "null"
	if to < len(ids) {
		next = fmt.Sprintf(`"/?page=%d"`, page+1)
	}
	return respond(r, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "results": [%s]}`, len(ids), next, strings.Join(items, ","))), nil
}

// iterate returns the ids of all mentors.
func (s *changingService) iterate(t *testing.T, ahead int) (ids []int) {
	t.Helper()
	c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(1))
	for mentor, err := range c.Mentors.All(t.Context(), nil, client.WithPrefetch(ahead)) {
		require.NoError(t, err)
		ids = append(ids, int(mentor.ID))
	}
	return ids
}

// newChangingService returns a service on which mentors are created, or deleted, at
// random times, and whose responses come out of order.
func newChangingService(random *rand.Rand, created bool) *changingService {
	const mentors, changes, longest = 60, 12, 100
	s := &changingService{versions: make([][]int, 1, changes+1)}
	for id := range mentors {
		s.versions[0] = append(s.versions[0], id+1)
	}
	var times []time.Duration
	for i := range changes {
		list := slices.Clone(s.versions[i])
		if at := random.IntN(len(list)); created {
			list = slices.Insert(list, at, mentors+1+i)
		} else {
			list = slices.Delete(list, at, at+1)
		}
		s.versions = append(s.versions, list)
		times = append(times, time.Duration(random.IntN(6*longest)))
	}
	slices.Sort(times)
	begin, mu := time.Now(), new(sync.Mutex)
	s.delay = func(r *http.Request, _ int) error {
		mu.Lock()
		wait := time.Duration(1 + random.IntN(longest))
		mu.Unlock()
		select {
		case <-time.After(wait):
			return nil
		case <-r.Context().Done():
			return r.Context().Err()
		}
	}
	s.version = func(int) int {
		since := time.Since(begin)
		return len(slices.DeleteFunc(slices.Clone(times), func(at time.Duration) bool { return at > since }))
	}
	return s
}

// Every mentor that exists throughout the iteration is yielded, and none twice,
// whenever others are created or deleted.
func TestNoItemIsMissedWhileTheListChanges(t *testing.T) {
	t.Parallel()
	shifted := 0
	for seed := range uint64(400) {
		created := seed%2 == 0
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			s := newChangingService(random, created)
			ids := s.iterate(t, random.IntN(8))
			remaining := s.versions[0]
			if last := s.versions[len(s.versions)-1]; !created {
				remaining = last
				shifted += len(ids) - len(last)
			}
			assert.Subset(t, ids, remaining, "seed %d", seed)
			slices.Sort(ids)
			assert.Len(t, slices.Compact(ids), len(ids), "seed %d: an item is yielded twice", seed)
		})
	}
	assert.NotZero(t, shifted, "mentors are deleted during the iterations")
}

// A program may delete what it iterates over.
func TestDeletingDuringAnIterationMissesNoItem(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		for _, every := range []int64{1, 2, 3, 7, 20} {
			for _, size := range []int{1, 2, 7, 10, 100} {
				s := newPagedService(60, size)
				var ids []int64
				for agent, err := range s.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(ahead)) {
					require.NoError(t, err)
					ids = append(ids, agent.ID)
					if agent.ID%every == 0 {
						s.delete(agent.ID)
					}
				}
				assert.Equal(t, idsUpTo(60), ids, "each %dth of %d to a page is deleted, %d ahead", every, size, ahead)
				assert.LessOrEqual(t, len(s.requests()), 5*(60/size+1)+ahead, "requests for %d to a page, each %dth deleted, %d ahead", size, every, ahead)
			}
		}
	}
}

// No item is missed if the list changes twice, in whatever way, as long as there is
// a request between the two changes.
func TestTwoChangesMissNoItem(t *testing.T) {
	t.Parallel()
	changes := map[string]func(ids []int64) []int64{
		"delete the first": func(ids []int64) []int64 { return ids[1:] },
		"delete the last":  func(ids []int64) []int64 { return ids[:len(ids)-1] },
		"create the first": func(ids []int64) []int64 { return append([]int64{100}, ids...) },
		"create the last":  func(ids []int64) []int64 { return append(slices.Clone(ids), 200) },
	}
	for name, change := range changes {
		for otherName, otherChange := range changes {
			for at := 2; at < 12; at++ {
				for otherAt := at + 1; otherAt < 14; otherAt++ {
					s := newPagedService(11, 2)
					original := slices.Clone(s.ids)
					s.respond = func(*http.Request, int) *http.Response {
						s.mu.Lock()
						defer s.mu.Unlock()
						switch len(s.queries) {
						case at:
							s.ids = change(s.ids)
						case otherAt:
							s.ids = otherChange(s.ids)
						}
						return nil
					}
					ids, err := collectIDs(t, s.client(t))
					require.NoError(t, err)
					remaining := slices.DeleteFunc(original, func(id int64) bool { return !slices.Contains(s.ids, id) })
					require.Subset(t, ids, remaining, "%s at request %d, %s at request %d", name, at, otherName, otherAt)
				}
			}
		}
	}
}

// Items before the page in the params are not part of the iteration, so it does
// not go back further than that page.
func TestDeletingDuringAnIterationFromALaterPage(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(20, 2)
		s.respond = func(_ *http.Request, page int) *http.Response {
			if page == 5 {
				s.delete(7) // of page 4
			}
			return nil
		}
		params := &client.PeriodicAgentListParams{Page: 3}
		agents, err := client.Collect(s.client(t).PeriodicAgents.All(t.Context(), params, client.WithPrefetch(ahead)), 100)
		require.NoError(t, err)
		var ids []int64
		for _, agent := range agents {
			ids = append(ids, agent.ID)
		}
		// With a prefetch, page 5 may be read before page 4.
		ids = slices.DeleteFunc(ids, func(id int64) bool { return id == 7 && ahead > 0 })
		expected := slices.DeleteFunc(idsUpTo(20)[4:], func(id int64) bool { return id == 7 && ahead > 0 })
		assert.Equal(t, expected, ids, "%d ahead", ahead)
	}
}

// A change of the list costs at most one more request for each page that was
// fetched ahead.
func TestChangeDuringPrefetchCostsFewRequests(t *testing.T) {
	t.Parallel()
	const pages, ahead = 40, 8
	for at := 1; at < pages; at += 3 {
		synctest.Test(t, func(t *testing.T) {
			first := make([]int, pages*changingPageSize)
			for i := range first {
				first[i] = i + 1
			}
			var mu sync.Mutex
			sent, changed := 0, false
			s := &changingService{versions: [][]int{first, append([]int{1000}, first...)}}
			s.delay = func(r *http.Request, page int) error {
				mu.Lock()
				sent++
				mu.Unlock()
				time.Sleep(time.Duration(10+page%3) * time.Millisecond)
				return r.Context().Err()
			}
			s.version = func(page int) int {
				mu.Lock()
				defer mu.Unlock()
				changed = changed || page == at
				if changed {
					return 1
				}
				return 0
			}
			assert.Subset(t, s.iterate(t, ahead), first)
			assert.LessOrEqual(t, sent, pages+2+ahead, "a change after page %d", at)
		})
	}
}

// If a list changes with every response, hardly any page is fetched ahead, since
// nearly all of them would be fetched in vain.
func TestPrefetchOfABusyListSendsFewRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const ahead, changes = 50, 400
		s := newPagedService(4*changes, 4)
		s.respond = func(*http.Request, int) *http.Response {
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(s.ids) < 5*changes {
				s.ids = append(s.ids, int64(len(s.ids)+1))
			}
			return nil
		}
		s.latency = time.Millisecond
		begin := time.Now()
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		assert.Equal(t, idsUpTo(5*changes), ids)
		assert.LessOrEqual(t, len(s.queries), 5*changes/4+ahead+2*changes/3, "requests for %d pages", 5*changes/4)
		assert.Less(t, time.Since(begin), time.Duration(5*changes/4-20)*s.latency, "pages are fetched ahead again once the list no longer changes")
	})
}

// A page that did not exist when it was fetched ahead may exist by now.
func TestMissingPageIsFetchedAgain(t *testing.T) {
	t.Parallel()
	for _, ahead := range prefetchDepths {
		s := newPagedService(8, 2)
		var once sync.Once
		s.respond = func(r *http.Request, page int) (response *http.Response) {
			if page == 4 && ahead > 1 {
				once.Do(func() { response = respond(r, http.StatusNotFound, `{"detail": "Invalid page."}`) })
			}
			return response
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
		require.NoError(t, err)
		assert.Equal(t, idsUpTo(8), ids, "%d ahead", ahead)
	}
}
