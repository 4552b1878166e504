package sandbox

import (
	"context"
	"slices"
	"strings"
	"time"
)

// previous is the agent that a waits for, nil if there is none.
func (a *agent) previous() *agent {
	if a.PreviousAgent == nil {
		return nil
	}
	return a.org.agents.byID(*a.PreviousAgent)
}

// isReady reports whether the previous agent is in the state that a waits for.
func (a *agent) isReady() bool {
	previous := a.previous()
	return previous == nil || previous.status() == a.PreviousAgentStatus
}

// input is the prompt that a run gets: the agent's own, and what the previous
// agent has put out.
func (a *agent) input() string {
	parts := []string{a.Prompt}
	if previous := a.previous(); previous != nil {
		parts = append(parts, previous.output)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "\n\n")
}

// letGo has those of the waiting agents run at a time that are ready now. Each
// waits for one run, however often it was due, so a cycle of agents comes to
// rest. The caller holds the store's lock.
func (s *Sandbox) letGo(o *org, at time.Time) {
	for a := range o.waiting {
		if !a.isReady() {
			continue
		}
		delete(o.waiting, a)
		s.agenda.add(&occurrence{at: at, kind: startOfRun, id: a.ID, do: func(ctx context.Context, d *drive) {
			s.startAwaited(ctx, d, a, at)
		}})
		s.rearm()
	}
}

// startAwaited starts a run that had to wait, unless the agent is gone, disabled,
// or has to wait again.
func (s *Sandbox) startAwaited(ctx context.Context, d *drive, a *agent, at time.Time) {
	s.store.Lock()
	if a.deleted || !a.Task.Enabled {
		s.store.Unlock()
		return
	}
	if !a.isReady() {
		a.org.waiting[a] = true
		s.store.Unlock()
		return
	}
	l, run := s.begin(a, at)
	s.store.Unlock()
	s.carryOut(ctx, d, l, run)
}
