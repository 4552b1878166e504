package sandbox

import (
	"context"
	"fmt"
	"iter"
)

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
