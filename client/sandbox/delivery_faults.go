package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// ErrDeliveryDropped is the Err of a [Delivery] when a [DeliveryFault] dropped the
// callback.
var ErrDeliveryDropped = errors.New("sandbox: delivery dropped by a fault")

// maxHeld is how long a callback is held back that is to come after the next one,
// on the sandbox's clock.
const maxHeld = time.Minute

// UnknownDeliveryError means that no recorded delivery has the given id.
// [Sandbox.Redeliver] returns it.
type UnknownDeliveryError struct {
	// ID is the given id.
	ID int64
}

func (e *UnknownDeliveryError) Error() string {
	return fmt.Sprintf("sandbox: there is no delivery %d", e.ID)
}

// A DeliveryFault injects an effect into some of the callbacks that match.
// Redeliveries are not affected, see [Sandbox.Redeliver].
type DeliveryFault struct {
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

// WithDeliveryFaults sets the faults of callbacks, see
// [Sandbox.SetDeliveryFaults].
func WithDeliveryFaults(faults ...DeliveryFault) Option {
	return optionFunc(func(s *settings) error {
		s.deliveryFaults = faults
		return checkDeliveryFaults("WithDeliveryFaults", faults)
	})
}

// SetDeliveryFaults replaces all faults of callbacks; without arguments it removes
// them. Counting starts again. If several faults match and select a callback, the
// first one applies, and those after it don't count the callback. If a fault is
// invalid, SetDeliveryFaults returns an [*api.ArgumentError] and changes nothing.
func (s *Sandbox) SetDeliveryFaults(faults ...DeliveryFault) error {
	if err := checkDeliveryFaults("faults", faults); err != nil {
		return err
	}
	s.store.Lock()
	defer s.store.Unlock()
	s.deliveries.faults.set(faults)
	return nil
}

// DeliveryFaults returns the faults of callbacks.
func (s *Sandbox) DeliveryFaults() []DeliveryFault {
	s.store.RLock()
	defer s.store.RUnlock()
	return slices.Clone(s.deliveries.faults.all)
}

// checkDeliveryFaults validates the faults of an argument.
func checkDeliveryFaults(argument string, faults []DeliveryFault) error {
	for i := range faults {
		if err := faults[i].check(); err != nil {
			err.Argument = fmt.Sprintf("%s[%d].%s", argument, i, err.Argument)
			return err
		}
	}
	return nil
}

// deliveryFaults are the faults of callbacks.
type deliveryFaults struct {
	all       []DeliveryFault
	selectors []selector // of each
	held      []posting  // until the next callback is posted
}

func (f *deliveryFaults) set(faults []DeliveryFault) {
	f.all = slices.Clone(faults)
	f.selectors = nil
	for _, fault := range faults {
		f.selectors = append(f.selectors, selector{Selection: fault.Selection})
	}
}

// plan returns what is to be posted of a callback now, and puts what is to be
// posted later into the agenda. The caller holds the store's lock.
func (s *Sandbox) plan(p posting, at time.Time) []posting {
	p.effect = s.nextDeliveryEffect(p.agentID)
	copies := []posting{p}
	if p.effect.Duplicate {
		copies = append(copies, p)
	}
	switch {
	case p.effect.Reorder:
		s.holdBack(copies, at)
		return nil
	case p.effect.Delay > 0:
		s.postLater(at.Add(p.effect.Delay), p.logID, func() []posting { return copies })
		return nil
	}
	faults := &s.deliveries.faults
	now := slices.Concat(copies, faults.held)
	faults.held = nil
	return now
}

// nextDeliveryEffect returns the effect of the fault that applies to the next
// callback, the zero effect if none does.
func (s *Sandbox) nextDeliveryEffect(agentID int64) DeliveryEffect {
	faults := &s.deliveries.faults
	for i, f := range faults.all {
		if (f.Match.AgentID == 0 || f.Match.AgentID == agentID) && faults.selectors[i].next(s.random) {
			return f.Effect
		}
	}
	return DeliveryEffect{}
}

// holdBack keeps the copies of a callback until another one is posted.
func (s *Sandbox) holdBack(copies []posting, at time.Time) {
	faults := &s.deliveries.faults
	faults.held = append(faults.held, copies...)
	logID := copies[0].logID
	s.postLater(at.Add(maxHeld), logID, func() []posting {
		isCopy := func(held posting) bool { return held.logID == logID }
		if !slices.ContainsFunc(faults.held, isCopy) {
			return nil
		}
		faults.held = slices.DeleteFunc(faults.held, isCopy)
		return copies
	})
}

// postLater posts at a time what take returns then, called with the store's lock.
func (s *Sandbox) postLater(at time.Time, logID int64, take func() []posting) {
	s.agenda.add(&occurrence{at: at, kind: lateDelivery, id: logID, do: func(ctx context.Context, d *drive) {
		s.store.Lock()
		postings := take()
		s.store.Unlock()
		for _, p := range postings {
			d.post(ctx, p)
		}
	}})
	s.rearm()
}
