package runs_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// followN follows the logs until it has received want logs, and returns their ids.
func followN(t *testing.T, c *client.Client, position *runs.Position, want int, opts ...runs.FollowOption) []int64 {
	t.Helper()
	var ids []int64
	for log, err := range runs.Follow(t.Context(), c, position, opts...) {
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
		s.pageSize = 10
		start := time.Now()
		for id := range int64(7) {
			s.put(id+1, start.Add(time.Duration(id)*time.Second), start.Add(time.Minute-time.Duration(id)*time.Second))
		}
		s.put(3, start.Add(2*time.Second), time.Time{}) // still running
		go func() {
			time.Sleep(time.Hour)
			s.lock(func() {
				s.put(3, start.Add(2*time.Second), time.Now())
				s.put(8, time.Now().Add(-time.Second), time.Now())
			})
		}()
		assert.Equal(t, []int64{7, 6, 5, 4, 2, 1, 3, 8}, followN(t, newClient(t, s), new(runs.Position), 8), "in the order in which they ended")
		assert.GreaterOrEqual(t, time.Since(start), time.Hour)
		assert.LessOrEqual(t, time.Since(start), time.Hour+10*time.Second, "the default interval")
	})
}

func TestFollowFindsLateLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		s.put(11, start, start)
		go func() {
			time.Sleep(time.Minute)
			s.lock(func() {
				s.put(10, start.Add(-5*time.Minute), start) // committed after 11, by another worker
				s.put(12, start, start)                     // at the same time as 11
				s.put(9, start.Add(-5*time.Minute-1), start)
			})
		}()
		position := new(runs.Position)
		assert.Equal(t, []int64{11, 10, 12}, followN(t, newClient(t, s), position, 3))
		s.add(13)
		assert.Equal(t, []int64{13}, followN(t, newClient(t, s), position, 1), "9 is older than the overlap")
	})
}

func TestFollowRespectsOverlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		s.put(1, start, start)
		go func() {
			time.Sleep(30 * time.Second)
			s.lock(func() { s.put(2, start.Add(-time.Hour), start) })
		}()
		assert.Equal(t, []int64{1, 2}, followN(t, newClient(t, s), new(runs.Position), 2, runs.WithOverlap(time.Hour), runs.WithPollInterval(time.Minute)))
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

func TestFollowFromATime(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	start := time.Now().Add(-1000 * time.Hour)
	for id := range int64(1000) {
		s.put(id+1, start.Add(time.Duration(id)*time.Hour), start.Add(time.Duration(id)*time.Hour))
	}
	assert.Equal(t, []int64{999, 1000}, followN(t, newClient(t, s), runs.At(start.Add(998*time.Hour)), 2))
	assert.LessOrEqual(t, len(s.lists), 4, "logs before the position are not read")
	s.pageSize, s.lists = 20, nil
	assert.Len(t, followN(t, newClient(t, s), runs.At(start.Add(500*time.Hour)), 500), 500)
	assert.LessOrEqual(t, len(s.lists), 48)
}

// Logs before the position are delivered if their runs had not finished when
// the position passed them.
func TestFollowYieldsLongRuns(t *testing.T) {
	t.Parallel()
	for _, unsorted := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.unsorted = unsorted
			start := time.Now()
			s.put(1, start.Add(-time.Hour), start.Add(-time.Hour))
			s.put(2, start, time.Time{})
			go func() {
				for id := range int64(3) {
					time.Sleep(time.Hour)
					s.add(id + 3)
				}
				time.Sleep(time.Hour)
				s.lock(func() { s.put(2, start, time.Now()) })
			}()
			assert.Equal(t, []int64{1, 3, 4, 5, 2}, followN(t, newClient(t, s), new(runs.Position), 5))
		})
	}
}

// A poll that fails halfway does not advance the position, although it delivers
// the logs that it has found.
func TestFollowRecoversFromFailedPoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		start := time.Now()
		for id := range int64(9) {
			s.put(id+1, start.Add(time.Duration(id)*time.Hour), start.Add(time.Duration(id)*time.Hour))
		}
		failed := false
		s.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if failed || r.URL.Query().Get("page") != "2" {
				return false
			}
			failed = true
			reply(w, http.StatusBadGateway, "<h1>502 Bad Gateway</h1>")
			return true
		}
		var ids []int64
		for log, err := range runs.Follow(t.Context(), newClient(t, s), new(runs.Position)) {
			if err != nil {
				require.ErrorIs(t, err, client.ErrServer)
				continue
			}
			if ids = append(ids, log.ID); len(ids) == 9 {
				break
			}
		}
		assert.Equal(t, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}, ids)
	})
}

// A log without a time is not before the position.
func TestFollowYieldsLogsWithoutTimes(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	s.put(1, time.Time{}, time.Time{})
	s.logs[1].Status = api.StatusSuccess
	position := runs.At(time.Now())
	assert.Equal(t, []int64{1}, followN(t, newClient(t, s), position, 1))
	s.add(2)
	assert.Equal(t, []int64{2}, followN(t, newClient(t, s), position, 1))
}

// A list that is not sorted as requested is read to its end, and is reported
// once.
func TestFollowReadsWholeUnsortedList(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	s.unsorted = true // by id
	start := time.Now().Add(-10 * time.Hour)
	for i, hours := range []int{1, 3, -1, 4, -2, 2} {
		at := start.Add(time.Duration(hours) * time.Hour)
		s.put(int64(i+1), at, at)
	}
	var ids []int64
	var errs []error
	for log, err := range runs.Follow(t.Context(), newClient(t, s), runs.At(start)) {
		if err != nil {
			errs = append(errs, err)
		} else if ids = append(ids, log.ID); len(ids) == 4 {
			break
		}
	}
	assert.ElementsMatch(t, []int64{1, 2, 4, 6}, ids)
	assert.Equal(t, []error{runs.ErrUnsortedList}, errs)
}

func TestFollowPassesOnParamsAndCallOptions(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	s.add(1, 2)
	var header string
	s.intercept = func(_ http.ResponseWriter, r *http.Request) bool {
		header = r.Header.Get("X-Trace")
		return false
	}
	followN(t, newClient(t, s), new(runs.Position), 1,
		runs.WithParams(client.PeriodicAgentLogListParams{PeriodicAgent: 7, PageSize: 20}),
		runs.WithCallOptions(client.WithHeader("X-Trace", "a")), runs.WithCallOptions(client.WithQuery("start_date", "b")))
	query, err := url.ParseQuery(s.lists[0])
	require.NoError(t, err)
	assert.Equal(t, url.Values{"ordering": {"-created_at"}, "periodic_agent": {"7"}, "page_size": {"20"}, "start_date": {"b"}}, query)
	assert.Equal(t, "a", header)
}

func TestFollowForgetsDeletedRunningLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.put(1, time.Now(), time.Time{})
		html := false
		s.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if html && r.URL.RawQuery == "" {
				reply(w, http.StatusNotFound, "<h1>404 Not Found</h1>")
				return true
			}
			return false
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		go func() {
			time.Sleep(time.Minute)
			s.lock(func() { delete(s.logs, 1); html = true })
			time.Sleep(time.Minute)
			s.lock(func() { html = false })
		}()
		var errs []error
		for _, err := range runs.Follow(ctx, newClient(t, s), new(runs.Position)) {
			errs = append(errs, err)
		}
		require.Greater(t, len(errs), 2, "the proxy's 404 proves nothing")
		require.ErrorIs(t, errs[0], client.ErrNotFromService)
		require.ErrorContains(t, errs[0], "runs: log 1 can't be requested: ")
		require.ErrorIs(t, errs[len(errs)-1], context.DeadlineExceeded)
		gets := len(s.gets)
		assert.Equal(t, 1, gets, "one 404 of the service is sufficient")
	})
}

func TestFollowYieldsErrorsAndContinues(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1)
		s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			if s.requests > 3 {
				return false
			}
			reply(w, http.StatusInternalServerError, "<h1>Server Error (500)</h1>")
			return true
		}
		failures := 0
		for log, err := range runs.Follow(t.Context(), newClient(t, s), new(runs.Position)) {
			if err != nil {
				require.ErrorIs(t, err, client.ErrServer)
				failures++
				continue
			}
			assert.EqualValues(t, 1, log.ID)
			break
		}
		assert.Equal(t, 3, failures)
	})
}

// The delay after failed polls is random, and its upper bound doubles up to 5
// minutes. After a successful poll, the delay is the poll interval again.
func TestFollowBacksOff(t *testing.T) {
	t.Parallel()
	for _, interval := range []time.Duration{10 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			var at []time.Time
			s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
				if at = append(at, time.Now()); len(at)%100 == 0 {
					return false // succeeds
				}
				reply(w, http.StatusUnauthorized, `{"detail": "Invalid token."}`)
				return true
			}
			for _, err := range runs.Follow(t.Context(), newClient(t, s), new(runs.Position), runs.WithPollInterval(interval)) {
				require.ErrorIs(t, err, client.ErrUnauthorized)
				if len(at) > 1000 {
					break
				}
			}
			longest, waits := time.Duration(0), map[time.Duration]bool{}
			for i := 1; i < len(at); i++ {
				wait := at[i].Sub(at[i-1])
				bound := max(5*time.Minute, interval)
				if i%100 == 0 { // after a successful poll
					bound = interval
				} else if doubled := interval << min(i%100, 10); doubled < bound {
					bound = doubled
				}
				require.GreaterOrEqual(t, wait, interval)
				require.LessOrEqual(t, wait, bound, "%d", i)
				longest, waits[wait] = max(longest, wait), true
			}
			if interval == time.Hour {
				assert.Equal(t, time.Hour, longest)
				return
			}
			assert.Greater(t, at[1].Sub(at[0]), interval, "the first failure already increases the delay")
			assert.Greater(t, longest, 4*time.Minute)
			assert.Greater(t, len(waits), 900, "the delays are random")
		})
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("the server is shut down")
	synctest.Test(t, func(t *testing.T) {
		for name, hang := range map[string]bool{"while it waits": false, "while it polls": true} {
			ctx, cancel := context.WithCancelCause(t.Context())
			s := newLogServer()
			s.intercept = func(http.ResponseWriter, *http.Request) bool {
				if hang {
					cancel(cause)
				}
				return false
			}
			start := time.Now()
			time.AfterFunc(time.Minute, func() { cancel(cause) })
			var errs []error
			for _, err := range runs.Follow(ctx, newClient(t, s), new(runs.Position)) {
				errs = append(errs, err)
			}
			require.Len(t, errs, 1, name)
			require.ErrorIs(t, errs[0], context.Canceled)
			require.ErrorIs(t, errs[0], cause)
			require.EqualError(t, errs[0], "context canceled: the server is shut down")
			if !hang {
				require.Equal(t, time.Minute, time.Since(start))
			}
		}
	})
}

// A log without an id is reported. All other logs are delivered.
func TestFollowReportsLogsWithoutIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.put(0, time.Now(), time.Now())
		s.put(1, time.Now(), time.Now())
		s.put(2, time.Now(), time.Time{})
		go func() {
			time.Sleep(time.Hour)
			s.add(2, 3)
		}()
		var ids []int64
		errs := 0
		for log, err := range runs.Follow(t.Context(), newClient(t, s), new(runs.Position)) {
			if err != nil {
				require.ErrorIs(t, err, runs.ErrNoLogID)
				errs++
				continue
			}
			if ids = append(ids, log.ID); len(ids) == 3 {
				break
			}
		}
		assert.Equal(t, []int64{1, 2, 3}, ids)
		assert.Positive(t, errs)
	})
}

// A run with an unknown status has finished if it has an end.
func TestFollowRecognizesFinishedRuns(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	now := client.Time{Time: time.Now()}
	var unreadable client.Time
	require.NoError(t, unreadable.UnmarshalJSON([]byte(`"soon"`)))
	for i, log := range []client.PeriodicAgentLog{
		{Status: api.StatusRunning, EndTime: &now},
		{Status: "paused"},
		{Status: "paused", EndTime: &unreadable},
		{Status: ""},
		{Status: "canceled", EndTime: &now},
		{Status: api.StatusError},
		{Status: api.StatusSuccess},
	} {
		log.ID, log.StartTime = int64(i+1), client.Time{Time: now.Add(time.Duration(i))} // and no created_at
		s.logs[log.ID] = &log
	}
	assert.Equal(t, []int64{5, 6, 7}, followN(t, newClient(t, s), new(runs.Position), 3))
}

func TestFollowStopsWithLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2, 3)
		position := new(runs.Position)
		assert.Equal(t, []int64{1}, followN(t, newClient(t, s), position, 1))
		assert.Equal(t, []int64{2, 3}, followN(t, newClient(t, s), position, 2))
		s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			reply(w, http.StatusForbidden, `{"detail": "no"}`)
			return true
		}
		requests := s.requests
		for _, err := range runs.Follow(t.Context(), newClient(t, s), position) {
			require.ErrorIs(t, err, client.ErrForbidden)
			break
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Equal(t, requests+1, s.requests)
	})
}

func TestFollowReadsTheSandbox(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	agent, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	})
	require.NoError(t, err)
	for range 25 {
		_, err := sb.RunNow(t.Context(), agent.ID, sandbox.Outcome{})
		require.NoError(t, err)
	}
	ids := followN(t, c, new(runs.Position), 25, runs.WithParams(client.PeriodicAgentLogListParams{PeriodicAgent: agent.ID}))
	assert.Len(t, ids, 25)
	assert.IsIncreasing(t, ids)
}

// Every run is delivered once although logs appear late and out of order, the
// service fails, and the program is restarted with its saved position.
func TestFollowDeliversEveryRunOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			s := newLogServer()
			s.unsorted = seed%5 == 4
			const history, total = 20, 80
			for id := range int64(history) {
				at := time.Now().Add(-time.Duration(history-id) * time.Hour)
				s.put(id+1, at, at)
			}
			born := history
			hidden := map[int64]time.Time{} // created, but not listed yet
			s.onRequest = func() {
				for ; born < total && random.IntN(2) == 0; born++ {
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
			s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
				if random.IntN(12) > 0 {
					return false
				}
				reply(w, http.StatusInternalServerError, "<h1>Server Error (500)</h1>")
				return true
			}

			delivered := map[int64]int{}
			saved := toJSON(new(runs.Position))
			for len(delivered) < total {
				position := new(runs.Position)
				require.NoError(t, json.Unmarshal([]byte(saved), position))
				left := random.IntN(20)
				for log, err := range runs.Follow(t.Context(), newClient(t, s), position, runs.WithPollInterval(20*time.Second), runs.WithOverlap(3*time.Minute)) {
					if err != nil {
						require.ErrorIs(t, err, client.ErrServer)
						continue
					}
					delivered[log.ID]++
					require.NotEmpty(t, log.Content)
					saved = toJSON(position)
					if left--; left < 0 || len(delivered) == total {
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
