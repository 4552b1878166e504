package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrDropped is why a callback was not sent: a [DeliveryFault] wanted it so.
var ErrDropped = errors.New("sandbox: dropped by a delivery fault")

// maxHeld is how long a callback is held back that is to come after the next one,
// on the sandbox's clock.
const maxHeld = time.Minute

// UnknownDeliveryError is what was asked of a delivery that there was not, or that
// is no longer kept.
type UnknownDeliveryError struct {
	// ID is the id that no delivery has.
	ID int64
}

func (e *UnknownDeliveryError) Error() string {
	return fmt.Sprintf("sandbox: there is no delivery %d", e.ID)
}

// A DeliveryFault goes wrong with the callbacks that it matches. What it says may
// be combined.
type DeliveryFault struct {
	// AgentID is whose callbacks are meant; 0 for all.
	AgentID int64
	// After is how many callbacks that match pass unharmed at first, and Times how
	// many are harmed; 0 for all.
	After, Times int
	// Probability is how likely one is harmed whose turn it is; 0 for always. See
	// [WithSeed].
	Probability float64

	// Delay posts the callback so much later, on the sandbox's clock.
	Delay time.Duration
	// Duplicate posts it twice.
	Duplicate bool
	// Reorder posts it after the callback that comes next, or a minute later on the
	// sandbox's clock if none has come by then.
	Reorder bool
	// Drop does not send it: its Delivery has [ErrDropped].
	Drop bool
	// WrongSignature signs it with another secret, if the agent has one at all.
	WrongSignature bool
}

func (f *DeliveryFault) check(option string, i int) error {
	reason := (&chance{after: f.After, times: f.Times, probability: f.Probability}).check()
	switch {
	case reason != "":
	case f.Delay < 0:
		reason = fmt.Sprintf("has the Delay %v, but it must not be negative", f.Delay)
	case f.Delay > 0 && f.Reorder:
		reason = "has both Delay and Reorder: choose one"
	case f.Drop && (f.Delay > 0 || f.Reorder || f.Duplicate || f.WrongSignature):
		reason = "has Drop and something that needs it to be sent: choose one"
	case f.effects() == nil:
		reason = "does nothing: set Delay, Duplicate, Reorder, Drop or WrongSignature"
	}
	if reason == "" {
		return nil
	}
	return &OptionError{Option: option, Reason: fmt.Sprintf("%d %s", i, reason)}
}

// effects are what the fault does, in words.
func (f *DeliveryFault) effects() (effects []string) {
	for _, effect := range []struct {
		wanted bool
		words  string
	}{
		{f.Delay > 0, "delayed"},
		{f.Duplicate, "duplicate"},
		{f.Reorder, "reordered"},
		{f.Drop, "dropped"},
		{f.WrongSignature, "wrong signature"},
	} {
		if effect.wanted {
			effects = append(effects, effect.words)
		}
	}
	return effects
}

// WithDeliveryFaults sets what goes wrong with callbacks from the start. See
// [Sandbox.SetDeliveryFaults].
func WithDeliveryFaults(faults ...DeliveryFault) Option {
	return func(s *settings) error {
		s.deliveryFaults = faults
		return checkDeliveryFaults("WithDeliveryFaults", faults)
	}
}

// SetDeliveryFaults sets what goes wrong with callbacks from now on, in place of
// all that did; nothing does if there are none. The first that matches a callback,
// and whose turn it is, harms it. An error is an [*OptionError], and changes nothing.
func (s *Sandbox) SetDeliveryFaults(faults ...DeliveryFault) error {
	if err := checkDeliveryFaults("SetDeliveryFaults", faults); err != nil {
		return err
	}
	s.store.Lock()
	defer s.store.Unlock()
	s.deliveries.faults.set(faults)
	return nil
}

// DeliveryFaults returns what goes wrong with callbacks.
func (s *Sandbox) DeliveryFaults() []DeliveryFault {
	s.store.RLock()
	defer s.store.RUnlock()
	return slices.Clone(s.deliveries.faults.all)
}

func checkDeliveryFaults(option string, faults []DeliveryFault) error {
	for i := range faults {
		if err := faults[i].check(option, i); err != nil {
			return err
		}
	}
	return nil
}

// deliveryFaults are what goes wrong, and what came of it so far.
type deliveryFaults struct {
	all     []DeliveryFault
	chances []chance  // of each
	held    []posting // until the next callback is posted
}

func (f *deliveryFaults) set(faults []DeliveryFault) {
	f.all = slices.Clone(faults)
	f.chances = nil
	for _, fault := range faults {
		f.chances = append(f.chances, chance{after: fault.After, times: fault.Times, probability: fault.Probability})
	}
}

// plan returns what is to be posted of a callback now, and puts what is to be
// posted later into the agenda. The caller holds the store's lock.
func (s *Sandbox) plan(p posting, at time.Time) []posting {
	f := s.strikeDelivery(&p)
	copies := []posting{p}
	if f.Duplicate {
		copies = append(copies, p)
	}
	switch {
	case f.Reorder:
		s.holdBack(copies, at)
		return nil
	case f.Delay > 0:
		s.postLater(at.Add(f.Delay), p.logID, func() []posting { return copies })
		return nil
	}
	faults := &s.deliveries.faults
	now := slices.Concat(copies, faults.held)
	faults.held = nil
	return now
}

// strikeDelivery is the fault that harms the callback, the zero fault for none.
func (s *Sandbox) strikeDelivery(p *posting) (struck DeliveryFault) {
	faults := &s.deliveries.faults
	for i, f := range faults.all {
		if (f.AgentID == 0 || f.AgentID == p.agentID) && faults.chances[i].strikes(s.random) {
			p.fault = strings.Join(f.effects(), ", ")
			p.forged, p.dropped = f.WrongSignature, f.Drop
			return f
		}
	}
	return DeliveryFault{}
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
