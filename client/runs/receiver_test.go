package runs_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
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
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

var secret = api.NewSecret("a secret of enough bytes")

// logs is a service that has nothing but finished logs, on one page.
type logs struct {
	mu   sync.Mutex
	logs []client.PeriodicAgentLog
}

func (s *logs) add(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logs = append(s.logs, client.PeriodicAgentLog{
		ID: id, Status: api.StatusSuccess, Content: fmt.Sprint("run ", id),
		CreatedAt: client.Time{Time: time.Now()}, EndTime: new(client.Time{Time: time.Now()}),
	})
}

func (s *logs) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := slices.Clone(s.logs)
	slices.SortFunc(found, func(a, b client.PeriodicAgentLog) int { return cmp.Compare(b.ID, a.ID) })
	body := any(map[string]any{"count": len(found), "next": nil, "previous": nil, "results": found})
	for _, log := range found {
		if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/periodic-agent-logs/%d/", log.ID)) {
			body = log
		}
	}
	text, err := json.Marshal(body)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(text)))}, err
}

func (s *logs) client(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"), client.WithHTTPClient(&http.Client{Transport: s}))
	require.NoError(t, err)
	return c
}

func newVerifier(t *testing.T) *callback.Verifier {
	t.Helper()
	verifier, err := callback.NewVerifier(secret)
	require.NoError(t, err)
	return verifier
}

// send sends the callback of a run.
func send(t *testing.T, receiver http.Handler, id int64) int {
	t.Helper()
	body := fmt.Appendf(nil, `{"timestamp": "2026-01-06T08:00:04Z", "status": "success", "log": "run %d", "log_id": %d}`, id, id)
	request, err := callback.NewRequest(t.Context(), "/", body, secret)
	require.NoError(t, err)
	recorder := httptest.NewRecorder()
	receiver.ServeHTTP(recorder, request)
	return recorder.Code
}

func TestCallbacksAndLogsAreJoined(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &logs{}
		var mu sync.Mutex
		told := map[int64]string{}
		receiver, err := runs.NewReceiver(service.client(t), newVerifier(t), func(_ context.Context, run *runs.Run) error {
			mu.Lock()
			defer mu.Unlock()
			require.NotContains(t, told, run.LogID, "told twice")
			require.Equal(t, fmt.Sprint("run ", run.LogID), run.Content)
			require.Equal(t, api.StatusSuccess, run.Status)
			require.True(t, (run.Event == nil) != (run.Log == nil))
			told[run.LogID] = "callback"
			if run.Log != nil {
				told[run.LogID] = "log"
			}
			return nil
		})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- receiver.Follow(ctx) }()

		for id := range int64(10) {
			service.add(id + 1)
			if id%2 == 0 {
				require.Equal(t, http.StatusNoContent, send(t, receiver, id+1))
				require.Equal(t, http.StatusNoContent, send(t, receiver, id+1), "a duplicate")
			}
		}
		time.Sleep(time.Minute)
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.Len(t, told, 10)
		assert.Equal(t, "callback", told[1])
		assert.Equal(t, "log", told[2], "its callback was lost")
	})
}

func TestWhatFailsIsToldAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &logs{}
		service.add(1)
		service.add(2)
		var order []int64
		var failures []error
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		receiver, err := runs.NewReceiver(service.client(t), newVerifier(t), func(_ context.Context, run *runs.Run) error {
			order = append(order, run.LogID)
			switch {
			case run.LogID == 1 && len(order) < 4:
				return errors.New("the disk is full")
			case run.LogID == 1:
				cancel()
			}
			return nil
		}, runs.WithOnError(func(err error) { failures = append(failures, err) }))
		require.NoError(t, err)
		require.ErrorIs(t, receiver.Follow(ctx), context.Canceled)
		assert.Equal(t, []int64{1, 2, 1, 1}, order, "it holds up no other")
		require.Len(t, failures, 2)
		assert.ErrorContains(t, failures[0], "log 1: the disk is full")
	})
}

func TestCursorFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &logs{}
		file := filepath.Join(t.TempDir(), "cursor.json")
		var told []int64
		live := func(until int) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			receiver, err := runs.NewReceiver(service.client(t), newVerifier(t), func(_ context.Context, run *runs.Run) error {
				if told = append(told, run.LogID); len(told) == until {
					time.AfterFunc(time.Second, cancel)
				}
				return nil
			}, runs.WithCursorFile(file))
			require.NoError(t, err)
			require.ErrorIs(t, receiver.Follow(ctx), context.Canceled)
		}
		service.add(1)
		live(1)
		time.Sleep(time.Hour)
		service.add(2)
		service.add(3)
		live(3)
		assert.Equal(t, []int64{1, 2, 3}, told)

		receiver, err := runs.NewReceiver(service.client(t), newVerifier(t), func(context.Context, *runs.Run) error { return nil }, runs.WithCursorFile("receiver_test.go"))
		require.NoError(t, err)
		require.ErrorContains(t, receiver.Follow(t.Context()), "not a cursor")
	})
}

func TestNewReceiverRefuses(t *testing.T) {
	t.Parallel()
	c, verifier := (&logs{}).client(t), newVerifier(t)
	handle := func(context.Context, *runs.Run) error { return nil }
	_, err := runs.NewReceiver(nil, verifier, handle)
	require.Error(t, err)
	for _, opt := range []runs.Option{
		runs.WithStore(nil), runs.WithCursorStore(nil), runs.WithCursorFile(""), runs.WithOnError(nil),
		runs.WithFollow(client.FollowOptions{Cursor: &client.Cursor{}}),
	} {
		_, err := runs.NewReceiver(c, verifier, handle, opt)
		require.ErrorContains(t, err, "runs: With")
	}
}

// disk is what outlives a process: the cursor, and which runs were handled. It
// kills the process at any of its operations.
type disk struct {
	mu     sync.Mutex
	cursor string
	done   map[string]bool
	claims map[string]time.Time
	random *rand.Rand
}

var errKilled = errors.New("killed")

// process is one life of the program. What it does after its death has no
// effect.
type process struct {
	*disk
	dead bool
	kill context.CancelFunc
}

// step is a place where the process may die.
func (p *process) step() error {
	if !p.dead && p.random.IntN(10) == 0 {
		p.dead = true
		p.kill()
	}
	if p.dead {
		return errKilled
	}
	return nil
}

func (p *process) Load(context.Context) (*client.Cursor, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	cursor := &client.Cursor{}
	return cursor, errors.Join(p.step(), json.Unmarshal([]byte(p.cursor), cursor))
}

func (p *process) Save(_ context.Context, cursor *client.Cursor) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.step(); err != nil {
		return err
	}
	text, err := json.Marshal(cursor)
	p.cursor = string(text)
	return err
}

func (p *process) Claim(_ context.Context, key, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.step(); err != nil {
		return err
	}
	if p.done[key] {
		return callback.ErrDuplicate
	}
	if time.Now().Before(p.claims[key]) {
		return callback.ErrInProgress
	}
	p.claims[key] = time.Now().Add(30 * time.Second)
	return nil
}

func (p *process) Done(_ context.Context, key string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errKilled
	}
	p.done[key] = true
	return nil
}

func (p *process) Release(_ context.Context, key, _ string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errKilled
	}
	delete(p.claims, key)
	return nil
}

// The program is killed over a hundred times, while it claims, handles, or
// keeps; half of the callbacks are lost. It misses no run, and with a store
// that outlives it is told of each once.
func TestKilledAHundredTimesItLosesNothing(t *testing.T) {
	t.Parallel()
	for _, durable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			service := &logs{}
			d := &disk{cursor: "{}", done: map[string]bool{}, claims: map[string]time.Time{}, random: rand.New(rand.NewPCG(7, 7))}
			told := map[int64]int{}
			born, kills := int64(0), 0
			for kills < 100 || len(told) < int(born) {
				ctx, cancel := context.WithCancel(t.Context())
				p := &process{disk: d, kill: cancel}
				options := []runs.Option{runs.WithCursorStore(p), runs.WithFollow(client.FollowOptions{Interval: time.Second})}
				if durable {
					options = append(options, runs.WithStore(p))
				}
				receiver, err := runs.NewReceiver(service.client(t), newVerifier(t), func(_ context.Context, run *runs.Run) error {
					d.mu.Lock()
					defer d.mu.Unlock()
					if err := p.step(); err != nil {
						return err
					}
					told[run.LogID]++
					return nil
				}, options...)
				require.NoError(t, err)
				ended := make(chan error)
				go func() { ended <- receiver.Follow(ctx) }()
				for range 4 {
					if kills < 100 {
						born++
						service.add(born)
						if born%2 == 0 {
							send(t, receiver, born)
						}
					}
					time.Sleep(700 * time.Millisecond)
				}
				if ctx.Err() != nil {
					kills++
				}
				cancel()
				require.Error(t, <-ended)
			}
			t.Logf("durable %v: %d kills, %d runs", durable, kills, born)
			for id := int64(1); id <= born; id++ {
				require.Positive(t, told[id], "run %d was lost", id)
				if durable {
					require.Equal(t, 1, told[id], "run %d", id)
				}
			}
		})
	}
}
