package callback_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func TestDuplicateIsNotHandled(t *testing.T) {
	t.Parallel()
	h := newReceiver(t, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)))
	for range 3 {
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
	}
	assert.Len(t, h.events, 1)
	assert.NoError(t, h.outcomes[0].Err)
	require.ErrorIs(t, h.outcomes[1].Err, callback.ErrDuplicate)
	assert.Equal(t, http.StatusNoContent, h.outcomes[1].StatusCode)
	assert.EqualValues(t, 4711, h.outcomes[1].LogID)

	// A run that has finished is one run, however its id and status are written.
	serve(h, newRequest(t, `{"log_id":"4711","status":"SUCCESS"}`))
	serve(h, newRequest(t, `{"log_id":4711,"status":"error"}`))
	assert.Len(t, h.events, 1)
	// Another id, or a status that isn't final, is another event.
	serve(h, newRequest(t, `{"log_id":4711,"status":"running"}`))
	serve(h, newRequest(t, `{"log_id":4711}`))
	serve(h, newRequest(t, `{"log_id":47,"status":"11:success"}`))
	assert.Len(t, h.events, 4)
}

func TestEventWithoutLogIDIsDelivered(t *testing.T) {
	t.Parallel()
	h := newReceiver(t, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)))
	for range 2 {
		serve(h, newRequest(t, `{"status": "success"}`))
		serve(h, newRequest(t, `{"status": "success", "log_id": "none"}`))
	}
	assert.Len(t, h.events, 4)
}

func TestFailedEventIsHandledAgain(t *testing.T) {
	t.Parallel()
	h := newReceiver(t, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)))
	h.err = errors.New("disk full")
	for range 2 {
		assert.Equal(t, http.StatusInternalServerError, serve(h, newRequest(t, event4711)).StatusCode)
	}
	h.err = nil
	for range 2 {
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
	}
	assert.Len(t, h.events, 3)
}

// A refused event isn't claimed, or a replay could suppress the genuine delivery.
func TestRefusedEventIsNotClaimed(t *testing.T) {
	t.Parallel()
	now := at.Add(time.Hour)
	h := newReceiver(t, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)),
		callback.WithMaxAge(time.Minute), callback.WithClock(func() time.Time { return now }))
	forged := newRequest(t, event4711)
	forged.Header.Set(callback.SignatureHeader, sign(t, []byte(event4711), api.NewSecret("the secret of a stranger")))
	assert.Equal(t, http.StatusUnauthorized, serve(h, forged).StatusCode)
	assert.Equal(t, http.StatusBadRequest, serve(h, newRequest(t, event4711)).StatusCode)
	now = at
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
	assert.Len(t, h.events, 1)
}

func TestAbortReachesTheServerAndReleases(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(){
		"abort":  func() { panic(http.ErrAbortHandler) },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			outcomes := make(chan callback.Outcome, 2)
			h := newHandler(t, func(context.Context, *callback.Event) error {
				if calls.Add(1) == 1 {
					fail()
				}
				return nil
			}, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)),
				callback.WithObserver(func(_ context.Context, o callback.Outcome) { outcomes <- o }))

			recovered := make(chan any, 1)
			done := make(chan struct{})
			request := newRequest(t, event4711)
			go func() {
				defer close(done)
				defer func() { recovered <- recover() }()
				h.ServeHTTP(httptest.NewRecorder(), request)
			}()
			<-done
			if name != "goexit" {
				assert.NotNil(t, <-recovered)
			}
			outcome := <-outcomes
			require.ErrorIs(t, outcome.Err, callback.ErrPanicked)
			assert.Zero(t, outcome.StatusCode)
			assert.EqualValues(t, 4711, outcome.LogID)

			assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
			assert.EqualValues(t, 2, calls.Load())
		})
	}
}

func TestDuplicateOfAnEventInProgress(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan error)
	var inProgress callback.Outcome
	h := newHandler(t, func(context.Context, *callback.Event) error {
		entered <- struct{}{}
		return <-leave
	}, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)),
		callback.WithObserver(func(_ context.Context, o callback.Outcome) {
			if errors.Is(o.Err, callback.ErrInProgress) {
				inProgress = o
			}
		}))
	statuses := make(chan int)
	deliver := func() { statuses <- serve(h, newRequest(t, event4711)).StatusCode }

	go deliver()
	<-entered
	resp := serve(h, newRequest(t, event4711))
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Equal(t, "10", resp.Header.Get("Retry-After"))
	assert.Equal(t, "Service Unavailable", text(t, resp))
	assert.Equal(t, http.StatusServiceUnavailable, inProgress.StatusCode)
	leave <- errors.New("failed after all")
	assert.Equal(t, http.StatusInternalServerError, <-statuses)

	go deliver()
	<-entered
	leave <- nil
	assert.Equal(t, http.StatusNoContent, <-statuses)
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
}

func TestManyDeliveriesOfOneEventAtOnce(t *testing.T) {
	t.Parallel()
	var calls, handled atomic.Int32
	h := newHandler(t, func(context.Context, *callback.Event) error {
		if calls.Add(1) < 3 {
			return errors.New("not yet")
		}
		handled.Add(1)
		return nil
	}, callback.WithDeduplication(newMemoryStore(t, 10, time.Hour)))
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for serve(h, newRequest(t, event4711)).StatusCode != http.StatusNoContent {
				runtime.Gosched()
			}
		})
	}
	group.Wait()
	assert.EqualValues(t, 3, calls.Load())
	assert.EqualValues(t, 1, handled.Load())
}

// scripted is a store that returns the given errors and records its calls.
type scripted struct {
	claim, done, release error

	calls  []string
	owners map[string]bool
	// ctx is that of the last Done or Release.
	ctx func() (err error, deadline bool)
}

func (s *scripted) Claim(_ context.Context, key, owner string) error {
	s.calls = append(s.calls, "claim "+key)
	if s.owners == nil {
		s.owners = make(map[string]bool)
	}
	s.owners[owner] = true
	return s.claim
}

func (s *scripted) Done(ctx context.Context, key string) error {
	s.calls = append(s.calls, "done "+key)
	s.record(ctx)
	return s.done
}

func (s *scripted) Release(ctx context.Context, key, owner string) error {
	s.calls = append(s.calls, fmt.Sprintf("release %s %t", key, s.owners[owner]))
	s.record(ctx)
	return s.release
}

func (s *scripted) record(ctx context.Context) {
	err := ctx.Err()
	_, deadline := ctx.Deadline()
	s.ctx = func() (error, bool) { return err, deadline }
}

func TestFailingStore(t *testing.T) {
	t.Parallel()
	down, failed := errors.New("redis: connection refused"), errors.New("disk full")
	for name, test := range map[string]struct {
		store    scripted
		function error
		status   int
		want     []error
		calls    []string
	}{
		"none":     {scripted{}, nil, 204, nil, []string{"claim 4711", "done 4711"}},
		"claim":    {scripted{claim: down}, nil, 503, []error{down}, []string{"claim 4711", "release 4711 true"}},
		"done":     {scripted{done: down}, nil, 204, []error{down}, []string{"claim 4711", "done 4711"}},
		"function": {scripted{}, failed, 500, []error{failed}, []string{"claim 4711", "release 4711 true"}},
		"release":  {scripted{release: down}, failed, 500, []error{failed, down}, []string{"claim 4711", "release 4711 true"}},
		"wrapped duplicate": {
			scripted{claim: fmt.Errorf("redis: %w", callback.ErrDuplicate)},
			nil, 204,
			[]error{callback.ErrDuplicate},
			[]string{"claim 4711"},
		},
		"wrapped in progress": {
			scripted{claim: fmt.Errorf("redis: %w", callback.ErrInProgress)},
			nil, 503,
			[]error{callback.ErrInProgress},
			[]string{"claim 4711"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := test.store
			h := newReceiver(t, callback.WithDeduplication(&store))
			h.err = test.function
			resp := serve(h, newRequest(t, event4711))
			assert.Equal(t, test.status, resp.StatusCode)
			assert.NotContains(t, text(t, resp), "redis")
			assert.Equal(t, test.calls, store.calls)
			assert.Equal(t, test.status == http.StatusServiceUnavailable, resp.Header.Get("Retry-After") != "")
			outcome := h.last(t)
			for _, want := range test.want {
				require.ErrorIs(t, outcome.Err, want)
			}
			assert.Equal(t, len(test.want) == 0, outcome.Err == nil)
			assert.Equal(t, test.store.release != nil, errors.Is(outcome.Err, failed) && outcome.Err.Error() != failed.Error(), "%v", outcome.Err)
		})
	}
}

// hung is a store that never responds to the named call.
type hung struct{ call string }

func (s *hung) wait(ctx context.Context, call string) error {
	if call != s.call {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *hung) Claim(ctx context.Context, _, _ string) error   { return s.wait(ctx, "claim") }
func (s *hung) Done(ctx context.Context, _ string) error       { return s.wait(ctx, "done") }
func (s *hung) Release(ctx context.Context, _, _ string) error { return s.wait(ctx, "release") }

func TestHungStore(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]int{"claim": 503, "done": 204, "release": 500} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newReceiver(t, callback.WithDeduplication(&hung{call: call}))
				if call == "release" {
					h.err = errors.New("disk full")
				}
				assert.Equal(t, want, serve(h, newRequest(t, event4711)).StatusCode)
				outcome := h.last(t)
				require.ErrorIs(t, outcome.Err, context.DeadlineExceeded)
				assert.Equal(t, 10*time.Second, outcome.Duration)
			})
		})
	}
}

// forgetful is a store whose calls can hang for ever and fail.
type forgetful struct {
	callback.Store
	hangs chan struct{} // closed to end the hanging; nil if no call hangs
	fails error
	calls atomic.Int64
}

func (s *forgetful) Done(ctx context.Context, key string) error {
	s.calls.Add(1)
	if s.hangs != nil {
		<-s.hangs
	}
	if s.fails != nil {
		return s.fails
	}
	return s.Store.Done(ctx, key)
}

// If a handled event can't be marked as done, a redelivery is a duplicate all
// the same, and the event is marked when the store works again.
func TestMarkingIsRetried(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: newMemoryStore(t, 10, time.Hour), fails: errors.New("redis: connection refused")}
	h := newReceiver(t, callback.WithDeduplication(store))
	for range 3 {
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
		require.ErrorIs(t, h.last(t).Err, store.fails)
	}
	assert.Len(t, h.events, 1)
	assert.EqualValues(t, 3, store.calls.Load())

	store.fails = nil
	assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, `{"log_id": 5, "status": "success"}`)).StatusCode)
	require.ErrorIs(t, store.Claim(t.Context(), "4711", "another"), callback.ErrDuplicate)
	assert.Len(t, h.events, 2)
}

// A store that ignores the end of its context blocks neither the response nor
// ever more goroutines.
func TestStoreThatNeverReturns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &forgetful{Store: newMemoryStore(t, 1000, time.Hour), hangs: make(chan struct{})}
		h := newReceiver(t, callback.WithDeduplication(store))
		for id := range 200 {
			start, want := time.Now(), http.StatusNoContent
			if id >= 100 {
				want = http.StatusServiceUnavailable // the store isn't called any more
			}
			assert.Equal(t, want, serve(h, newRequest(t, fmt.Sprintf(`{"log_id": %d, "status": "success"}`, id+1))).StatusCode)
			require.ErrorIs(t, h.last(t).Err, callback.ErrStoreHangs)
			assert.LessOrEqual(t, time.Since(start), 11*time.Second)
		}
		assert.EqualValues(t, 100, store.calls.Load())
		close(store.hangs)
		synctest.Wait()
		assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, `{"log_id": 1000, "status": "success"}`)).StatusCode)
		require.NoError(t, h.last(t).Err)
	})
}

func TestEachDeliveryHasItsOwner(t *testing.T) {
	t.Parallel()
	store := new(scripted)
	h := newReceiver(t, callback.WithDeduplication(store))
	for range 10 {
		serve(h, newRequest(t, event4711))
	}
	assert.Len(t, store.owners, 10)
}

// A sender that hangs up must not leave a claim behind.
func TestStoreIsCalledAfterTheRequestHasEnded(t *testing.T) {
	t.Parallel()
	for _, fail := range []bool{false, true} {
		store := new(scripted)
		ctx, cancel := context.WithCancel(t.Context())
		h := newHandler(t, func(context.Context, *callback.Event) error {
			cancel()
			if fail {
				return ctx.Err()
			}
			return nil
		}, callback.WithDeduplication(store))
		serve(h, newRequest(t, event4711).WithContext(ctx))
		require.Len(t, store.calls, 2)
		err, deadline := store.ctx()
		assert.NoError(t, err)
		assert.True(t, deadline)
	}
}

func TestMemoryStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s := newMemoryStore(t, 3, time.Hour)
		require.NoError(t, s.Claim(ctx, "a", "1"))
		require.ErrorIs(t, s.Claim(ctx, "a", "2"), callback.ErrInProgress)
		require.NoError(t, s.Release(ctx, "a", "2"), "not the owner: no effect")
		require.ErrorIs(t, s.Claim(ctx, "a", "2"), callback.ErrInProgress)
		require.NoError(t, s.Release(ctx, "a", "1"))
		require.NoError(t, s.Release(ctx, "a", "1"), "again")
		require.NoError(t, s.Claim(ctx, "a", "2"))
		require.NoError(t, s.Done(ctx, "a"))
		require.ErrorIs(t, s.Claim(ctx, "a", "3"), callback.ErrDuplicate)
		for _, owner := range []string{"2", ""} {
			require.NoError(t, s.Release(ctx, "a", owner), "a handled event stays handled")
			require.ErrorIs(t, s.Claim(ctx, "a", "3"), callback.ErrDuplicate)
		}

		time.Sleep(time.Hour - 1)
		require.ErrorIs(t, s.Claim(ctx, "a", "3"), callback.ErrDuplicate)
		time.Sleep(time.Nanosecond)
		require.NoError(t, s.Claim(ctx, "a", "3"))
	})
}

func TestMemoryStoreExpiresClaims(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s := newMemoryStore(t, 3, time.Hour)
		require.NoError(t, s.Claim(ctx, "a", "1"))
		time.Sleep(time.Hour - 1)
		require.ErrorIs(t, s.Claim(ctx, "a", "2"), callback.ErrInProgress)
		time.Sleep(time.Nanosecond)
		require.NoError(t, s.Claim(ctx, "a", "2"))
		// The first owner can't release the claim of the second.
		require.NoError(t, s.Release(ctx, "a", "1"))
		require.ErrorIs(t, s.Claim(ctx, "a", "3"), callback.ErrInProgress)
		// But if it has handled the event, the event is handled.
		require.NoError(t, s.Done(ctx, "a"))
		require.NoError(t, s.Release(ctx, "a", "2"))
		require.ErrorIs(t, s.Claim(ctx, "a", "3"), callback.ErrDuplicate)

		// The lifetime starts with Done, with or without a claim.
		time.Sleep(2 * time.Hour)
		require.NoError(t, s.Done(ctx, "a"))
		time.Sleep(time.Hour - 1)
		require.ErrorIs(t, s.Claim(ctx, "a", "4"), callback.ErrDuplicate)
	})
}

func TestMemoryStoreIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		s := newMemoryStore(t, 3, time.Hour)
		for _, key := range []string{"a", "b", "c"} {
			require.NoError(t, s.Claim(ctx, key, "1"))
			time.Sleep(time.Minute)
		}
		require.ErrorIs(t, s.Claim(ctx, "d", "1"), callback.ErrStoreFull)
		require.ErrorIs(t, s.Done(ctx, "d"), callback.ErrStoreFull)
		require.ErrorIs(t, s.Claim(ctx, "a", "2"), callback.ErrInProgress)
		require.NoError(t, s.Claim(ctx, "a", "1"), "its own claim: the first response may have been lost")

		// The store forgets the event that was handled first, whenever it was
		// claimed.
		require.NoError(t, s.Done(ctx, "c"))
		require.NoError(t, s.Done(ctx, "a"))
		require.NoError(t, s.Claim(ctx, "d", "1"))
		require.ErrorIs(t, s.Claim(ctx, "a", "2"), callback.ErrDuplicate)
		require.ErrorIs(t, s.Claim(ctx, "b", "2"), callback.ErrInProgress)
		require.NoError(t, s.Claim(ctx, "c", "2"))

		// Expired entries make room, for Done too.
		require.ErrorIs(t, s.Claim(ctx, "e", "1"), callback.ErrStoreFull)
		time.Sleep(time.Hour)
		for _, key := range []string{"e", "f", "g"} {
			require.NoError(t, s.Claim(ctx, key, "1"))
		}
		require.ErrorIs(t, s.Done(ctx, "h"), callback.ErrStoreFull)
		time.Sleep(time.Hour)
		require.NoError(t, s.Done(ctx, "h"))
	})
}
