package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// insides are the places in which a sandbox calls functions of the user, and others
// that run while it works. The sandbox of each calls f there for every run of its
// agent, which is due every hour and has a callback_url.
var insides = map[string]func(t *testing.T, f func(context.Context)) *sandbox.Sandbox{
	"outcome function": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		return newReentrant(t, sandbox.WithOutcomeFunc(func(ctx context.Context, _ sandbox.Run) sandbox.Outcome {
			f(ctx)
			return sandbox.Outcome{}
		}))
	},
	"goroutine of an outcome function": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		return newReentrant(t, sandbox.WithOutcomeFunc(func(ctx context.Context, _ sandbox.Run) sandbox.Outcome {
			var other sync.WaitGroup
			other.Go(func() { f(context.WithoutCancel(ctx)) })
			other.Wait()
			return sandbox.Outcome{}
		}))
	},
	"operation during an outcome function": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		var c atomic.Pointer[client.Client]
		sb := newReentrant(t, sandbox.WithOutcomeFunc(func(ctx context.Context, _ sandbox.Run) sandbox.Outcome {
			_, _ = c.Load().PeriodicAgents.List(ctx, nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})) // a closed sandbox breaks the connection
			return sandbox.Outcome{}
		}))
		require.NoError(t, sb.HandleOperation(listAgents, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { f(r.Context()) })))
		c.Store(newMemoryClient(t, sb))
		return sb
	},
	"watcher": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		seen := make(chan struct{}, 8)
		sb := newReentrant(t, sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome {
			<-seen // until the watcher has seen that the run started
			return sandbox.Outcome{}
		}))
		events := sb.Watch(t.Context())
		go func() {
			for event := range events {
				if event.Type == sandbox.EventRunStarted {
					f(t.Context())
					seen <- struct{}{}
				}
			}
		}()
		return sb
	},
	"receiver in memory": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		return newReentrant(t, sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f(r.Context())
			w.WriteHeader(http.StatusNoContent)
		})))
	},
	"transport of callbacks": func(t *testing.T, f func(context.Context)) *sandbox.Sandbox {
		return newReentrant(t, withReceiver(func(r *http.Request) (*http.Response, error) {
			f(r.Context())
			return respond(http.StatusNoContent, ""), nil
		}))
	},
}

func newReentrant(t *testing.T, opts ...sandbox.Option) *sandbox.Sandbox {
	t.Helper()
	request := withCallback("https://hooks.example.edu/runs", secret)
	request.Task.Crontab = client.CrontabSchedule{Minute: "0"}
	accepts := sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	return newSandbox(t, append([]sandbox.Option{sandbox.WithClock(start, 1), sandbox.WithPeriodicAgent("acme", request), accepts}, opts...)...)
}

// While the clock is advanced, another advance fails at once, wherever it is called.
func TestAdvanceFromInside(t *testing.T) {
	t.Parallel()
	for name, newInside := range insides {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex // guards what follows
				var errs []error
				var sb *sandbox.Sandbox
				mu.Lock()
				sb = newInside(t, func(ctx context.Context) {
					mu.Lock()
					defer mu.Unlock()
					began := time.Now()
					_, advanceErr := sb.Advance(ctx, time.Hour)
					_, toErr := sb.AdvanceTo(ctx, start.AddDate(1, 0, 0))
					errs = append(errs, advanceErr, toErr)
					assert.Zero(t, time.Since(began), "at once")
				})
				mu.Unlock()
				require.NoError(t, sb.SetClockSpeed(0))
				began, err := sb.Advance(t.Context(), 2*time.Hour)
				require.NoError(t, err)
				assert.Equal(t, 2, began)
				assert.Equal(t, start.Add(2*time.Hour), sb.Now())
				mu.Lock()
				defer mu.Unlock()
				require.Len(t, errs, 4)
				for _, err := range errs {
					require.ErrorIs(t, err, sandbox.ErrAdvancing)
				}
			})
		})
	}
}

// Close returns wherever it is called, and whatever the sandbox is doing.
func TestCloseFromEverywhere(t *testing.T) {
	t.Parallel()
	triggers := map[string]func(context.Context, *sandbox.Sandbox) error{
		"Advance": func(ctx context.Context, sb *sandbox.Sandbox) error {
			_, err := sb.Advance(ctx, 24*time.Hour)
			return err
		},
		"running clock":  func(context.Context, *sandbox.Sandbox) error { time.Sleep(24 * time.Hour); return nil },
		"RunAsScheduled": func(ctx context.Context, sb *sandbox.Sandbox) error { _, err := sb.RunAsScheduled(ctx, 1); return err },
		"RunNow": func(ctx context.Context, sb *sandbox.Sandbox) error {
			_, err := sb.RunNow(ctx, 1, sandbox.Outcome{})
			return err
		},
	}
	for name, newInside := range insides {
		for trigger, run := range triggers {
			if trigger == "RunNow" && strings.HasSuffix(name, "outcome function") {
				continue // it has an outcome already
			}
			t.Run(name+", "+trigger, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var mu sync.Mutex // guards what follows
					closed := 0
					var sb *sandbox.Sandbox
					mu.Lock()
					sb = newInside(t, func(context.Context) {
						mu.Lock()
						defer mu.Unlock()
						sb.Close()
						closed++
					})
					mu.Unlock()
					err := run(t.Context(), sb)
					if trigger == "Advance" {
						require.ErrorIs(t, err, sandbox.ErrClosed)
					} else {
						require.NoError(t, err)
					}
					synctest.Wait()
					mu.Lock()
					defer mu.Unlock()
					assert.Equal(t, 1, closed)
					sb.Close()
					_, err = sb.Advance(t.Context(), 0)
					require.ErrorIs(t, err, sandbox.ErrClosed)
				})
			})
		}
	}
}
