package runs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
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

// followFor follows the logs for a duration, and returns the ids of the logs
// and the errors.
func followFor(t *testing.T, c *client.Client, position *runs.Position, d time.Duration, opts ...runs.FollowOption) (ids []int64, errs []error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for log, err := range runs.Follow(ctx, c, position, opts...) {
		switch {
		case err == nil:
			ids = append(ids, log.ID)
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() == nil:
			errs = append(errs, err)
		}
	}
	return ids, errs
}

// idRange returns the ids from first to last, except those in without.
func idRange(first, last int64, without ...int64) []int64 {
	var ids []int64
	for id := first; id <= last; id++ {
		if !slices.Contains(without, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Logs that are deleted between two pages shift the others to earlier pages.
// None of the others is skipped, whatever the page size and the order of the
// list, and whether or not logs are created at the same time.
func TestDeletedLogsSkipNoOthers(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*logServer){
		"pages as requested":    func(*logServer) {},
		"pages of a fixed size": func(s *logServer) { s.ignoresSize = true },
		"unsorted":              func(s *logServer) { s.unsorted = true },
		"no Date":               func(s *logServer) { s.noDate = true },
	} {
		for _, alsoAdded := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", others are added: ", alsoAdded), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newLogServer()
					s.pageSize = 10
					s.addEvery(time.Minute, 1, 180)
					set(s)
					var deleted []int64
					next := int64(180)
					s.onRequest = func() {
						if s.requests%4 != 0 || len(deleted) == 40 {
							return
						}
						first := int64(len(deleted)) + 1
						gone := idRange(first, first+4)
						s.remove(gone...)
						deleted = append(deleted, gone...)
						for range 5 {
							if alsoAdded {
								next++
								s.put(next, s.now(), s.now())
							}
						}
					}
					ids, _ := followFor(t, newClient(t, s), new(runs.Position), 30*time.Minute, runs.WithOverlap(4*time.Hour))
					assert.Len(t, deleted, 40)
					slices.Sort(ids)
					assert.Equal(t, ids, slices.Compact(slices.Clone(ids)), "no log is delivered twice")
					assert.Subset(t, ids, idRange(41, next))
				})
			})
		}
	}
}

// Five logs are deleted and five created between two pages of a long list, so
// that its size stays the same.
func TestReplacedLogsSkipNoOthers(t *testing.T) {
	t.Parallel()
	for _, at := range []int{9, 27, 45, 70} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.pageSize = 10
			s.addEvery(time.Minute, 1, 1000)
			s.onRequest = func() {
				if s.requests != at {
					return
				}
				s.remove(1, 2, 3, 4, 5)
				for id := range int64(5) {
					s.put(1001+id, s.now(), s.now())
				}
			}
			ids, errs := followFor(t, newClient(t, s), new(runs.Position), 10*time.Minute)
			require.Empty(t, errs)
			slices.Sort(ids)
			assert.Equal(t, ids, slices.Compact(slices.Clone(ids)), "no log is delivered twice")
			assert.Subset(t, ids, idRange(6, 1005), "at request %d", at)
		})
	}
}

// A 404 from a proxy is not the end of the list.
func TestProxyNotFoundDoesNotEndList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		s.addEvery(time.Minute, 1, 180)
		s.intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if s.requests%7 != 3 || !r.URL.Query().Has("page") {
				return false
			}
			reply(w, http.StatusNotFound, "<h1>default backend - 404</h1>")
			return true
		}
		ids, errs := followFor(t, newClient(t, s), new(runs.Position), time.Hour)
		assert.Equal(t, idRange(1, 180), ids)
		for _, err := range errs {
			require.ErrorIs(t, err, client.ErrNotFromService)
		}
	})
}

// A log with a time in the future doesn't move the position past the others.
func TestFutureLogsSkipNoOthers(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{time.Minute, time.Hour, 365 * 24 * time.Hour, 200 * 365 * 24 * time.Hour} {
		for _, count := range []int64{1, 5, 40} {
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.pageSize = 10
				start := s.now()
				for id := range count {
					s.put(id+1, start.Add(ahead), start.Add(ahead))
				}
				go func() {
					for id := range int64(200) {
						time.Sleep(7 * time.Second)
						s.add(count + id + 1)
					}
				}()
				ids, errs := followFor(t, newClient(t, s), new(runs.Position), time.Hour)
				require.Empty(t, errs)
				slices.Sort(ids)
				assert.Equal(t, idRange(1, 200+count), ids, "%s", ahead)
			})
		}
	}
}

// Two machines of the service create logs, and the clock of one is behind.
func TestServiceClockSkew(t *testing.T) {
	t.Parallel()
	for _, behind := range []time.Duration{6 * time.Minute, 20 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.pageSize = 10
			go func() {
				for id := range int64(400) {
					time.Sleep(5 * time.Second)
					s.lock(func() {
						at := s.now()
						if id%2 == 1 {
							at = at.Add(-behind)
						}
						s.put(id+1, at, at)
					})
				}
			}()
			var handled sequence[int64]
			f := follow(t, s, handler(&handled))
			advance(time.Hour)
			f.stop(t)
			ids := handled.values()
			slices.Sort(ids)
			assert.Equal(t, idRange(1, 400), ids)
		})
	}
}

// The program's clock has no effect: the service's clock may be ahead of it,
// behind it, or stopped in the past.
func TestProgramClockSkew(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{0, -5 * time.Minute, time.Hour, -365 * 24 * time.Hour, 365 * 24 * time.Hour} {
		for _, noDate := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.pageSize, s.ahead, s.noDate = 10, ahead, noDate
				s.lock(func() {
					for id := range int64(30) {
						at := s.now().Add(-time.Hour + time.Duration(id)*time.Second)
						s.put(id+1, at, at)
					}
					s.put(31, s.now().Add(-2*time.Hour), time.Time{}) // running
				})
				var handled sequence[int64]
				f := follow(t, s, handler(&handled), runs.WithConcurrency(1))
				advance(time.Minute)
				s.lock(func() { s.put(31, s.now().Add(-2*time.Hour), s.now()) })
				advance(20 * time.Second)
				for id := range int64(20) {
					time.Sleep(time.Minute)
					s.add(32 + id)
				}
				advance(time.Minute)
				f.stop(t)
				want := idRange(31, 51)
				if noDate {
					want = idRange(30, 51) // log 30 has the time of the position
				}
				assert.Equal(t, want, handled.values(), "%s", ahead)
			})
		}
	}
}

// The sandbox's clock is stopped in the past, as the README recommends for
// tests.
func TestSandboxInThePast(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.Start(sandbox.WithFrozenClock(time.Date(2026, 1, 5, 7, 55, 0, 0, time.UTC)))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	_, err = c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID, Title: "Digest",
		Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "*"}},
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ids := make(chan int64)
	polled := make(chan struct{}, 100)
	receiver, err := runs.NewReceiver(c, newVerifier(t), func(_ context.Context, run *runs.Run) error {
		ids <- run.LogID
		return nil
	}, runs.WithPollInterval(10*time.Millisecond), runs.WithObserver(func(_ context.Context, outcome runs.Outcome) {
		if outcome.Kind == runs.KindPoll {
			select {
			case polled <- struct{}{}:
			default:
			}
		}
	}))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- receiver.Follow(ctx) }()
	<-polled
	_, err = sb.Advance(t.Context(), 3*time.Hour)
	require.NoError(t, err)
	got := []int64{<-ids, <-ids, <-ids}
	slices.Sort(got)
	assert.Equal(t, []int64{1, 2, 3}, got)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
}

// A sandbox whose clock leaps reports runs that ended long after the latest poll.
// They are handled once, although the function fails at times.
func TestSandboxWhoseClockLeaps(t *testing.T) {
	t.Parallel()
	for name, schedules := range map[string][]client.CrontabSchedule{
		"a run in a leap":  {{Minute: "30"}},
		"runs of an hour":  {{Minute: "30"}, {Minute: "0", Hour: "8"}, {Minute: "*/15", Hour: "9-17"}},
		"more than a page": {{Minute: "*"}, {Minute: "*/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var receiver *runs.Receiver
				var agents []client.PeriodicAgentCreateRequest
				for _, schedule := range schedules {
					agents = append(agents, client.PeriodicAgentCreateRequest{
						Title: "t", Task: client.PeriodicTaskRequest{Crontab: schedule},
						CallbackURL: new("https://hooks.example.com/"), CallbackSecret: new(api.NewSecret(secret)),
					})
				}
				sb, err := sandbox.New(sandbox.WithFrozenClock(time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)),
					sandbox.WithPeriodicAgent(sandbox.DefaultOrg, agents...),
					sandbox.WithOutcomes(sandbox.Outcome{Duration: 20 * time.Second}),
					sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { receiver.ServeHTTP(w, r) })))
				require.NoError(t, err)
				defer sb.Close()
				var mu sync.Mutex
				calls, handled := 0, map[int64]int{}
				c, err := client.New(sb.ClientOptions()...)
				require.NoError(t, err)
				receiver, err = runs.NewReceiver(c, newVerifier(t), func(_ context.Context, run *runs.Run) error {
					mu.Lock()
					defer mu.Unlock()
					if calls++; calls%5 == 0 {
						return errors.New("fails")
					}
					handled[run.LogID]++
					return nil
				}, runs.WithPositionStore(&savedPosition{}), runs.WithLogger(slog.New(slog.DiscardHandler)))
				require.NoError(t, err)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go func() { ended <- receiver.Follow(ctx) }()
				synctest.Wait()
				started := 0
				for range 24 {
					n, err := sb.Advance(t.Context(), time.Hour)
					require.NoError(t, err)
					started += n
					advance(2 * time.Minute)
				}
				_, err = sb.Advance(t.Context(), time.Minute-time.Second)
				require.NoError(t, err)
				advance(10 * time.Minute)
				cancel()
				require.ErrorIs(t, <-ended, context.Canceled)
				require.Len(t, handled, started)
				for id, times := range handled {
					require.Equal(t, 1, times, id)
				}
			})
		})
	}
}

// A position that was saved for another service and is ahead of this one is
// reported. No run is skipped.
func TestPositionAheadOfTheService(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.ahead = -24 * time.Hour
		s.add(1, 2)
		go func() {
			time.Sleep(time.Minute)
			s.add(3, 4)
		}()
		ids, errs := followFor(t, newClient(t, s), runs.At(time.Now()), 10*time.Minute)
		assert.Equal(t, []int64{3, 4}, ids[len(ids)-2:])
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], runs.ErrPositionAhead)
		require.ErrorContains(t, errs[0], "it is at 2000-01-01T00:00:00Z, and the service's time is 1999-12-31T00:00:00Z")
	})
}

// If a log appears late while another one is deleted, the size of the list
// stays the same. The late log is found when the overlap is read again.
func TestLateLogWithSimultaneousDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		s.addEvery(time.Second, 100, 220)
		position := runs.At(s.now().Add(-time.Hour))
		go func() {
			time.Sleep(30 * time.Second)
			s.lock(func() {
				s.remove(110)
				at := s.now().Add(-2 * time.Minute)
				s.put(99, at, at)
			})
		}()
		start := time.Now()
		for log, err := range runs.Follow(t.Context(), newClient(t, s), position, runs.WithReread(2*time.Minute)) {
			require.NoError(t, err)
			if log.ID == 99 {
				break
			}
		}
		assert.LessOrEqual(t, time.Since(start), 2*time.Minute+10*time.Second)
	})
}

// A log that appears later than the overlap is reported.
func TestLateLogsAreReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		s.addEvery(time.Minute, 100, 220)
		go func() {
			time.Sleep(30 * time.Second)
			s.lock(func() {
				at := s.now().Add(-time.Hour)
				s.put(50, at, at)
			})
		}()
		_, errs := followFor(t, newClient(t, s), new(runs.Position), 10*time.Minute)
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], runs.ErrLateLogs)
		require.ErrorContains(t, errs[0], ": 1 since the last poll")
	})
}

// A log that is too large or can't be decoded is reported once. All other logs
// are delivered.
func TestUnreadableLogsAreSkipped(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string][]int64{"one": {57}, "the first": {1}, "the last": {120}, "adjacent": {57, 58}, "some": {3, 57, 99, 118}} {
		for _, render := range []string{`{"id": `, `{"id": 1, "content": "` + strings.Repeat("x", 200_000) + `"}`} {
			t.Run(fmt.Sprint(name, len(render)), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newLogServer()
					s.pageSize = 100
					s.addEvery(time.Second, 1, 120)
					s.render = func(log *client.PeriodicAgentLog) string {
						if slices.Contains(bad, log.ID) {
							return render
						}
						return toJSON(log)
					}
					go func() {
						for id := int64(121); id <= 200; id++ {
							time.Sleep(13 * time.Second)
							s.add(id)
						}
					}()
					ids, errs := followFor(t, newClient(t, s), new(runs.Position), 30*time.Minute, runs.WithCallOptions(client.WithMaxBody(100_000)))
					assert.Equal(t, idRange(1, 200, bad...), ids)
					require.NotEmpty(t, errs)
					reported := 0
					for _, err := range errs {
						if errors.Is(err, runs.ErrUnreadableLog) {
							reported++
						}
					}
					assert.Equal(t, len(bad), reported, "%v", errors.Join(errs...))
				})
			})
		}
	}
}

// A maintenance page with status 200 is not an unreadable log.
func TestMaintenancePageIsNotAnUnreadableLog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		s.addEvery(time.Second, 1, 95)
		s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
			if s.requests < 7 || s.requests > 20 {
				return false
			}
			reply(w, http.StatusOK, `{"detail": "maintenance"}`)
			return true
		}
		ids, errs := followFor(t, newClient(t, s), new(runs.Position), time.Hour)
		assert.Equal(t, idRange(1, 95), ids)
		for _, err := range errs {
			require.NotErrorIs(t, err, runs.ErrUnreadableLog)
		}
	})
}

// A malicious service costs bounded time and memory, and is reported.
func TestMaliciousListsAreBounded(t *testing.T) {
	t.Parallel()
	log := func(id int64, created string) string {
		return fmt.Sprintf(`{"id": %d, "status": "success", "created_at": %q, "content": "x"}`, id, created)
	}
	for name, page := range map[string]func(request int64) string{
		"the same page again and again": func(int64) string {
			return `{"count": 1000000, "next": "http://inside/?page=2", "results": [` + log(1, "2026-01-01T00:00:00Z") + `]}`
		},
		"empty pages": func(int64) string { return `{"count": 1000000, "next": "http://inside/?page=2", "results": []}` },
		"a shrinking list": func(request int64) string {
			count := max(0, 300-request)
			return fmt.Sprintf(`{"count": %d, "next": "http://inside/?page=2", "results": [%s]}`, count, log(count+1, "2026-01-01T00:00:00Z"))
		},
		"times far away": func(request int64) string {
			return `{"count": 1, "next": null, "results": [` + log(request, "9999-12-31T23:59:59Z") + "," + log(-request, "10000-01-01T00:00:00Z") + `]}`
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
					reply(w, http.StatusOK, page(int64(s.requests)))
					return true
				}
				_, errs := followFor(t, newClient(t, s), runs.At(time.Now().Add(-time.Hour)), time.Minute)
				assert.NotEmpty(t, errs)
				assert.Less(t, s.requests, 1500)
			})
		})
	}
}

// The service uses another page size from some request on, whatever was
// requested. The page that is requested next may not exist then.
func TestChangedPageSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{3, 12, 100} {
		for change := range 20 {
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.pageSize, s.ignoresSize = 7, true
				s.addEvery(time.Millisecond, 1, 200)
				s.onRequest = func() {
					if s.requests == change {
						s.pageSize = size
					}
				}
				var handled sequence[int64]
				f := follow(t, s, handler(&handled), runs.WithStart(time.Time{}))
				advance(time.Minute)
				f.stop(t)
				ids := handled.values()
				slices.Sort(ids)
				assert.Equal(t, idRange(1, 200), ids, "from %d to %d at request %d", 7, size, change)
			})
		}
	}
}

// The service changes the page size all the time. A poll that gets nowhere ends
// with an error.
func TestUnstablePageSize(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.ignoresSize = true
		s.addEvery(time.Millisecond, 1, 200)
		s.onRequest = func() { s.pageSize = []int{7, 3, 12}[s.requests/9%3] }
		_, errs := followFor(t, newClient(t, s), new(runs.Position), time.Minute)
		for _, err := range errs {
			require.ErrorIs(t, err, runs.ErrUnstableList)
		}
		assert.Less(t, s.requests, 5000)
	})
}

// Runs that are in progress at the start are handled when they finish, even if
// others finish while the list of running logs is read.
func TestRunsFinishDuringTheStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.pageSize = 10
		begin := s.now().Add(-time.Hour)
		for id := int64(1); id <= 60; id++ {
			s.put(id, begin.Add(time.Duration(id)*time.Second), time.Time{})
		}
		ends := int64(60)
		s.onRequest = func() { // the newest runs finish first, so that the pages shift
			if s.requests > 2 && s.requests <= 7 {
				s.put(ends, begin.Add(time.Duration(ends)*time.Second), s.now())
				ends--
			}
		}
		var handled sequence[int64]
		f := follow(t, s, handler(&handled))
		advance(time.Minute)
		s.lock(func() {
			for id := int64(1); id <= 60; id++ {
				s.put(id, begin.Add(time.Duration(id)*time.Second), s.now())
			}
		})
		advance(time.Hour)
		f.stop(t)
		ids := handled.values()
		slices.Sort(ids)
		assert.Subset(t, ids, idRange(1, ends))
		assert.Len(t, ids, len(slices.Compact(slices.Clone(ids))))
	})
}

// A log that can't be requested in one poll is requested again in the next one.
func TestLogRequestsAreRetried(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]func(http.ResponseWriter){
		"error":         func(w http.ResponseWriter) { reply(w, http.StatusInternalServerError, "<h1>Server Error (500)</h1>") },
		"not a log":     func(w http.ResponseWriter) { reply(w, http.StatusOK, `{"detail": "maintenance"}`) },
		"another log":   func(w http.ResponseWriter) { reply(w, http.StatusOK, `{"id": 5000, "status": "success"}`) },
		"proxy's 404":   func(w http.ResponseWriter) { reply(w, http.StatusNotFound, "<h1>404 Not Found</h1>") },
		"proxy's page":  func(w http.ResponseWriter) { reply(w, http.StatusOK, "<h1>Sign in</h1>") },
		"null response": func(w http.ResponseWriter) { reply(w, http.StatusOK, `null`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.addEvery(time.Second, 1, 60)
				failed := 0
				s.intercept = func(w http.ResponseWriter, r *http.Request) bool {
					if failed == 3 || r.URL.RawQuery != "" {
						return false
					}
					failed++
					response(w)
					return true
				}
				position := runs.At(s.now())
				position.Retry(7)
				ids, errs := followFor(t, newClient(t, s), position, time.Hour)
				assert.Contains(t, ids, int64(7))
				assert.Len(t, errs, 3)
			})
		})
	}
}

// Statuses are case-insensitive.
func TestStatusesAreCaseInsensitive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		s.logs[1].Status, s.logs[2].Status = "SUCCESS", "Error"
		statuses := map[int64]api.Status{}
		f := follow(t, s, func(_ context.Context, run *runs.Run) error {
			statuses[run.LogID] = run.Status
			return nil
		}, runs.WithConcurrency(1))
		f.stop(t)
		assert.Equal(t, map[int64]api.Status{1: api.StatusSuccess, 2: api.StatusError}, statuses)
	})
}
