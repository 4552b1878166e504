package sandbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// ErrDeliveryDropped is the Err of a [Delivery] when a [DeliveryFault] dropped the
// callback.
var ErrDeliveryDropped = errors.New("sandbox: delivery dropped by a fault")

// A DeliveryFault injects an effect into some of the callbacks that match.
// Redeliveries are not affected, see [Sandbox.Redeliver].
type DeliveryFault struct {
	// ID identifies the fault in [Delivery].FaultID. It may be empty; no two faults
	// have the same.
	ID string
	// Disabled keeps the fault without applying it.
	Disabled bool
	// Match says which callbacks match. The zero DeliveryMatch matches all of them.
	Match DeliveryMatch
	// Selection selects some of the matching callbacks. The zero Selection selects
	// all of them.
	Selection Selection
	// Effect is the effect on the selected callbacks.
	Effect DeliveryEffect
}

// A DeliveryMatch matches callbacks.
type DeliveryMatch struct {
	// AgentID is the id of an agent; 0 matches the callbacks of all agents.
	AgentID int64
}

// A DeliveryEffect is the effect of a [DeliveryFault] on a callback. At least one
// field must be set. Fields can be combined, except Drop with any other, and Delay
// with Reorder.
type DeliveryEffect struct {
	// Delay posts the callback later, on the sandbox's clock.
	Delay time.Duration
	// Duplicate posts the callback twice.
	Duplicate bool
	// Reorder posts the callback after the next one, or after a minute on the
	// sandbox's clock if there is no other by then.
	Reorder bool
	// Drop doesn't post the callback. Its [Delivery] has [ErrDeliveryDropped].
	Drop bool
	// WrongSignature signs the callback with another secret. Callbacks of agents
	// without a callback_secret stay unsigned.
	WrongSignature bool
}

// String describes the effect in words, as in "delayed, duplicate". It is empty for
// the zero DeliveryEffect.
func (e DeliveryEffect) String() string {
	var words []string
	for _, effect := range []struct {
		set  bool
		word string
	}{
		{e.Delay > 0, "delayed"},
		{e.Duplicate, "duplicate"},
		{e.Reorder, "reordered"},
		{e.Drop, "dropped"},
		{e.WrongSignature, "wrong signature"},
	} {
		if effect.set {
			words = append(words, effect.word)
		}
	}
	return strings.Join(words, ", ")
}

// check returns the first field that is invalid.
func (f *DeliveryFault) check() *api.ArgumentError {
	e := f.Effect
	switch err := f.Selection.check(); {
	case f.Match.AgentID < 0:
		return invalid("Match.AgentID", "is %d, but ids start at 1", f.Match.AgentID)
	case err != nil:
		return err
	case e.Delay < 0:
		return invalid("Effect.Delay", "is %v, but must not be negative", e.Delay)
	case e.Delay > 0 && e.Reorder:
		return invalid("Effect.Reorder", "can't be combined with Delay")
	case e.Drop && e != DeliveryEffect{Drop: true}:
		return invalid("Effect.Drop", "can't be combined with another effect")
	case e == DeliveryEffect{}:
		return invalid("Effect", "is empty: set Delay, Duplicate, Reorder, Drop or WrongSignature")
	}
	return nil
}

// checkDeliveryFaults validates the faults of an argument.
func checkDeliveryFaults(argument string, faults []DeliveryFault) error {
	ids := make([]string, len(faults))
	for i := range faults {
		if err := faults[i].check(); err != nil {
			err.Argument = fmt.Sprintf("%s[%d].%s", argument, i, err.Argument)
			return err
		}
		ids[i] = faults[i].ID
	}
	return checkFaultIDs(argument, ids)
}

// deliveryFaults are the faults of callbacks.
type deliveryFaults struct {
	random *rand.Rand
	set    faultSet[DeliveryFault]
}

// next returns the fault that applies to the next callback of an agent, the zero
// fault if none does.
func (f *deliveryFaults) next(now time.Time, agentID int64) DeliveryFault {
	fault := f.set.next(now, f.random, func(fault *DeliveryFault) (bool, Selection) {
		return !fault.Disabled && (fault.Match.AgentID == 0 || fault.Match.AgentID == agentID), fault.Selection
	})
	if fault == nil {
		return DeliveryFault{}
	}
	return *fault
}
