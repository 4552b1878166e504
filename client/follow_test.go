package client_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
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
	"github.com/iblai/iblai-go/client/api"
)

// logServer is a service that has nothing but logs, and changes while it is
// being read.
type logServer struct {
	mu         sync.Mutex
	logs       map[int64]client.PeriodicAgentLog
	pageSize   int
	unsorted   bool                       // it does not know the ordering that it is asked for
	onRequest  func(s *logServer)         // called before every answer, with the lock held
	fails      func(r *http.Request) bool // whether the next answer is a 500
	gets       int
	listedPage int
}

func newLogServer() *logServer {
	return &logServer{logs: map[int64]client.PeriodicAgentLog{}, pageSize: 3}
}

// put stores a log; without an end it is running.
func (s *logServer) put(id int64, created, ended time.Time) {
	log := client.PeriodicAgentLog{ID: id, Content: fmt.Sprint("run ", id), Status: api.StatusRunning, CreatedAt: client.Time{Time: created}}
	if !ended.IsZero() {
		log.Status, log.EndTime = api.StatusSuccess, new(client.Time{Time: ended})
	}
	s.logs[id] = log
}

func (s *logServer) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if s.onRequest != nil {
		s.onRequest(s)
	}
	if s.fails != nil && s.fails(r) {
		return answer(http.StatusInternalServerError, "<h1>Server Error (500)</h1>"), nil
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64); err == nil {
		s.gets++
		log, ok := s.logs[id]
		if !ok {
			return answer(http.StatusNotFound, `{"detail": "Not found."}`), nil
		}
		return answer(http.StatusOK, toJSON(log)), nil
	}
	return s.list(r), nil
}

func (s *logServer) list(r *http.Request) *http.Response {
	logs := make([]client.PeriodicAgentLog, 0, len(s.logs))
	for _, log := range s.logs {
		logs = append(logs, log)
	}
	slices.SortFunc(logs, func(a, b client.PeriodicAgentLog) int {
		if s.unsorted {
			return cmp.Compare(a.ID, b.ID)
		}
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt.Time), cmp.Compare(a.ID, b.ID))
	})
	page, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("page"), "1"))
	s.listedPage = page
	from := (page - 1) * s.pageSize
	if from > len(logs) || from == len(logs) && page > 1 {
		return answer(http.StatusNotFound, `{"detail": "Invalid page."}`)
	}
	to := min(from+s.pageSize, len(logs))
	next := any(nil)
	if to < len(logs) {
		next = fmt.Sprintf("http://inside/?ordering=-created_at&page=%d", page+1)
	}
	return answer(http.StatusOK, toJSON(map[string]any{"count": len(logs), "next": next, "previous": nil, "results": logs[from:to]}))
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (s *logServer) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithHTTPClient(&http.Client{Transport: s}), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	return c
}

// take follows until want logs have come, and returns their ids.
func take(t *testing.T, c *client.Client, options client.FollowOptions, want int) []int64 {
	t.Helper()
	var ids []int64
	for log, err := range c.PeriodicAgentLogs.Follow(t.Context(), options) {
		require.NoError(t, err)
		if ids = append(ids, log.ID); len(ids) == want {
			break
		}
	}
	return ids
}

func TestFollowWaitsForRunsToFinish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		for id := range int64(7) {
			s.put(id+1, start.Add(time.Duration(id)*time.Second), start.Add(time.Minute-time.Duration(id)*time.Second))
		}
		s.put(3, start.Add(2*time.Second), time.Time{}) // still running
		go func() {
			time.Sleep(time.Hour)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.put(3, start.Add(2*time.Second), time.Now())
			s.put(8, time.Now().Add(-time.Second), time.Now())
		}()
		assert.Equal(t, []int64{7, 6, 5, 4, 2, 1, 3, 8}, take(t, s.client(t), client.FollowOptions{}, 8), "in the order of their ends")
		assert.Greater(t, time.Since(start), 59*time.Minute)
	})
}

func TestFollowFindsLogsThatShowUpLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		s.put(11, start, start)
		go func() {
			time.Sleep(time.Minute)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.put(10, start.Add(-time.Minute), start) // committed after 11, by another worker
			s.put(12, start, start)                   // at the same time as 11
		}()
		assert.Equal(t, []int64{11, 10, 12}, take(t, s.client(t), client.FollowOptions{}, 3))
	})
}

func TestFollowFromATime(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	start := time.Now()
	for id := range int64(100) {
		s.put(id+1, start.Add(time.Duration(id)*time.Hour), start.Add(time.Duration(id)*time.Hour))
	}
	cursor := &client.Cursor{Since: start.Add(98 * time.Hour)}
	assert.Equal(t, []int64{99, 100}, take(t, s.client(t), client.FollowOptions{Cursor: cursor}, 2))
	assert.Equal(t, 1, s.listedPage, "what is before the cursor is not read")

	s.unsorted = true
	assert.Equal(t, []int64{99, 100}, take(t, s.client(t), client.FollowOptions{Cursor: &client.Cursor{Since: start.Add(98 * time.Hour)}}, 2))
}

func TestFollowCatchesUpWithoutHoldingAllContents(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	s.pageSize = 100
	start := time.Now()
	for id := range int64(1100) {
		s.put(id+1, start.Add(time.Duration(id)*time.Second), start.Add(time.Duration(id)*time.Second))
	}
	want := int64(1)
	for log, err := range s.client(t).PeriodicAgentLogs.Follow(t.Context(), client.FollowOptions{}) {
		require.NoError(t, err)
		require.Equal(t, want, log.ID)
		require.Equal(t, fmt.Sprint("run ", want), log.Content)
		if want++; want > 1100 {
			break
		}
	}
	assert.Equal(t, 100, s.gets, "the oldest were fetched when it was their turn")
}

func TestFollowYieldsErrorsAndGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		s.put(1, start, start)
		requests := 0
		s.fails = func(*http.Request) bool { requests++; return requests <= 3 }
		failures := 0
		for log, err := range s.client(t).PeriodicAgentLogs.Follow(t.Context(), client.FollowOptions{Interval: time.Minute}) {
			if err != nil {
				require.ErrorIs(t, err, client.ErrServer)
				failures++
				continue
			}
			assert.EqualValues(t, 1, log.ID)
			break
		}
		assert.Equal(t, 3, failures)
		assert.Equal(t, 3*time.Minute, time.Since(start))
	})
}

func TestFollowEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var errs []error
		for _, err := range newLogServer().client(t).PeriodicAgentLogs.Follow(ctx, client.FollowOptions{}) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], context.DeadlineExceeded)
	})
}

func TestFollowRefusesNegativeTimes(t *testing.T) {
	t.Parallel()
	for _, err := range newLogServer().client(t).PeriodicAgentLogs.Follow(t.Context(), client.FollowOptions{Interval: -1}) {
		var fault *client.ArgumentError
		require.ErrorAs(t, err, &fault)
	}
}

// While logs come late and out of order, runs finish when they like, agents are
// deleted, the service fails and the program is stopped and started again with
// the cursor it has kept, every run is delivered once.
func TestFollowDeliversEveryRunOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			s := newLogServer()
			s.unsorted = seed%5 == 4
			const history, runs = 20, 80
			for id := range int64(history) {
				at := time.Now().Add(-time.Duration(history-id) * time.Hour)
				s.put(id+1, at, at)
			}
			born := history
			hidden := map[int64]time.Time{} // created, not to be seen yet
			s.onRequest = func(s *logServer) {
				for ; born < runs && random.IntN(2) == 0; born++ {
					hidden[int64(born+1)] = time.Now()
				}
				for id, created := range hidden {
					if random.IntN(2) == 0 || time.Since(created) > time.Minute {
						s.put(id, created, time.Time{})
						delete(hidden, id)
					}
				}
				for id, log := range s.logs {
					if log.EndTime == nil && random.IntN(60) == 0 {
						s.put(id, log.CreatedAt.Time, time.Now())
					}
				}
			}
			s.fails = func(*http.Request) bool { return random.IntN(12) == 0 }

			delivered := map[int64]int{}
			kept := "{}"
			for len(delivered) < runs {
				cursor := &client.Cursor{}
				require.NoError(t, json.Unmarshal([]byte(kept), cursor))
				left := random.IntN(20)
				for log, err := range s.client(t).PeriodicAgentLogs.Follow(t.Context(), client.FollowOptions{Cursor: cursor, Interval: 20 * time.Second, Overlap: 3 * time.Minute}) {
					if err != nil {
						require.ErrorIs(t, err, client.ErrServer)
						continue
					}
					delivered[log.ID]++
					require.NotEmpty(t, log.Content)
					kept = toJSON(cursor)
					if left--; left < 0 || len(delivered) == runs {
						break
					}
				}
			}
			for id, times := range delivered {
				require.Equal(t, 1, times, "seed %d: run %d", seed, id)
			}
		})
	}
}
