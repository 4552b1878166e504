package callback

import "context"

// A Store remembers handled events, for [WithDeduplication]. A [MemoryStore]
// serves one process; a store that several replicas share makes one receiver of
// them. Its methods are called concurrently.
//
// [Key] describes the keys of finished runs. Log ids are unique within one
// deployment of the platform: if a store serves two, prefix the keys.
//
// In Redis 7, Claim is SET key owner NX GET PX lease, Done is SET key done PX
// ttl, and Release is a script that deletes key if its value is still owner.
// The Redis client must respect the context's deadline, as go-redis does with
// ContextTimeoutEnabled.
type Store interface {
	// Claim takes key for owner, which is unique to this delivery. It returns
	// ErrDuplicate if key is done, and ErrInProgress if another owner has
	// claimed it. If owner itself has claimed it, Claim returns nil: the first
	// response of the store may have been lost. Any other error means that the
	// store failed.
	//
	// A claim must expire, or the event of a receiver that was killed is never
	// handled. It must outlive the longest call of the function.
	Claim(ctx context.Context, key, owner string) error
	// Done marks key as handled, whoever has claimed it by now. It must remember
	// key for as long as duplicates are to be recognized.
	Done(ctx context.Context, key string) error
	// Release removes the claim of owner. It does nothing if owner has lost it.
	Release(ctx context.Context, key, owner string) error
}
