// Package redisstore keeps handled callbacks in Redis, so that replicas behind a
// load balancer handle each run once. It requires Redis 7 or Valkey. It detects
// duplicates only; package natsruns also keeps the runs until they are handled.
//
// If Redis fails, refuses a command or doesn't respond, a callback gets 503 and is
// not handled. If Redis loses keys, their runs may be handled again. It loses keys
// if it evicts them (set maxmemory-policy to noeviction), if it restarts without
// persistence, and if a failover comes before the latest keys are replicated. Keys
// expire by the clock of Redis.
//
// The value of a key is "done" or "claimed by " and the owner of the claim.
package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// Store is a [callback.Store] in Redis. It is safe for concurrent use.
type Store struct {
	client redis.UniversalClient
	prefix string
	lease  time.Duration
	ttl    time.Duration
}

var _ callback.Store = (*Store)(nil)

// New returns a store whose keys begin with prefix. Replicas of one program share a
// prefix. Programs that handle the same runs must have different prefixes, and so
// must deployments of the platform: otherwise, a run that one of them has handled
// is a duplicate for the other.
//
// A claim lasts for lease. If a replica is killed, its run can be handled by
// another replica after that. If a call of the function takes longer than lease, a
// redelivery is handled at the same time. A handled run is remembered for ttl.
//
// If an argument is invalid, New returns an [*api.ArgumentError]. A client without
// ContextTimeoutEnabled is invalid, because it ignores the deadlines of contexts.
func New(client redis.UniversalClient, prefix string, lease, ttl time.Duration) (*Store, error) {
	reason := checkClient(client)
	switch {
	case reason != "":
		return nil, &api.ArgumentError{Argument: "client", Reason: reason}
	case lease < time.Millisecond:
		return nil, &api.ArgumentError{Argument: "lease", Reason: "is less than a millisecond"}
	case ttl < time.Millisecond:
		return nil, &api.ArgumentError{Argument: "ttl", Reason: "is less than a millisecond"}
	}
	return &Store{client: client, prefix: prefix, lease: lease, ttl: ttl}, nil
}

// checkClient returns the reason why a client is invalid, or "". The options of
// types other than those of go-redis are unknown.
func checkClient(client redis.UniversalClient) (reason string) {
	isNil, hasTimeout := client == nil, true
	switch client := client.(type) {
	case *redis.Client:
		if isNil = client == nil; !isNil {
			hasTimeout = client.Options().ContextTimeoutEnabled
		}
	case *redis.ClusterClient:
		if isNil = client == nil; !isNil {
			hasTimeout = client.Options().ContextTimeoutEnabled
		}
	case *redis.Ring:
		if isNil = client == nil; !isNil {
			hasTimeout = client.Options().ContextTimeoutEnabled
		}
	}
	switch {
	case isNil:
		return "is nil"
	case !hasTimeout:
		return "ignores the deadlines of contexts; set ContextTimeoutEnabled in its options"
	}
	return ""
}

// The values of keys.
const (
	done      = "done"
	claimedBy = "claimed by " // followed by the owner
)

// callTimeout limits each call. By default, a client may retry for minutes if
// Redis is unreachable.
const callTimeout = 5 * time.Second

// Claim claims a key for owner unless it is done or claimed by another owner. If
// the key has a value that no store has written, Claim returns an error. Like Done
// and Release, it takes at most 5 s, and less if ctx has an earlier deadline; the
// Redis client doesn't notice a cancellation before that.
func (s *Store) Claim(ctx context.Context, key, owner string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	// SET with GET is one command, so the owner can't change between the two.
	value, err := s.client.SetArgs(ctx, s.prefix+key, claimedBy+owner, redis.SetArgs{Mode: "NX", Get: true, TTL: s.lease}).Result()
	switch {
	case errors.Is(err, redis.Nil): // not claimed before
		return nil
	case err != nil:
		return err
	case value == done:
		return callback.ErrDuplicate
	case value == claimedBy+owner: // the client has retried after a lost response
		return nil
	case strings.HasPrefix(value, claimedBy):
		return callback.ErrInProgress
	}
	return fmt.Errorf("redisstore: the key %q belongs to another program; choose another prefix", s.prefix+key)
}

// Done marks a key as done.
func (s *Store) Done(ctx context.Context, key string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return s.client.Set(ctx, s.prefix+key, done, s.ttl).Err()
}

// Release deletes the claim of owner.
func (s *Store) Release(ctx context.Context, key, owner string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return deleteIfHeld.Run(ctx, s.client, []string{s.prefix + key}, claimedBy+owner).Err()
}

// deleteIfHeld compares and deletes atomically. Between a GET and a DEL, the
// claim could expire and another owner could claim the key.
//
//nolint:gochecknoglobals // it is constant
var deleteIfHeld = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	return redis.call("DEL", KEYS[1])
end
return 0
`)
