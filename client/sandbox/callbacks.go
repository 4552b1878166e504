package sandbox

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"
)

// A Delivery is one POST of a callback and its response.
type Delivery struct {
	// ID numbers the deliveries from 1 on, in the order in which they ended.
	ID int64
	// Org is the key of the agent's org.
	Org string
	// AgentID is the id of the agent that has run.
	AgentID int64
	// LogID is the id of the run's log.
	LogID int64
	// RedeliveryOf is the ID of the delivery that [Sandbox.Redeliver] repeated, or 0.
	RedeliveryOf int64
	// Effect is the effect of the [DeliveryFault] that applied, or zero.
	Effect DeliveryEffect
	// FaultID is the ID of that [DeliveryFault].
	FaultID string
	// URL is the agent's callback_url.
	URL string
	// Header is the header of the request, nil if none was posted. It has no
	// signature if the agent has no callback_secret.
	Header http.Header
	// Body is the body of the request.
	Body []byte
	// StatusCode is the status of the receiver's response, or 0 if there was none.
	// Redirects are not followed.
	StatusCode int
	// ResponseBody is the body of the response, up to 64 KiB of it.
	ResponseBody []byte
	// Err says why there is no complete response. It is nil if there is one, and
	// [ErrDeliveryDropped] if nothing was posted.
	Err error
	// StartedAt is the time at which the delivery started, on the sandbox's clock.
	StartedAt time.Time
	// FinishedAt is the time at which it ended, on the sandbox's clock.
	FinishedAt time.Time
}

// Format writes the id, log, URL and result of the delivery, whatever the verb:
// the header has a signature, and the body may be long.
func (d Delivery) Format(f fmt.State, _ rune) {
	outcome := strconv.Itoa(d.StatusCode)
	if d.Err != nil {
		outcome = d.Err.Error()
	}
	_, _ = fmt.Fprintf(f, "delivery %d of log %d to %s: %s", d.ID, d.LogID, d.URL, outcome)
}

// UnknownDeliveryError means that no recorded delivery has the given id.
// [Sandbox.Redeliver] returns it.
type UnknownDeliveryError struct {
	// ID is the given id.
	ID int64
}

func (e *UnknownDeliveryError) Error() string {
	return fmt.Sprintf("sandbox: there is no delivery %d", e.ID)
}

// Deliveries yields the recorded deliveries of callbacks, the oldest first, up to
// the latest at the start of the loop. The sandbox keeps the latest 1,000,000, or
// fewer if they exceed 256 MiB; the ID of the first one tells how many came
// before. The loop may use the sandbox. Headers and bodies are shared and must not
// be changed.
func (s *Sandbox) Deliveries() iter.Seq[Delivery] { return s.deliveries.recorded.All() }

// DeliveriesBackward yields the same deliveries as [Sandbox.Deliveries], the
// latest first.
func (s *Sandbox) DeliveriesBackward() iter.Seq[Delivery] { return s.deliveries.recorded.Backward() }

// Delivery returns the recorded delivery with an ID. It returns false if there is
// none, or none any more.
func (s *Sandbox) Delivery(id int64) (Delivery, bool) { return s.deliveries.recorded.Get(id) }

// SetDeliveryFaults replaces all faults of callbacks; without arguments it removes
// them. Counting starts again. If several faults match and select a callback, the
// first one applies, and those after it don't count the callback. If a fault is
// invalid, SetDeliveryFaults returns an [*api.ArgumentError] and changes nothing.
func (s *Sandbox) SetDeliveryFaults(faults ...DeliveryFault) error {
	if err := checkDeliveryFaults("faults", faults); err != nil {
		return err
	}
	s.deliveries.mu.Lock()
	s.deliveries.faults.set = newFaultSet(faults)
	s.deliveries.mu.Unlock()
	s.events.publish(Event{Type: EventFaultsChanged})
	return nil
}

// DeliveryFaults returns the faults of callbacks.
func (s *Sandbox) DeliveryFaults() []DeliveryFault {
	s.deliveries.mu.Lock()
	defer s.deliveries.mu.Unlock()
	return s.deliveries.faults.set.faults()
}

// Redeliver posts the callback of a recorded delivery again, byte for byte and
// without faults, and returns the new delivery. It signs the body with the agent's
// present callback_secret. If the agent has none or is deleted, it repeats the
// header of the recorded delivery.
//
// If it returns an error, nothing was posted: an [*UnknownDeliveryError],
// [ErrClosed] or the context's error. A failed delivery is not an error, see
// [Delivery].Err.
func (s *Sandbox) Redeliver(ctx context.Context, deliveryID int64) (*Delivery, error) {
	ctx, end, err := s.timeline.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	original, ok := s.Delivery(deliveryID)
	if !ok {
		return nil, &UnknownDeliveryError{ID: deliveryID}
	}
	c := pendingCallback{url: original.URL, body: original.Body, org: original.Org, agentID: original.AgentID, logID: original.LogID, repeated: &original}
	s.store.RLock()
	if a := s.store.agent(original.AgentID); a != nil {
		c.secret = a.CallbackSecret
	}
	s.store.RUnlock()
	return s.deliveries.deliver(ctx, c), nil
}
