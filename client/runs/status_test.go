package runs_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/runs"
)

// Follow returns permanent errors of the first poll.
func TestFollowReturnsPermanentErrorsAtStart(t *testing.T) {
	t.Parallel()
	failing := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) })
	}
	for name, test := range map[string]struct {
		handler http.Handler
		want    error // nil for a *client.RedirectError
	}{
		"wrong key":        {failing(http.StatusUnauthorized, `{"detail": "Invalid token."}`), client.ErrUnauthorized},
		"401 of a proxy":   {failing(http.StatusUnauthorized, "<h1>401</h1>"), client.ErrUnauthorized},
		"no administrator": {failing(http.StatusForbidden, `{"detail": "You do not have permission."}`), client.ErrForbidden},
		"unknown org":      {failing(http.StatusNotFound, `{"detail": "Not found."}`), client.ErrNotFound},
		"unknown agent":    {failing(http.StatusBadRequest, `{"periodic_agent": ["Select a valid choice."]}`), client.ErrValidation},
		"redirect":         {http.RedirectHandler("http://elsewhere.example/", http.StatusFound), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			observed := &outcomes{}
			receiver, err := runs.NewReceiver(serve(t, test.handler), newVerifier(t), noopHandler, runs.WithObserver(observed.observe))
			require.NoError(t, err)
			assert.Equal(t, runs.Status{}, receiver.Status())
			err = receiver.Follow(t.Context())
			require.ErrorContains(t, err, "runs: the logs can't be polled: ")
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			} else {
				_, ok := errors.AsType[*client.RedirectError](err)
				require.True(t, ok, "%v", err)
			}
			assert.Equal(t, runs.Status{Err: err}, receiver.Status())
			assert.Empty(t, observed.all, "returned errors are not reported")
		})
	}
}

// Follow doesn't return temporary errors, not even at the start. The receiver
// is not ready until a poll succeeds.
func TestFollowRetriesTemporaryErrors(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]struct {
		status int
		body   string
	}{
		"maintenance":      {http.StatusServiceUnavailable, "<h1>503</h1>"},
		"server error":     {http.StatusInternalServerError, ""},
		"sign-in page":     {http.StatusOK, "<h1>Sign in</h1>"},
		"404 of a proxy":   {http.StatusNotFound, "<h1>404</h1>"},
		"rate limit":       {http.StatusTooManyRequests, `{"detail": "Request was throttled."}`},
		"request timeout":  {http.StatusRequestTimeout, ""},
		"method forbidden": {http.StatusMethodNotAllowed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newLogServer()
				s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
					if s.requests > 2 {
						return false
					}
					reply(w, response.status, response.body)
					return true
				}
				f := follow(t, s, noopHandler)
				assert.False(t, f.Status().Ready)
				require.Error(t, f.Status().Err)
				assert.Zero(t, f.Status().LastPoll)
				advance(time.Minute)
				assert.True(t, f.Status().Ready)
				require.NoError(t, f.Status().Err)
				f.stop(t)
				polls := f.ofKind(runs.KindPoll)
				require.Error(t, polls[0].Err)
				require.Error(t, polls[1].Err)
				require.NoError(t, polls[2].Err)
				assert.Greater(t, polls[0].RetryIn, 10*time.Second)
				assert.LessOrEqual(t, polls[0].RetryIn, 20*time.Second)
				assert.Greater(t, polls[1].RetryIn, 10*time.Second)
				assert.LessOrEqual(t, polls[1].RetryIn, 40*time.Second)
				assert.Zero(t, polls[2].RetryIn)
			})
		})
	}
}

// After the first successful poll, Follow returns no errors: a key may be
// rotated.
func TestFollowRetriesAllErrorsLater(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusBadRequest, http.StatusFound} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			failing := false
			var at []time.Time
			s.intercept = func(w http.ResponseWriter, _ *http.Request) bool {
				at = append(at, time.Now())
				if failing {
					w.Header().Set("Location", "http://elsewhere.example/")
					reply(w, status, `{"detail": "No."}`)
				}
				return failing
			}
			var handled sequence[int64]
			s.add(1)
			f := follow(t, s, handler(&handled))
			assert.True(t, f.Status().Ready)
			worked := time.Now()
			assert.Equal(t, worked, f.Status().LastPoll)

			s.lock(func() { failing, at = true, nil })
			advance(24 * time.Hour)
			got := f.Status()
			assert.False(t, got.Ready)
			assert.True(t, isPermanent(got.Err), "%v", got.Err)
			assert.Equal(t, worked, got.LastPoll)
			failed := f.ofKind(runs.KindPoll)[1:]
			require.Len(t, failed, len(at))
			for i, poll := range failed {
				require.Error(t, poll.Err)
				assert.LessOrEqual(t, poll.RetryIn, 5*time.Minute)
				if i > 0 {
					assert.Equal(t, failed[i-1].RetryIn, at[i].Sub(at[i-1]))
				}
			}
			assert.Greater(t, len(failed), 24*12)
			assert.Less(t, len(failed), 24*60)

			s.lock(func() { failing = false })
			s.add(2)
			advance(5 * time.Minute)
			assert.True(t, f.Status().Ready)
			require.NoError(t, f.Status().Err)
			assert.WithinDuration(t, time.Now(), f.Status().LastPoll, 11*time.Second, "the poll interval applies again")
			assert.Equal(t, []int64{1, 2}, handled.values())
			f.stop(t)
		})
	}
}

func isPermanent(err error) bool {
	_, redirected := errors.AsType[*client.RedirectError](err)
	_, refused := errors.AsType[*client.Error](err)
	return redirected || refused
}
