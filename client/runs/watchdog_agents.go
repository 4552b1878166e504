package runs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
)

const (
	// agentsInterval is the time after which the list of agents is read again, for
	// each page that it has. It is limited to maxAgentsInterval.
	agentsInterval    = 5 * time.Minute
	maxAgentsInterval = time.Hour
	// maxAgents limits the number of agents that a watchdog judges.
	maxAgents = 1_000_000
	// firstAgentsSize is the page size that is requested. The service reduces it to
	// its own maximum.
	firstAgentsSize = 1000
)

// maxTitle is the number of bytes of a title that an alarm contains at most.
const maxTitle = 1020 // 255 characters, as the service allows

// truncate returns the first bytes of a text, without a part of a character.
func truncate(text string, length int) string {
	if len(text) <= length {
		return text
	}
	return strings.ToValidUTF8(text[:length], "")
}

// watchedAgent is an agent as it was last read.
type watchedAgent struct {
	id         int64
	title      string
	plan       plan
	createdAt  time.Time
	modifiedAt time.Time
	// judgeFrom is the time after which its due times are judged.
	judgeFrom time.Time
	// next is the first due time that is not judged yet. It is zero if it has to be
	// computed, or if there is none.
	next time.Time
	// hasNone means that there is no further due time.
	hasNone bool
}

// plan is what decides when an agent runs. Plans can be compared.
type plan struct {
	enabled, oneOff bool
	schedule        crontab.Schedule
	isRunnable      bool // celery can run the schedule
	startTime       time.Time
	previousAgent   int64
	previousStatus  api.Status
}

func newPlan(agent *client.PeriodicAgent, location *time.Location) plan {
	p := plan{
		enabled:        agent.Task.Enabled,
		oneOff:         agent.Task.OneOff,
		previousStatus: normalize(agent.PreviousAgentStatus),
	}
	if schedule, err := agent.Task.Crontab.Fields().Parse(); err == nil {
		p.schedule, p.isRunnable = schedule.In(location), true
	}
	if agent.Task.StartTime != nil {
		p.startTime = agent.Task.StartTime.UTC() // so that plans can be compared
	}
	if agent.PreviousAgent != nil {
		p.previousAgent = *agent.PreviousAgent
	}
	return p
}

// isJudged reports whether due times of the plan can be judged at all.
func (p *plan) isJudged() bool { return p.enabled && p.isRunnable }

// dueAfter returns the first due time after t.
func (p *plan) dueAfter(t time.Time) (time.Time, bool) {
	if !p.isJudged() {
		return time.Time{}, false
	}
	return p.schedule.Next(later(t, p.startTime))
}

// update records an agent that was read. The plan may have changed at any time
// since it was last read, unless modified_at tells when. The caller holds the
// lock.
func (w *Watchdog) update(agent *client.PeriodicAgent) {
	s := &w.state
	read := &watchedAgent{
		id: agent.ID, title: truncate(agent.Title, maxTitle), plan: newPlan(agent, w.location),
		createdAt: agent.CreatedAt.Time, modifiedAt: agent.ModifiedAt.Time,
	}
	changed := later(read.createdAt, read.modifiedAt)
	known := s.agents[agent.ID]
	switch {
	case changed.IsZero() && known == nil:
		changed = s.now
	case known != nil && known.plan != read.plan && !read.modifiedAt.After(known.modifiedAt):
		changed = later(changed, s.now)
	}
	if !changed.IsZero() {
		read.judgeFrom = changed.Add(w.grace)
	}
	read.judgeFrom = later(read.judgeFrom, s.judgeFrom)
	if known != nil {
		read.judgeFrom = later(read.judgeFrom, known.judgeFrom)
		if known.plan == read.plan && !known.judgeFrom.Before(read.judgeFrom) {
			read.next, read.hasNone = known.next, known.hasNone
		}
	}
	w.resolveChanged(known, read)
	if read.next.Before(read.judgeFrom) && !read.hasNone {
		read.next = time.Time{}
	}
	if known == nil && len(s.agents) >= maxAgents {
		return
	}
	s.agents[agent.ID] = read
	if known == nil {
		s.changedAgents[agent.ID] = true
	}
	for _, running := range s.running {
		if running.agentID == agent.ID {
			running.limit = time.Time{}
		}
	}
}

// resolveChanged resolves the alarms of an agent that was disabled, or whose
// plan has changed. The caller holds the lock.
func (w *Watchdog) resolveChanged(known, read *watchedAgent) {
	s := &w.state
	missed := s.open[alarmKey{AlarmMissed, read.id}]
	switch {
	case !read.plan.enabled:
		s.resolve(AlarmMissed, read.id, ResolvedByDisabling, 0)
		s.resolve(AlarmFailing, read.id, ResolvedByDisabling, 0)
	case known != nil && known.plan != read.plan, known == nil && missed != nil && read.modifiedAt.After(missed.RaisedAt):
		s.resolve(AlarmMissed, read.id, ResolvedByChange, 0)
	}
}

// remove removes an agent that was deleted. The caller holds the lock.
func (w *Watchdog) remove(agentID int64) {
	s := &w.state
	delete(s.agents, agentID)
	for id, running := range s.running {
		if running.agentID == agentID {
			delete(s.running, id)
		}
	}
	for _, kind := range []AlarmKind{AlarmMissed, AlarmStuck, AlarmFailing} {
		s.resolve(kind, agentID, ResolvedByDeletion, 0)
	}
}

// nextDue returns the first due time that is not judged yet.
func (a *watchedAgent) nextDue() (time.Time, bool) {
	if a.next.IsZero() && !a.hasNone {
		a.skipTo(a.judgeFrom)
	}
	return a.next, !a.hasNone
}

// skipTo makes the first due time after t the next one to judge.
func (a *watchedAgent) skipTo(t time.Time) {
	next, ok := a.plan.dueAfter(t)
	a.next, a.hasNone = next, !ok
}

// mustReadAgents reports whether the list of agents has to be read again. The
// caller holds the lock.
func (s *watchdogState) mustReadAgents() bool {
	if s.agentsReadAt.IsZero() {
		return true
	}
	wait := min(agentsInterval*time.Duration(max(1, s.agentPages)), maxAgentsInterval)
	if s.hasNewAgents {
		wait = agentsInterval
	}
	return s.now.Sub(s.agentsReadAt) >= wait || time.Since(s.agentsReadSince) >= wait
}

// readAgents reads the list of enabled agents.
func (w *Watchdog) readAgents(ctx context.Context) error {
	w.mu.Lock()
	options, mentor, size := w.settings.allOptions(), w.settings.params.MentorID, w.state.agentsSize
	w.mu.Unlock()
	enabled := true
	listed := map[int64]bool{}
	for {
		err := func() error {
			params := client.PeriodicAgentListParams{Enabled: &enabled, MentorID: mentor, PageSize: size}
			for agent, err := range w.client.PeriodicAgents.All(ctx, &params, options...) {
				if err != nil {
					return err
				}
				if agent.ID < 1 || listed[agent.ID] {
					continue
				}
				listed[agent.ID] = true
				w.mu.Lock()
				w.update(agent)
				w.mu.Unlock()
				if len(listed) > maxAgents {
					return fmt.Errorf("there are more than %d", maxAgents)
				}
			}
			return nil
		}()
		if err == nil {
			break
		}
		if !isUnreadable(err) || size <= 1 {
			return fmt.Errorf("%w: %w", ErrAgentsUnread, err)
		}
		size /= 2
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.state
	s.agentsSize = size
	s.agentPages = (len(listed) + int(size) - 1) / int(size)
	s.agentsReadAt, s.agentsReadSince = s.now, time.Now()
	for id := range s.agents {
		if !listed[id] && !s.hasAlarm(id) {
			delete(s.agents, id)
		}
	}
	for key := range s.open {
		if key.agentID != 0 && !listed[key.agentID] {
			s.unlisted[key.agentID] = true
		}
	}
	s.hasNewAgents = false
	s.removeUnknownRuns()
	return nil
}

// readAgent reads an agent again. It returns nil if the agent was deleted, or no
// longer belongs to the agents that are watched.
func (w *Watchdog) readAgent(ctx context.Context, id int64) (*watchedAgent, error) {
	agent, err := w.client.PeriodicAgents.Get(ctx, id, w.settings.callOptions...)
	if err != nil && !isNotFound(err) {
		return nil, fmt.Errorf("%w: agent %d: %w", ErrAgentsUnread, id, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || agent.ID != id || w.settings.params.MentorID != "" && agent.Mentor.UniqueID != w.settings.params.MentorID {
		w.remove(id)
		return nil, nil //nolint:nilnil // as documented
	}
	w.update(agent)
	return w.state.agents[id], nil
}
