package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/callback"
)

// A redisStore is a [callback.Store] that all replicas share. It requires Redis
// 7 or Valkey.
//
// The value of a key is the owner of the claim, or done. Keys expire; configure
// Redis not to evict them earlier (maxmemory-policy noeviction). Redis
// replicates asynchronously: a failover can lose the latest keys, and their
// events are handled again.
type redisStore struct {
	client *redis.Client
	prefix string        // of its keys
	lease  time.Duration // how long a claim lasts, longer than any handling takes
	ttl    time.Duration // how long a handled event is remembered
}

var _ callback.Store = (*redisStore)(nil)

// done is never an owner: owners are upper case.
const done = "done"

// claimTimeout requires a client with ContextTimeoutEnabled. The contexts of
// Done and Release have a deadline.
const claimTimeout = 5 * time.Second

// Claim implements [callback.Store].
func (s *redisStore) Claim(ctx context.Context, key, owner string) error {
	// By default, a client may retry for minutes if Redis is unreachable.
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	// One command, so that nothing can happen between a failed SET and a GET of
	// the owner.
	holder, err := s.client.SetArgs(ctx, s.prefix+key, owner, redis.SetArgs{Mode: "NX", Get: true, TTL: s.lease}).Result()
	switch {
	case errors.Is(err, redis.Nil): // nobody has claimed it
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

// Done implements [callback.Store].
func (s *redisStore) Done(ctx context.Context, key string) error {
	return s.client.Set(ctx, s.prefix+key, done, s.ttl).Err()
}

// Release implements [callback.Store].
func (s *redisStore) Release(ctx context.Context, key, owner string) error {
	return deleteIfHeld.Run(ctx, s.client, []string{s.prefix + key}, owner).Err()
}

// deleteIfHeld compares and deletes in one step: between a GET and a DEL, the
// claim could expire and another owner claim the key.
var deleteIfHeld = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	return redis.call("DEL", KEYS[1])
end
return 0
`)
