// Package broadcast publishes events to subscribers without waiting for them.
package broadcast

import (
	"slices"
	"sync"
)

// A Hub publishes events to its subscribers. It keeps the latest events once for all
// of them. It is safe for concurrent use.
type Hub[E any] struct {
	maxKept  int
	overflow func(E) E

	mu          sync.Mutex // guards what follows, and all subscriptions
	kept        []E        // a ring once it has maxKept events
	count       int        // of published events
	subscribers int
	waiting     []*Subscription[E] // that have taken all events
}

// NewHub returns a hub that keeps maxKept events. A subscriber that is further behind
// takes another event in place of those that it missed: the one that overflow returns
// for the first event that it takes.
func NewHub[E any](maxKept int, overflow func(E) E) *Hub[E] {
	return &Hub[E]{maxKept: maxKept, overflow: overflow}
}

// Publish publishes an event. It does not call event if there are no subscribers.
func (h *Hub[E]) Publish(event func() E) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subscribers == 0 {
		return
	}
	if len(h.kept) < h.maxKept {
		h.kept = append(h.kept, event())
	} else {
		h.kept[h.count%h.maxKept] = event()
	}
	h.count++
	for _, s := range h.waiting {
		s.ready <- struct{}{}
	}
	h.waiting = h.waiting[:0]
}

// Subscribe returns a subscription to the events from now on.
func (h *Hub[E]) Subscribe() *Subscription[E] {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription[E]{hub: h, ready: make(chan struct{}, 1), next: h.count}
	h.subscribers++
	h.waiting = append(h.waiting, s)
	return s
}

// A Subscription receives the events of a hub.
type Subscription[E any] struct {
	hub      *Hub[E]
	ready    chan struct{} // has room while the subscription is waiting
	next     int           // number of the next event
	canceled bool
}

// Ready returns a channel that receives when there are new events, after which Take
// must be called.
func (s *Subscription[E]) Ready() <-chan struct{} { return s.ready }

// maxTaken is the number of events that Take returns at most, so that a thousand
// subscribers that are behind don't have a copy of all events each.
const maxTaken = 64

// Take returns the next new events. If there are more, the subscription stays ready.
func (s *Subscription[E]) Take() []E {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.canceled || s.next == h.count {
		return nil
	}
	var taken []E
	if first := h.count - len(h.kept); s.next < first {
		s.next = first
		taken = append(taken, h.overflow(h.kept[first%h.maxKept]))
	}
	for end := min(s.next+maxTaken, h.count); s.next < end; s.next++ {
		taken = append(taken, h.kept[s.next%h.maxKept])
	}
	select { // it was ready, whether or not the caller has received that
	case <-s.ready:
	default:
	}
	if s.next < h.count {
		s.ready <- struct{}{}
	} else {
		h.waiting = append(h.waiting, s)
	}
	return taken
}

// Cancel ends the subscription.
func (s *Subscription[E]) Cancel() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.canceled {
		return
	}
	s.canceled = true
	h.waiting = slices.DeleteFunc(h.waiting, func(other *Subscription[E]) bool { return other == s })
	if h.subscribers--; h.subscribers == 0 {
		h.kept, h.count = nil, 0 // nobody needs them
	}
}
