package runs_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
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

// The clock of a sandbox leaps, a third of the callbacks are lost, and requests
// and functions fail. Every run is handled once. A failure names its seed.
func TestRandomLeapsOfTheClock(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { leap(t, seed) })
		})
	}
}

func leap(t *testing.T, seed uint64) {
	t.Helper()
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 3))
	intN := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(n)
	}
	var agents []client.PeriodicAgentCreateRequest
	for _, schedule := range []client.CrontabSchedule{{Minute: "*"}, {Minute: "*/7"}, {Minute: "30"}, {Minute: "0", Hour: "*/3"}} {
		agents = append(agents, client.PeriodicAgentCreateRequest{
			Title: "t", Task: client.PeriodicTaskRequest{Crontab: schedule},
			CallbackURL: new("https://hooks.example.com/"), CallbackSecret: new(api.NewSecret(secret)),
		})
	}
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	var receiver *runs.Receiver
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(begin),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, agents...),
		sandbox.WithOutcomes(sandbox.Outcome{Duration: time.Duration(5+intN(100)) * time.Second}),
		sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if intN(3) == 0 {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			receiver.ServeHTTP(w, r)
		})))
	require.NoError(t, err)
	defer sb.Close()
	c, err := client.New(append(sb.ClientOptions(), client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
		if intN(12) == 0 {
			return nil, errors.New("connection reset")
		}
		return next(r)
	}))...)
	require.NoError(t, err)
	var handled sequence[int64]
	receiver, err = runs.NewReceiver(c, newVerifier(t), func(_ context.Context, run *runs.Run) error {
		if intN(5) == 0 {
			return errors.New("the function fails")
		}
		handled.add(run.LogID)
		return nil
	}, runs.WithPositionStore(&savedPosition{}), runs.WithStart(begin), runs.WithLogger(slog.New(slog.DiscardHandler)))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- receiver.Follow(ctx) }()
	synctest.Wait()

	started := 0
	for range 10 {
		n, err := sb.Advance(t.Context(), time.Duration(1+intN(90))*time.Minute)
		require.NoError(t, err)
		started += n
		advance(time.Duration(intN(200)) * time.Second)
	}
	n, err := sb.Advance(t.Context(), 59*time.Second)
	require.NoError(t, err)
	started += n
	advance(3 * time.Hour)
	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)

	times := map[int64]int{}
	for _, id := range handled.values() {
		times[id]++
	}
	for log := range sb.Logs(sandbox.DefaultOrg, begin, sb.Now().Add(time.Second)) {
		if log.Status == api.StatusRunning {
			times[log.ID]++
		}
	}
	for id := range int64(started) {
		assert.Equal(t, 1, times[id+1], "run %d", id+1)
	}
	assert.Equal(t, started, len(times)) //nolint:testifylint // the map is long
}
