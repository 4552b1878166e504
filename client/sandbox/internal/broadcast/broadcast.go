// Package broadcast publishes events to subscribers without waiting for them.
package broadcast

import (
	"slices"
	"sync"
)

// A Hub publishes events to its subscribers. It is safe for concurrent use.
type Hub[E any] struct {
	maxQueued int
	overflow  func(E) E

	mu            sync.Mutex // guards subscriptions
	subscriptions []*Subscription[E]
}

// NewHub returns a hub that queues up to maxQueued events for each subscriber. If
// another one is published, the queued events are dropped and replaced by one: the
// one that overflow returns for the published event.
func NewHub[E any](maxQueued int, overflow func(E) E) *Hub[E] {
	return &Hub[E]{maxQueued: maxQueued, overflow: overflow}
}

// Publish queues the event for all subscribers. It does not call event if there
// are none.
func (h *Hub[E]) Publish(event func() E) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.subscriptions) == 0 {
		return
	}
	published := event()
	for _, s := range h.subscriptions {
		s.queue(published)
	}
}

// Subscribe returns a subscription to the events from now on.
func (h *Hub[E]) Subscribe() *Subscription[E] {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription[E]{hub: h, ready: make(chan struct{}, 1)}
	h.subscriptions = append(h.subscriptions, s)
	return s
}

// A Subscription receives the events of a hub.
type Subscription[E any] struct {
	hub   *Hub[E]
	ready chan struct{}

	mu     sync.Mutex // guards queued
	queued []E
}

// Ready returns a channel that receives when events are queued.
func (s *Subscription[E]) Ready() <-chan struct{} { return s.ready }

// Take returns the queued events and removes them.
func (s *Subscription[E]) Take() []E {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.queued
	s.queued = nil
	return taken
}

// Cancel ends the subscription.
func (s *Subscription[E]) Cancel() {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subscriptions = slices.DeleteFunc(h.subscriptions, func(other *Subscription[E]) bool { return other == s })
}

func (s *Subscription[E]) queue(event E) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queued) == s.hub.maxQueued {
		s.queued = append(s.queued[:0], s.hub.overflow(event))
	}
	s.queued = append(s.queued, event)
	select {
	case s.ready <- struct{}{}:
	default:
	}
}
