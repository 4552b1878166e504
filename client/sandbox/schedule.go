package sandbox

import (
	"context"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// An AgentState is the state of an agent: its latest run and its next.
type AgentState struct {
	// Status is the status of the agent's latest run, or [api.StatusPending] if it
	// has not run yet.
	Status api.Status
	// NextRun is the time at which the schedule starts the next run. It is zero if
	// the agent is disabled or its schedule never runs.
	NextRun time.Time
	// Waiting means that the agent is due, and starts when its previous agent has the
	// status that previous_agent_status asks for.
	Waiting bool
}

// AgentState returns the state of an agent of any org, or an [*UnknownAgentError].
func (s *Sandbox) AgentState(agentID int64) (AgentState, error) {
	s.store.RLock()
	defer s.store.RUnlock()
	a := s.store.agent(agentID)
	if a == nil {
		return AgentState{}, &UnknownAgentError{ID: agentID}
	}
	state := AgentState{Status: a.status(), Waiting: a.org.waiting[a]}
	if a.due != nil {
		state.NextRun = a.due.at
	}
	return state, nil
}

// schedule puts the agent's next run into the agenda, in place of what it was. The
// caller holds the store's lock.
//
// A crontab that celery can't read is accepted by the service, and skipped
// without a word.
func (s *Sandbox) schedule(a *agent) {
	s.unschedule(a)
	if !a.Task.Enabled {
		return
	}
	parsed, err := a.Task.Crontab.Fields().Parse()
	if err != nil {
		return
	}
	a.schedule = parsed
	from := s.clock.now()
	if start := a.Task.StartTime.Time(); start.After(from) {
		from = start.Add(-time.Nanosecond) // a run at the very start counts
	}
	s.scheduleAfter(a, from)
}

func (s *Sandbox) scheduleAfter(a *agent, from time.Time) {
	at, ok := a.schedule.Next(from)
	if !ok {
		return
	}
	due := &occurrence{at: at, kind: startOfRun, id: a.ID}
	due.do = func(ctx context.Context, d *drive) { s.fallDue(ctx, d, a, due) }
	a.due = due
	s.agenda.add(due)
	s.rearm()
}

// unschedule takes away the agent's next run, and what it waits for.
func (s *Sandbox) unschedule(a *agent) {
	s.agenda.remove(a.due)
	a.due = nil
	delete(a.org.waiting, a)
}

// fallDue starts the run of an agent, or has it wait for its previous agent.
func (s *Sandbox) fallDue(ctx context.Context, d *drive, a *agent, due *occurrence) {
	s.store.Lock()
	if a.due != due { // it was changed or deleted at the last moment
		s.store.Unlock()
		return
	}
	a.due = nil
	if !a.Task.OneOff {
		s.scheduleAfter(a, due.at)
	}
	if !a.isReady() {
		a.org.waiting[a] = true
		s.store.Unlock()
		return
	}
	l, run := s.begin(a, due.at)
	s.store.Unlock()
	s.carryOut(ctx, d, l, run)
}
