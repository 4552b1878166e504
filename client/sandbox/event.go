package sandbox

import (
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/broadcast"
)

// maxQueuedEvents is the number of events that are queued for a watcher.
const maxQueuedEvents = 4096

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
	// EventLogsChanged means that a log was added, has appeared late or was deleted.
	EventLogsChanged EventType = "logs"
	// EventDeliveryFinished means that a callback was posted, or that posting it
	// failed: see [Sandbox.Delivery].
	EventDeliveryFinished EventType = "delivery"
	// EventRequestFinished means that a request has ended, with a response or
	// without: see [Sandbox.Request].
	EventRequestFinished EventType = "request"
	// EventClockChanged means that the clock was advanced or has another speed.
	EventClockChanged EventType = "clock"
	// EventSchedulerChanged means that the scheduler was stopped or started.
	EventSchedulerChanged EventType = "scheduler"
	// EventFaultsChanged means that faults were set or removed.
	EventFaultsChanged EventType = "faults"
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
	// Cause says why a run has started.
	Cause RunCause
	// Time is the time on the sandbox's clock.
	Time time.Time
}

// events publishes the events of a sandbox.
type events struct {
	hub *broadcast.Hub[Event]
	now func() time.Time
}

func newEvents(now func() time.Time) *events {
	overflow := func(e Event) Event { return Event{Type: EventOverflow, Time: e.Time} }
	return &events{broadcast.NewHub(maxQueuedEvents, overflow), now}
}

// publish publishes an event that happens now.
func (e *events) publish(event Event) {
	e.hub.Publish(func() Event {
		event.Time = e.now()
		return event
	})
}
