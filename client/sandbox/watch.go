package sandbox

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"
)

// maxUnseen is how many events wait for a watcher who is slow.
const maxUnseen = 4096

// EventKind is what has happened.
type EventKind string

// The kinds of events.
const (
	AgentSaved        EventKind = "agent"         // created or changed
	AgentDeleted      EventKind = "agent_deleted" // and its logs with it
	RunStarted        EventKind = "run_started"
	RunFinished       EventKind = "run_finished"
	CallbackDelivered EventKind = "delivery" // or failed to be
	RequestAnswered   EventKind = "request"
	ClockChanged      EventKind = "clock" // was advanced, or runs at another speed
	EventsLost        EventKind = "lost"  // some events before this one: the watcher was too slow
)

// An Event is something that has happened in a sandbox. What does not apply to
// its kind is zero.
type Event struct {
	Kind       EventKind
	Org        string
	AgentID    int64
	LogID      int64
	DeliveryID int64
	RequestID  int64
	// Status is that of the run.
	Status string
	// At is the time on the sandbox's clock.
	At time.Time
}

// Watch yields what happens from its call on, until the context ends or the
// sandbox is closed. It keeps nobody waiting: a watcher who is slow gets
// [EventsLost] in place of what it has missed. Range over it once.
func (s *Sandbox) Watch(ctx context.Context) iter.Seq[Event] {
	w := s.watchers.add()
	context.AfterFunc(ctx, func() { s.watchers.remove(w) }) // though nobody looks
	return func(yield func(Event) bool) {
		defer s.watchers.remove(w)
		for {
			for _, event := range w.take() {
				if !yield(event) {
					return
				}
			}
			select {
			case <-w.wake:
			case <-ctx.Done():
				return
			case <-s.lifetime.over.Done():
				return
			}
		}
	}
}

// tell tells all watchers.
func (s *Sandbox) tell(event Event) {
	s.watchers.mu.Lock()
	defer s.watchers.mu.Unlock()
	if len(s.watchers.all) == 0 {
		return
	}
	event.At = s.Now()
	for _, w := range s.watchers.all {
		w.put(event)
	}
}

type watchers struct {
	mu  sync.Mutex
	all []*watcher
}

func (w *watchers) add() *watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	added := &watcher{wake: make(chan struct{}, 1)}
	w.all = append(w.all, added)
	return added
}

func (w *watchers) remove(gone *watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = slices.DeleteFunc(w.all, func(other *watcher) bool { return other == gone })
}

// A watcher has what it has not seen yet.
type watcher struct {
	wake chan struct{}

	mu     sync.Mutex
	unseen []Event
}

func (w *watcher) put(event Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.unseen) == maxUnseen {
		w.unseen = append(w.unseen[:0], Event{Kind: EventsLost, At: event.At})
	}
	w.unseen = append(w.unseen, event)
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) take() []Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.unseen
	w.unseen = nil
	return taken
}
