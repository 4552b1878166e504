package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/callback"
)

// redisStore is a [callback.Store] that all replicas share. It requires Redis 7
// or Valkey.
//
// The value of a key is the owner of the claim, or done. Keys expire; configure
// Redis not to evict them earlier (maxmemory-policy noeviction). Redis
// replicates asynchronously. If a failover loses the latest keys, their runs
// may be handled again.
type redisStore struct {
	client *redis.Client
	prefix string        // the prefix of all keys
	lease  time.Duration // how long a claim lasts; must be longer than handling takes
	ttl    time.Duration // how long a handled run is remembered
}

var _ callback.Store = (*redisStore)(nil)

// done is the value of handled keys. It differs from all owners, which are
// upper case.
const done = "done"

// claimTimeout limits Claim. It requires a client with ContextTimeoutEnabled.
// The contexts of Done and Release already have a deadline.
const claimTimeout = 5 * time.Second

// Claim claims a key for owner unless it is done or claimed by another owner.
func (s *redisStore) Claim(ctx context.Context, key, owner string) error {
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
func (s *redisStore) Done(ctx context.Context, key string) error {
	return s.client.Set(ctx, s.prefix+key, done, s.ttl).Err()
}

// Release deletes the claim of owner.
func (s *redisStore) Release(ctx context.Context, key, owner string) error {
	return deleteIfHeld.Run(ctx, s.client, []string{s.prefix + key}, owner).Err()
}

// deleteIfHeld compares and deletes atomically. Between a GET and a DEL, the
// claim could expire and another owner could claim the key.
var deleteIfHeld = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	return redis.call("DEL", KEYS[1])
end
return 0
`)
