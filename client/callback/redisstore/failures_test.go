package redisstore

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// Whatever Redis responds, a callback that is not handled gets 503, and the
// observer gets the reason.
func TestCallbacksAreRefusedIfRedisRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		prepare [][]any
		repair  [][]any
		want    string
	}{
		"no memory": {
			[][]any{{"CONFIG", "SET", "maxmemory", "1"}},
			[][]any{{"CONFIG", "SET", "maxmemory", "0"}},
			"OOM command not allowed",
		},
		"a replica": {
			[][]any{{"REPLICAOF", "127.0.0.1", "1"}},
			[][]any{{"REPLICAOF", "NO", "ONE"}},
			"READONLY",
		},
		"a list": {
			[][]any{{"LPUSH", "test {a} \n:1", "x"}},
			[][]any{{"DEL", "test {a} \n:1"}},
			"WRONGTYPE",
		},
		"a value of another program": {
			[][]any{{"SET", "test {a} \n:1", "x"}},
			[][]any{{"DEL", "test {a} \n:1"}},
			`the key "test {a} \n:1" belongs to another program; choose another prefix`,
		},
		"no permission": {
			[][]any{{"ACL", "SETUSER", "default", "-set"}},
			[][]any{{"ACL", "SETUSER", "default", "+set"}},
			"NOPERM",
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := startRedis(t)
			client := connect(t, url)
			store, err := New(client, "test {a} \n:", time.Hour, time.Hour)
			require.NoError(t, err)
			outcomes := make(chan callback.Outcome, 1)
			var calls atomic.Int32
			replica, err := callback.NewHandler(newVerifier(t), func(context.Context, *callback.Event) error {
				calls.Add(1)
				return nil
			}, callback.WithDeduplication(store), callback.WithObserver(func(_ context.Context, o callback.Outcome) { outcomes <- o }))
			require.NoError(t, err)

			do := func(commands [][]any) {
				for _, command := range commands {
					require.NoError(t, client.Do(t.Context(), command...).Err())
				}
			}
			do(test.prepare)
			assert.Equal(t, http.StatusServiceUnavailable, deliver(t, replica, 1))
			require.ErrorContains(t, (<-outcomes).Err, test.want)
			assert.Zero(t, calls.Load())
			do(test.repair)
			assert.Equal(t, http.StatusNoContent, deliver(t, replica, 1))
			require.NoError(t, (<-outcomes).Err)
			assert.EqualValues(t, 1, calls.Load())
			assert.Equal(t, done, client.Get(t.Context(), "test {a} \n:1").Val())
		})
	}
}

// An owner can't be taken for the value of a handled key.
func TestOwnerNamedDone(t *testing.T) {
	url, _ := startMiniredis(t)
	store, err := New(connect(t, url), "", time.Hour, time.Hour)
	require.NoError(t, err)
	require.NoError(t, store.Claim(t.Context(), key, done))
	require.ErrorIs(t, store.Claim(t.Context(), key, "SECOND"), callback.ErrInProgress)
}

// Redis accepts connections but doesn't respond. Calls end at the deadline of
// their context, and after 5 s without one.
func TestHungRedis(t *testing.T) {
	for name, call := range map[string]func(context.Context, *Store) error{
		"claim":   func(ctx context.Context, s *Store) error { return s.Claim(ctx, key, "FIRST") },
		"done":    func(ctx context.Context, s *Store) error { return s.Done(ctx, key) },
		"release": func(ctx context.Context, s *Store) error { return s.Release(ctx, key, "FIRST") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := redis.NewClient(&redis.Options{ContextTimeoutEnabled: true, Dialer: dialHung})
				defer client.Close()
				store, err := New(client, "", time.Hour, time.Hour)
				require.NoError(t, err)
				start := time.Now()
				require.Error(t, call(t.Context(), store))
				assert.Equal(t, 5*time.Second, time.Since(start))

				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start = time.Now()
				require.Error(t, call(ctx, store))
				assert.Equal(t, time.Second, time.Since(start))
			})
		})
	}
}

// dialHung returns a connection on which requests get no response.
func dialHung(context.Context, string, string) (net.Conn, error) {
	conn, peer := net.Pipe()
	go func() {
		_, _ = io.Copy(io.Discard, peer)
	}()
	return conn, nil
}
