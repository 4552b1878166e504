package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/iblai/iblai-go/client/callback"
)

// A redisStore is a [callback.Store] that all replicas share. It needs Redis 7
// or Valkey.
//
// A key holds the name of the delivery that has claimed it, or done. Redis
// forgets a key by itself; see that it doesn't evict one before (maxmemory-policy
// noeviction). Redis copies to its own replicas after it has answered: a
// failover can lose the last moment's keys, and an event be handled again.
type redisStore struct {
	client *redis.Client
	prefix string        // of its keys, as others may use the same Redis
	lease  time.Duration // how long a claim lasts: more than handling ever takes
	ttl    time.Duration // how long a handled event is remembered
}

var _ callback.Store = (*redisStore)(nil)

// done is no delivery's name: those are upper case.
const done = "done"

// claimTimeout needs a client with ContextTimeoutEnabled. Done and Release come
// with a deadline.
const claimTimeout = 5 * time.Second

// Claim implements [callback.Store].
func (s *redisStore) Claim(ctx context.Context, key, owner string) error {
	// By default a client may try for minutes to reach a Redis that is gone.
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	// One command, so that nothing can happen between a SET that fails and the
	// GET that asks why.
	holder, err := s.client.SetArgs(ctx, s.prefix+key, owner, redis.SetArgs{Mode: "NX", Get: true, TTL: s.lease}).Result()
	switch {
	case errors.Is(err, redis.Nil): // nobody held it
		return nil
	case err != nil:
		return err
	case holder == done:
		return callback.ErrDuplicate
	case holder == owner: // the answer got lost, and the client has asked again
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

// deleteIfHeld compares and deletes in one step: after a GET the claim might
// expire, and a DEL then take away another's.
var deleteIfHeld = redis.NewScript(`
if redis.call("GET", KEYS[1]) == ARGV[1] then
	return redis.call("DEL", KEYS[1])
end
return 0
`)
