package redisstore

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

const key = "4711"

// contract holds sequences of calls that every callback.Store must support.
var contract = map[string][]step{
	"the first claim wins": {
		{"claim", "FIRST", nil},
		{"claim", "SECOND", callback.ErrInProgress},
	},
	"a done key is a duplicate": {
		{"claim", "FIRST", nil},
		{"done", "", nil},
		{"claim", "SECOND", callback.ErrDuplicate},
	},
	"a released key can be claimed": {
		{"claim", "FIRST", nil},
		{"release", "FIRST", nil},
		{"claim", "SECOND", nil},
	},
	"another owner can't release": {
		{"release", "OTHER", nil},
		{"claim", "FIRST", nil},
		{"release", "OTHER", nil},
		{"claim", "SECOND", callback.ErrInProgress},
	},
	"a done key can't be released": {
		{"claim", "FIRST", nil},
		{"done", "", nil},
		{"release", "FIRST", nil},
		{"claim", "SECOND", callback.ErrDuplicate},
	},
	"a claim expires": {
		{"claim", "KILLED", nil},
		{"expire", "", nil},
		{"claim", "SECOND", nil},
	},
	"an expired claim can't be released": {
		{"claim", "SLOW", nil},
		{"expire", "", nil},
		{"claim", "SECOND", nil},
		{"release", "SLOW", nil},
		{"claim", "THIRD", callback.ErrInProgress},
	},
	"a key can be done without a claim": {
		{"claim", "SLOW", nil},
		{"expire", "", nil},
		{"done", "", nil},
		{"claim", "SECOND", callback.ErrDuplicate},
	},
	"done replaces the claim of another owner": {
		{"claim", "SLOW", nil},
		{"expire", "", nil},
		{"claim", "SECOND", nil},
		{"done", "", nil},
		{"release", "SECOND", nil},
		{"claim", "THIRD", callback.ErrDuplicate},
	},
	"a done key expires": {
		{"claim", "FIRST", nil},
		{"done", "", nil},
		{"expire", "", nil},
		{"claim", "SECOND", nil},
	},
}

type step struct {
	do, owner string
	want      error
}

// check performs the steps with a store. The function expire makes all keys
// expire.
func check(t *testing.T, steps []step, store callback.Store, expire func()) {
	t.Helper()
	for i, step := range steps {
		var err error
		switch step.do {
		case "claim":
			err = store.Claim(t.Context(), key, step.owner)
		case "release":
			err = store.Release(t.Context(), key, step.owner)
		case "done":
			err = store.Done(t.Context(), key)
		case "expire":
			expire()
		}
		require.ErrorIs(t, err, step.want, "step %d: %s %s", i+1, step.do, step.owner)
	}
	require.NoError(t, store.Claim(t.Context(), "4712", "OTHER"), "another key is unaffected")
}

func TestMemoryStore(t *testing.T) {
	for name, steps := range contract {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, err := callback.NewMemoryStore(10, time.Hour)
				require.NoError(t, err)
				check(t, steps, store, func() { time.Sleep(time.Hour) })
			})
		})
	}
}

func TestMiniredis(t *testing.T) {
	for name, steps := range contract {
		t.Run(name, func(t *testing.T) {
			url, server := startMiniredis(t)
			store := &Store{client: connect(t, url), lease: time.Hour, ttl: time.Hour}
			check(t, steps, store, func() { server.FastForward(time.Hour) })
		})
	}
}

func TestRedis(t *testing.T) {
	url, _ := startRedis(t)
	client := connect(t, url)
	for name, steps := range contract {
		t.Run(name, func(t *testing.T) {
			store := &Store{client: client, prefix: t.Name() + ":", lease: time.Hour, ttl: time.Hour}
			check(t, steps, store, func() {
				// The clock of Redis can't be set, so the TTL is reduced to a
				// millisecond.
				require.True(t, client.PExpire(t.Context(), store.prefix+key, time.Millisecond).Val())
				require.Eventually(t, func() bool {
					return client.Exists(t.Context(), store.prefix+key).Val() == 0
				}, 10*time.Second, time.Millisecond)
			})
		})
	}
}

func TestRedisKeyTTL(t *testing.T) {
	url, _ := startRedis(t)
	client := connect(t, url)
	store := &Store{client: client, prefix: "test:", lease: time.Minute, ttl: time.Hour}

	require.NoError(t, store.Claim(t.Context(), key, "FIRST"))
	require.ErrorIs(t, store.Claim(t.Context(), key, "SECOND"), callback.ErrInProgress)
	assert.InDelta(t, time.Minute, client.PTTL(t.Context(), "test:"+key).Val(), float64(30*time.Second))
	require.NoError(t, store.Done(t.Context(), key))
	require.ErrorIs(t, store.Claim(t.Context(), key, "SECOND"), callback.ErrDuplicate)
	assert.InDelta(t, time.Hour, client.PTTL(t.Context(), "test:"+key).Val(), float64(time.Minute))
	assert.EqualValues(t, 1, client.DBSize(t.Context()).Val())
}

// The Redis client retries a command if the response is lost. The retry must
// not count as another delivery.
func TestClaimWithLostResponse(t *testing.T) {
	url, _ := startRedis(t)
	options, err := redis.ParseURL(url)
	require.NoError(t, err)
	var lose atomic.Bool
	options.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &lossyConn{Conn: conn, lose: &lose}, err
	}
	client := redis.NewClient(options)
	defer client.Close()
	require.NoError(t, client.Ping(t.Context()).Err())

	store := &Store{client: client, lease: time.Hour, ttl: time.Hour}
	lose.Store(true)
	require.NoError(t, store.Claim(t.Context(), key, "FIRST"))
	require.False(t, lose.Load(), "no response was lost")
	require.ErrorIs(t, store.Claim(t.Context(), key, "SECOND"), callback.ErrInProgress)
}

// lossyConn closes instead of returning the next response if lose is set.
type lossyConn struct {
	net.Conn
	lose  *atomic.Bool
	ended bool
}

func (c *lossyConn) Read(b []byte) (int, error) {
	if c.ended {
		return 0, io.EOF
	}
	n, err := c.Conn.Read(b)
	if c.lose.CompareAndSwap(true, false) {
		c.ended = true
		return 0, io.EOF
	}
	return n, err
}

func TestInvalidArguments(t *testing.T) {
	url, _ := startMiniredis(t)
	client := connect(t, url)
	for argument, create := range map[string]func() (*Store, error){
		"lease": func() (*Store, error) { return New(client, "", 0, time.Hour) },
		"ttl":   func() (*Store, error) { return New(client, "", time.Hour, -1) },
	} {
		_, err := create()
		invalid, ok := errors.AsType[*api.ArgumentError](err)
		require.True(t, ok, "%v", err)
		assert.Equal(t, argument, invalid.Argument)
	}
}

func TestInvalidClients(t *testing.T) {
	const isNil, ignoresDeadlines = "is nil", "ignores the deadlines of contexts; set ContextTimeoutEnabled in its options"
	for name, test := range map[string]struct {
		client redis.UniversalClient
		reason string
	}{
		"nil":                      {nil, isNil},
		"nil client":               {(*redis.Client)(nil), isNil},
		"nil cluster":              {(*redis.ClusterClient)(nil), isNil},
		"nil ring":                 {(*redis.Ring)(nil), isNil},
		"client without timeouts":  {redis.NewClient(&redis.Options{}), ignoresDeadlines},
		"cluster without timeouts": {redis.NewClusterClient(&redis.ClusterOptions{}), ignoresDeadlines},
		"ring without timeouts":    {redis.NewRing(&redis.RingOptions{}), ignoresDeadlines},
		"client":                   {redis.NewClient(&redis.Options{ContextTimeoutEnabled: true}), ""},
		"sentinel":                 {redis.NewFailoverClient(&redis.FailoverOptions{ContextTimeoutEnabled: true}), ""},
		"cluster":                  {redis.NewClusterClient(&redis.ClusterOptions{ContextTimeoutEnabled: true}), ""},
		"ring":                     {redis.NewRing(&redis.RingOptions{ContextTimeoutEnabled: true}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if test.reason != isNil {
				defer test.client.Close()
			}
			_, err := New(test.client, "", time.Hour, time.Hour)
			if test.reason == "" {
				require.NoError(t, err)
				return
			}
			invalid, ok := errors.AsType[*api.ArgumentError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, api.ArgumentError{Argument: "client", Reason: test.reason}, *invalid)
		})
	}
}
