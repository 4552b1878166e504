package client_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// n pages are fetched at a time.
func TestPrefetchIsConcurrent(t *testing.T) {
	t.Parallel()
	for _, ahead := range []int{0, 1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			s := newPagedService(65*2, 2)
			s.latency = 100 * time.Millisecond
			begin := time.Now()
			ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
			require.NoError(t, err)
			assert.Equal(t, idsUpTo(130), ids)
			assert.LessOrEqual(t, s.maxInFlight, max(1, ahead), "concurrent requests")
			rounds := 1 + (64+max(1, ahead)-1)/max(1, ahead)
			assert.Equal(t, time.Duration(rounds)*s.latency, time.Since(begin), "%d ahead", ahead)
		})
	}
}

// Items are yielded in order, even if the responses come out of order.
func TestPrefetchKeepsTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPagedService(40, 2)
		s.respond = func(_ *http.Request, page int) *http.Response {
			time.Sleep(time.Duration(100-page*7%10) * time.Millisecond)
			return nil
		}
		ids, err := collectIDs(t, s.client(t), client.WithPrefetch(5))
		require.NoError(t, err)
		assert.Equal(t, idsUpTo(40), ids)
	})
}

// If the loop is slow, no more than n pages are fetched ahead of it.
func TestPrefetchWaitsForTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const ahead = 3
		s := newPagedService(40, 2)
		s.latency = time.Millisecond
		page := 0
		for agent, err := range s.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(ahead)) {
			require.NoError(t, err)
			if agent.ID%2 == 0 {
				continue
			}
			page++
			time.Sleep(time.Second)
			assert.LessOrEqual(t, len(s.requests()), page+ahead, "on page %d", page)
		}
		assert.Len(t, s.queries, 20, "each page is requested once")
	})
}

// A break ends all requests in flight. synctest fails if a goroutine is left.
func TestBreakStopsPrefetching(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{1, 2, 3, 7} {
		synctest.Test(t, func(t *testing.T) {
			s := newPagedService(100, 2)
			s.latency = time.Hour
			begin := time.Now()
			for agent, err := range s.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(5), client.WithAttemptTimeout(2*time.Hour)) {
				require.NoError(t, err)
				if agent.ID == at {
					break
				}
			}
			assert.Zero(t, s.inFlight, "no request is in flight")
			taken := time.Since(begin)
			assert.LessOrEqual(t, taken, 2*time.Hour, "requests in flight are canceled")
			synctest.Wait()
		})
	}
}

func TestErrorStopsPrefetching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPagedService(100, 2)
		s.respond = func(r *http.Request, page int) *http.Response {
			if page == 2 {
				return respond(r, http.StatusForbidden, "")
			}
			<-r.Context().Done()
			return respond(r, http.StatusBadGateway, "")
		}
		first := s.respond
		s.respond = func(r *http.Request, page int) *http.Response {
			if page == 1 {
				return nil
			}
			return first(r, page)
		}
		_, err := collectIDs(t, s.client(t), client.WithPrefetch(5))
		require.ErrorIs(t, err, client.ErrForbidden)
		assert.Zero(t, s.inFlight)
	})
}

func TestCancellationStopsPrefetching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newPagedService(100, 2)
		s.latency = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		items, err := client.Collect(s.client(t).PeriodicAgents.All(ctx, nil, client.WithPrefetch(2)), 1000)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2500*time.Millisecond, time.Since(begin))
		assert.Len(t, items, 6)
		assert.Zero(t, s.inFlight)
	})
}

// If the query of the next page can't be predicted, pages are fetched one by one,
// with hardly any request in vain.
func TestPrefetchWithUnpredictableQueries(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(int) string{
		"a cursor":                 func(page int) string { return fmt.Sprintf("/?cursor=%d", page) },
		"another parameter's end":  func(page int) string { return fmt.Sprintf("/?mypage=%d", page) },
		"a number and a token":     func(page int) string { return fmt.Sprintf("/?page=%d&token=%d", page, page) },
		"a number that is skipped": func(page int) string { return fmt.Sprintf("/?page=%d&skip=1", page) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const ahead, pages = 4, 50
				s := newPagedService(2*pages, 2)
				s.latency = time.Millisecond
				s.next = next
				s.respond = func(r *http.Request, _ int) *http.Response {
					for _, name := range []string{"cursor", "mypage"} {
						var page int
						if _, err := fmt.Sscan(r.URL.Query().Get(name), &page); err == nil {
							return s.page(r, page)
						}
					}
					return nil
				}
				ids, err := collectIDs(t, s.client(t), client.WithPrefetch(ahead))
				require.NoError(t, err)
				assert.Equal(t, idsUpTo(2*pages), ids)
				assert.LessOrEqual(t, s.maxInFlight, ahead, "concurrent requests")
				assert.LessOrEqual(t, len(s.queries), pages+ahead, "requests")
			})
		})
	}
}
