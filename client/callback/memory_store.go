package callback

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// A MemoryStore is a [Store] of bounded size in the memory of one process. It
// starts no goroutine. The zero MemoryStore has no capacity.
type MemoryStore struct {
	capacity int
	ttl      time.Duration

	mu      sync.Mutex
	entries map[string]*list.Element // of entry
	// All entries live equally long: in both lists the front expires first.
	claimed, done list.List
}

type entry struct {
	key     string
	owner   string
	done    bool
	expires time.Time
}

// NewMemoryStore returns a store that remembers up to capacity events. A handled
// event is recognized for ttl; the claim of a function that takes longer than
// ttl expires. A full store forgets the event that was handled longest ago. If
// events in progress take up the whole capacity, Claim returns [ErrStoreFull].
//
// If capacity or ttl isn't positive, it returns an [*api.ArgumentError].
func NewMemoryStore(capacity int, ttl time.Duration) (*MemoryStore, error) {
	if capacity <= 0 {
		return nil, &api.ArgumentError{Argument: "capacity", Reason: fmt.Sprintf("is %d, which is not positive", capacity)}
	}
	if ttl <= 0 {
		return nil, &api.ArgumentError{Argument: "ttl", Reason: fmt.Sprintf("is %v, which is not positive", ttl)}
	}
	return &MemoryStore{capacity: capacity, ttl: ttl, entries: make(map[string]*list.Element)}, nil
}

// Claim takes key for owner, as [Store] describes.
func (s *MemoryStore) Claim(_ context.Context, key, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	if element, ok := s.entries[key]; ok {
		switch e := element.Value.(entry); {
		case e.done:
			return ErrDuplicate
		case e.owner != owner:
			return ErrInProgress
		}
		return nil
	}
	return s.add(&s.claimed, entry{key: key, owner: owner, expires: now.Add(s.ttl)})
}

// Done marks key as handled, as [Store] describes.
func (s *MemoryStore) Done(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	if element, ok := s.entries[key]; ok {
		s.remove(element)
	}
	return s.add(&s.done, entry{key: key, done: true, expires: now.Add(s.ttl)})
}

// Release removes the claim of owner, as [Store] describes.
func (s *MemoryStore) Release(_ context.Context, key, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if element, ok := s.entries[key]; ok {
		if e := element.Value.(entry); !e.done && e.owner == owner {
			s.remove(element)
		}
	}
	return nil
}

func (s *MemoryStore) expire(now time.Time) {
	for _, entries := range []*list.List{&s.claimed, &s.done} {
		for first := entries.Front(); first != nil && !now.Before(first.Value.(entry).expires); first = entries.Front() {
			s.remove(first)
		}
	}
}

func (s *MemoryStore) add(entries *list.List, e entry) error {
	if len(s.entries) >= s.capacity {
		oldest := s.done.Front()
		if oldest == nil {
			return ErrStoreFull
		}
		s.remove(oldest)
	}
	s.entries[e.key] = entries.PushBack(e)
	return nil
}

func (s *MemoryStore) remove(element *list.Element) {
	delete(s.entries, element.Value.(entry).key)
	// The element is in one of the two lists; the other ignores it.
	s.claimed.Remove(element)
	s.done.Remove(element)
}
