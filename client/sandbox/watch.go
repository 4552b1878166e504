package sandbox

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// maxUnseen is how many events wait for a watcher who is slow.
const maxUnseen = 4096

// EventType is the type of an [Event].
type EventType string

// The types of events.
const (
	// EventAgentSaved means that an agent was created or changed.
	EventAgentSaved EventType = "agent"
	// EventAgentDeleted means that an agent and its logs were deleted.
	EventAgentDeleted EventType = "agent_deleted"
	// EventRunStarted means that a run has started.
	EventRunStarted EventType = "run_started"
	// EventRunFinished means that a run has finished.
	EventRunFinished EventType = "run_finished"
	// EventDeliveryFinished means that a callback was posted, or that posting it
	// failed: see [Sandbox.Delivery].
	EventDeliveryFinished EventType = "delivery"
	// EventRequestFinished means that a request has ended, with a response or
	// without: see [Sandbox.Request].
	EventRequestFinished EventType = "request"
	// EventClockChanged means that the clock was advanced or has another speed.
	EventClockChanged EventType = "clock"
	// EventOverflow replaces events that were dropped because the watcher was too
	// slow.
	EventOverflow EventType = "lost"
)

// An Event is something that happened in a sandbox. Fields that don't apply to
// its type are zero.
type Event struct {
	// Type says what happened.
	Type EventType
	// Org is the key of the agent's org.
	Org string
	// AgentID is the agent's id.
	AgentID int64
	// LogID is the id of the run's log.
	LogID int64
	// DeliveryID is the ID of the [Delivery].
	DeliveryID int64
	// RequestID is the ID of the [Request].
	RequestID int64
	// Status is the status of the run.
	Status api.Status
	// Time is the time on the sandbox's clock.
	Time time.Time
}

// Watch yields the events that happen after it is called, until ctx is done or the
// sandbox is closed. The sandbox doesn't wait for the watcher: up to 4096 events
// are queued, then they are dropped and replaced by one [EventOverflow]. The
// sequence can be ranged over once.
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
	event.Time = s.Now()
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
		w.unseen = append(w.unseen[:0], Event{Type: EventOverflow, Time: event.Time})
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
