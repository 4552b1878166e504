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

// Pages come in their order, n at a time.
func TestPrefetchIsConcurrent(t *testing.T) {
	t.Parallel()
	for _, ahead := range []int{0, 1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			l := newLibrary(65*2, 2)
			l.wait = 100 * time.Millisecond
			begin := time.Now()
			ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
			require.NoError(t, err)
			assert.Equal(t, upTo(130), ids)
			assert.LessOrEqual(t, l.most, max(1, ahead), "requests under way at once")
			rounds := 1 + (64+max(1, ahead)-1)/max(1, ahead)
			assert.Equal(t, time.Duration(rounds)*l.wait, time.Since(begin), "%d ahead", ahead)
		})
	}
}

// Pages that come out of order are yielded in order.
func TestPrefetchKeepsTheOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLibrary(40, 2)
		l.respond = func(_ *http.Request, page int) *http.Response {
			time.Sleep(time.Duration(100-page*7%10) * time.Millisecond)
			return nil
		}
		ids, err := walk(t, l.client(t), client.WithPrefetch(5))
		require.NoError(t, err)
		assert.Equal(t, upTo(40), ids)
	})
}

// A slow reader has no more than n pages fetched ahead, and memory for those.
func TestPrefetchIsBoundedByTheReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const ahead = 3
		l := newLibrary(40, 2)
		l.wait = time.Millisecond
		page := 0
		for agent, err := range l.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(ahead)) {
			require.NoError(t, err)
			if agent.ID%2 == 0 {
				continue
			}
			page++
			time.Sleep(time.Second)
			assert.LessOrEqual(t, len(l.requests()), page+ahead, "on page %d", page)
		}
		assert.Len(t, l.asked, 20, "and each of them once")
	})
}

// A loop that breaks leaves nothing behind: synctest fails where a goroutine
// does not end.
func TestBreakStopsPrefetching(t *testing.T) {
	t.Parallel()
	for _, at := range []int64{1, 2, 3, 7} {
		synctest.Test(t, func(t *testing.T) {
			l := newLibrary(100, 2)
			l.wait = time.Hour
			begin := time.Now()
			for agent, err := range l.client(t).PeriodicAgents.All(t.Context(), nil, client.WithPrefetch(5), client.WithAttemptTimeout(2*time.Hour)) {
				require.NoError(t, err)
				if agent.ID == at {
					break
				}
			}
			assert.Zero(t, l.underWay, "nothing is under way any more")
			taken := time.Since(begin)
			assert.LessOrEqual(t, taken, 2*time.Hour, "what is under way is not waited for")
			synctest.Wait()
		})
	}
}

func TestErrorStopsPrefetching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLibrary(100, 2)
		l.respond = func(r *http.Request, page int) *http.Response {
			if page == 2 {
				return respond(r, http.StatusForbidden, "")
			}
			<-r.Context().Done()
			return respond(r, http.StatusBadGateway, "")
		}
		first := l.respond
		l.respond = func(r *http.Request, page int) *http.Response {
			if page == 1 {
				return nil
			}
			return first(r, page)
		}
		_, err := walk(t, l.client(t), client.WithPrefetch(5))
		require.ErrorIs(t, err, client.ErrForbidden)
		assert.Zero(t, l.underWay)
	})
}

func TestCancellationStopsPrefetching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLibrary(100, 2)
		l.wait = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		begin := time.Now()
		items, err := client.Collect(l.client(t).PeriodicAgents.All(ctx, nil, client.WithPrefetch(2)), 1000)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2500*time.Millisecond, time.Since(begin))
		assert.Len(t, items, 6)
		assert.Zero(t, l.underWay)
	})
}

// A service whose next has no number to count on, or is not what was guessed,
// is walked page by page, with no more requests than that takes.
func TestPrefetchWithoutNumbers(t *testing.T) {
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
				l := newLibrary(2*pages, 2)
				l.wait = time.Millisecond
				l.next = next
				l.respond = func(r *http.Request, _ int) *http.Response {
					for _, name := range []string{"cursor", "mypage"} {
						var page int
						if _, err := fmt.Sscan(r.URL.Query().Get(name), &page); err == nil {
							return l.page(r, page)
						}
					}
					return nil
				}
				ids, err := walk(t, l.client(t), client.WithPrefetch(ahead))
				require.NoError(t, err)
				assert.Equal(t, upTo(2*pages), ids)
				assert.LessOrEqual(t, l.most, ahead, "requests under way at once")
				assert.LessOrEqual(t, len(l.asked), pages+ahead, "requests")
			})
		})
	}
}
