package callback

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// A MemoryStore is a [Store] of bounded size in the memory of one process. It
// starts no goroutine.
type MemoryStore struct {
	capacity int
	ttl      time.Duration

	mu      sync.Mutex
	entries map[string]*list.Element // of entry
	// In both lists the entry that expires first is in front, as all live
	// equally long.
	claimed, done *list.List
}

type entry struct {
	key     string
	owner   string
	done    bool
	expires time.Time
}

// NewMemoryStore returns a store that remembers up to capacity events, each for
// ttl: a handled one is recognised for that long, and a claim of a function
// that hasn't returned by then is lost. A full store forgets the event handled
// longest ago; while all its places are taken by events being handled, Claim
// returns ErrStoreFull. NewMemoryStore panics if capacity or ttl isn't
// positive.
func NewMemoryStore(capacity int, ttl time.Duration) *MemoryStore {
	if capacity <= 0 || ttl <= 0 {
		panic("callback: NewMemoryStore needs a positive capacity and a positive ttl")
	}
	return &MemoryStore{
		capacity: capacity,
		ttl:      ttl,
		entries:  make(map[string]*list.Element),
		claimed:  list.New(),
		done:     list.New(),
	}
}

// Claim implements [Store].
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
	return s.add(s.claimed, entry{key: key, owner: owner, expires: now.Add(s.ttl)})
}

// Done implements [Store].
func (s *MemoryStore) Done(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	if element, ok := s.entries[key]; ok {
		s.remove(element)
	}
	return s.add(s.done, entry{key: key, done: true, expires: now.Add(s.ttl)})
}

// Release implements [Store].
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
	for _, entries := range [...]*list.List{s.claimed, s.done} {
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
	// It is in one of the two lists; the other leaves it alone.
	s.claimed.Remove(element)
	s.done.Remove(element)
}
