// Package redisstore keeps handled callbacks in Redis, so that replicas behind a
// load balancer handle each run once. It requires Redis 7 or Valkey. It detects
// duplicates only; package natsruns also keeps the runs until they are handled.
//
// The value of a key is the owner of the claim, or done. Keys expire; configure
// Redis not to evict them earlier (maxmemory-policy noeviction). Redis replicates
// asynchronously. If a failover loses the latest keys, their runs may be handled
// again.
package redisstore

import (
	"context"
	"errors"
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

// New returns a store whose keys begin with prefix. A claim lasts for lease, which
// must be longer than the longest call of the function takes: if a replica is
// killed, its run can be handled by another replica after that. A handled run is
// remembered for ttl.
//
// The client must have ContextTimeoutEnabled, or it ignores the deadlines of
// contexts. If an argument is invalid, New returns an [*api.ArgumentError].
func New(client redis.UniversalClient, prefix string, lease, ttl time.Duration) (*Store, error) {
	switch {
	case client == nil:
		return nil, &api.ArgumentError{Argument: "client", Reason: "is nil"}
	case lease < time.Millisecond:
		return nil, &api.ArgumentError{Argument: "lease", Reason: "is less than a millisecond"}
	case ttl < time.Millisecond:
		return nil, &api.ArgumentError{Argument: "ttl", Reason: "is less than a millisecond"}
	}
	return &Store{client: client, prefix: prefix, lease: lease, ttl: ttl}, nil
}

// done is the value of handled keys. It differs from all owners, which are
// upper case.
const done = "done"

// claimTimeout limits Claim. It requires a client with ContextTimeoutEnabled.
// The contexts of Done and Release already have a deadline.
const claimTimeout = 5 * time.Second

// Claim claims a key for owner unless it is done or claimed by another owner.
func (s *Store) Claim(ctx context.Context, key, owner string) error {
	// By default, a client may retry for minutes if Redis is unreachable.
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	// SET with GET is one command, so the owner can't change between the two.
	holder, err := s.client.SetArgs(ctx, s.prefix+key, owner, redis.SetArgs{Mode: "NX", Get: true, TTL: s.lease}).Result()
	switch {
	case errors.Is(err, redis.Nil): // not claimed before
		return nil
	case err != nil:
		return err
	case holder == done:
		return callback.ErrDuplicate
	case holder == owner: // the client has retried after a lost response
		return nil
	}
	return callback.ErrInProgress
}

// Done marks a key as done.
func (s *Store) Done(ctx context.Context, key string) error {
	return s.client.Set(ctx, s.prefix+key, done, s.ttl).Err()
}

// Release deletes the claim of owner.
func (s *Store) Release(ctx context.Context, key, owner string) error {
	return deleteIfHeld.Run(ctx, s.client, []string{s.prefix + key}, owner).Err()
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
