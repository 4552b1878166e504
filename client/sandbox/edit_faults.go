package sandbox

// A FaultState is a [Fault] and what it has done since it was set.
type FaultState struct {
	Fault

	// Matched is the number of requests that matched.
	Matched int
	// Applied is the number of requests that the fault applied to.
	Applied int
}

// A DeliveryFaultState is a [DeliveryFault] and what it has done since it was set.
type DeliveryFaultState struct {
	DeliveryFault

	// Matched is the number of callbacks that matched.
	Matched int
	// Applied is the number of callbacks that the fault applied to.
	Applied int
}

// FaultStates returns the faults of requests and what they have done.
func (s *Sandbox) FaultStates() []FaultState {
	f := &s.service.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	states := make([]FaultState, len(f.set))
	for i, c := range f.set {
		states[i] = FaultState{c.fault, c.selector.matched, c.selector.selected}
	}
	return states
}

// DeliveryFaultStates returns the faults of callbacks and what they have done.
func (s *Sandbox) DeliveryFaultStates() []DeliveryFaultState {
	s.deliveries.mu.Lock()
	defer s.deliveries.mu.Unlock()
	states := make([]DeliveryFaultState, len(s.deliveries.faults.set))
	for i, c := range s.deliveries.faults.set {
		states[i] = DeliveryFaultState{c.fault, c.selector.matched, c.selector.selected}
	}
	return states
}

// EditFaults replaces the faults of requests by those that edit returns; edit
// receives a copy of the present ones, and must not use the sandbox. A fault that
// stays the same keeps its counters, so that several programs can each change
// their own faults. If a fault is invalid, EditFaults returns an
// [*api.ArgumentError] and changes nothing.
func (s *Sandbox) EditFaults(edit func(faults []Fault) []Fault) error {
	f := &s.service.faults
	f.mu.Lock()
	faults := edit(f.set.faults())
	err := checkFaults("faults", faults)
	if err == nil {
		f.set = f.set.replace(faults)
	}
	f.mu.Unlock()
	if err == nil {
		s.events.publish(Event{Type: EventFaultsChanged})
	}
	return err
}

// EditDeliveryFaults replaces the faults of callbacks, as [Sandbox.EditFaults] does
// those of requests.
func (s *Sandbox) EditDeliveryFaults(edit func(faults []DeliveryFault) []DeliveryFault) error {
	d := s.deliveries
	d.mu.Lock()
	faults := edit(d.faults.set.faults())
	err := checkDeliveryFaults("faults", faults)
	if err == nil {
		d.faults.set = d.faults.set.replace(faults)
	}
	d.mu.Unlock()
	if err == nil {
		s.events.publish(Event{Type: EventFaultsChanged})
	}
	return err
}

// SetFaults replaces all faults of requests; without arguments it removes them.
// Counting and random numbers start again. If several faults match and select a
// request, the first one applies, and those after it don't count the request: so
// faults with Times follow each other. Requests in flight keep their fault. If a
// fault is invalid, SetFaults returns an [*api.ArgumentError] and changes nothing.
func (s *Sandbox) SetFaults(faults ...Fault) error {
	if err := checkFaults("faults", faults); err != nil {
		return err
	}
	s.service.faults.reset(faults)
	s.events.publish(Event{Type: EventFaultsChanged})
	return nil
}

// Faults returns the faults of requests.
func (s *Sandbox) Faults() []Fault {
	s.service.faults.mu.Lock()
	defer s.service.faults.mu.Unlock()
	return s.service.faults.set.faults()
}

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
