package runs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// watchdogState is the state of a watchdog. The lock of the watchdog protects it.
type watchdogState struct {
	// now is the service's time at the latest complete poll.
	now time.Time
	// hasBegun means that judgeFrom and oldestStart are set.
	hasBegun bool
	// judgeFrom is the time after which due times are judged.
	judgeFrom time.Time
	// oldestStart is the time since which runs are recorded.
	oldestStart time.Time
	// judgedUntil is the time until which an earlier process has judged.
	judgedUntil time.Time

	agents map[int64]*watchedAgent
	// agentsReadAt is the service's time when the list of agents was read, and
	// agentsReadSince is the program's time, to measure the time since.
	agentsReadAt, agentsReadSince, agentsFailedAt time.Time
	agentPages                                    int
	agentsSize                                    int64
	// hasNewAgents means that logs of agents were read that no list contained.
	hasNewAgents bool
	// unlisted holds the agents with open alarms that the list did not contain.
	unlisted map[int64]bool

	runs map[int64]*agentRuns
	// starts is the number of runs that are recorded for due times.
	starts  int
	running map[int64]*runningLog
	// lastRun is the latest run of any agent.
	lastRun runStart
	// changedAgents holds the agents whose logs have changed.
	changedAgents map[int64]bool

	open map[alarmKey]*Alarm
	// pending holds the alarms that the program has not received.
	pending []Alarm
	// isChanged means that the alarms must be saved.
	isChanged bool
	savedAt   time.Time
	// savedNow is now when the state was saved.
	savedNow time.Time
}

// alarmKey identifies an open alarm. The agent of silence is 0.
type alarmKey struct {
	kind    AlarmKind
	agentID int64
}

// maxPending limits the number of alarms that the program has not received.
const maxPending = 100_000

// reset forgets everything but the alarms.
func (s *watchdogState) reset() {
	*s = watchdogState{
		judgedUntil:   s.judgedUntil,
		agents:        map[int64]*watchedAgent{},
		agentsSize:    firstAgentsSize,
		unlisted:      map[int64]bool{},
		runs:          map[int64]*agentRuns{},
		running:       map[int64]*runningLog{},
		changedAgents: map[int64]bool{},
		open:          s.open,
		pending:       s.pending,
	}
	if s.open == nil {
		s.open = map[alarmKey]*Alarm{}
	}
	for key, alarm := range s.open {
		switch key.kind {
		case AlarmStuck: // its log is requested unless the polls show it
			s.running[alarm.LogID] = &runningLog{agentID: key.agentID, started: alarm.Since, isStuck: true}
		case AlarmMissed, AlarmFailing:
			s.unlisted[key.agentID] = true
		case AlarmSilent:
		}
	}
}

// restart forgets the times of a clock that was set back.
func (s *watchdogState) restart(now time.Time, earlyStart time.Duration) {
	s.judgedUntil = time.Time{}
	s.reset()
	s.judgeFrom, s.oldestStart = now, now.Add(-earlyStart)
	s.now = now
	for key, alarm := range s.open {
		if alarm.Since.After(now) {
			s.resolve(key.kind, key.agentID, ResolvedByChange, 0)
		}
	}
}

// raise opens an alarm, unless one of its kind is open for the agent.
func (s *watchdogState) raise(alarm Alarm) {
	key := alarmKey{alarm.Kind, alarm.AgentID}
	if s.open[key] != nil || len(s.open) >= maxPending {
		return
	}
	alarm.Since, alarm.RaisedAt = alarm.Since.UTC(), s.now.UTC()
	s.open[key] = &alarm
	s.send(alarm)
}

// resolve closes an alarm if it is open.
func (s *watchdogState) resolve(kind AlarmKind, agentID int64, resolution Resolution, logID int64) {
	key := alarmKey{kind, agentID}
	alarm := s.open[key]
	if alarm == nil {
		return
	}
	delete(s.open, key)
	resolved := *alarm
	resolved.Resolution, resolved.ResolvedAt, resolved.Failures = resolution, s.now.UTC(), 0
	if logID != 0 {
		resolved.LogID = logID
	}
	s.send(resolved)
}

// send adds an alarm to those that the program has to receive. If there are too
// many, the oldest ones are dropped.
func (s *watchdogState) send(alarm Alarm) {
	s.isChanged = true
	if len(s.pending) >= maxPending {
		s.pending = slices.Delete(s.pending, 0, 1)
	}
	s.pending = append(s.pending, alarm)
}

// compareAlarms orders alarms by the time at which they were raised or resolved.
func compareAlarms(a, b Alarm) int {
	return cmp.Or(later(a.RaisedAt, a.ResolvedAt).Compare(later(b.RaisedAt, b.ResolvedAt)),
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.AgentID, b.AgentID))
}

func (s *watchdogState) hasAlarm(agentID int64) bool {
	for _, kind := range []AlarmKind{AlarmMissed, AlarmStuck, AlarmFailing} {
		if s.open[alarmKey{kind, agentID}] != nil {
			return true
		}
	}
	return false
}

func (s *watchdogState) openAlarms() []Alarm {
	alarms := make([]Alarm, 0, len(s.open))
	for _, alarm := range s.open {
		alarms = append(alarms, *alarm)
	}
	slices.SortFunc(alarms, func(a, b Alarm) int { return cmp.Compare(a.Key(), b.Key()) })
	return alarms
}

// savedAlarms is the saved form of the alarms.
type savedAlarms struct {
	Format      int       `json:"format"`
	Org         string    `json:"org"`
	JudgedUntil time.Time `json:"judged_until"`
	Open        []Alarm   `json:"open"`
	Pending     []Alarm   `json:"pending"`
}

const alarmFormat = 1

// load loads the saved alarms and prepares the watchdog for the first poll.
func (w *Watchdog) load(ctx context.Context, s *settings) error {
	var saved savedAlarms
	if w.store != nil {
		var text []byte
		err := w.stores.Call(ctx, func(ctx context.Context) (err error) {
			text, err = w.store.Load(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("runs: the alarms can't be loaded: %w", err)
		}
		if len(text) > 0 {
			if err := json.Unmarshal(text, &saved); err != nil || saved.Format != alarmFormat {
				return fmt.Errorf("%w (to start without alarms, remove them)", ErrAlarmFormat)
			}
			if saved.Org != w.client.Org() {
				return fmt.Errorf("%w: they belong to the org %q", ErrAlarmFormat, saved.Org)
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settings = s
	if saved.Format != 0 {
		w.state = watchdogState{judgedUntil: saved.JudgedUntil, open: map[alarmKey]*Alarm{}, pending: saved.Pending}
		for _, alarm := range saved.Open {
			w.state.open[alarmKey{alarm.Kind, alarm.AgentID}] = &alarm
		}
	} else if until := w.state.judgedTo(w.grace); !until.IsZero() {
		w.state.judgedUntil = until
	}
	w.state.reset()
	return nil
}

// judgedTo returns the time until which all due times are judged.
func (s *watchdogState) judgedTo(grace time.Duration) time.Time {
	switch {
	case s.now.IsZero():
		return s.judgedUntil
	case s.agentsReadAt.IsZero(): // no agent is judged yet
		return s.judgeFrom
	}
	until := s.now.Add(-grace - 1) // a due time at the end of the grace period is not judged yet
	for _, agent := range s.agents {
		if !agent.next.IsZero() && agent.next.Before(until) {
			until = agent.next.Add(-1)
		}
	}
	return later(until, s.judgeFrom)
}

// saveInterval is the time after which the state is saved although no alarm was
// raised or resolved.
const saveInterval = 5 * time.Minute

// save saves the alarms if they have changed, or if force is set and there was a
// poll since the last save.
func (w *Watchdog) save(ctx context.Context, force bool) {
	if w.store == nil {
		return
	}
	w.mu.Lock()
	s := &w.state
	if s.now.IsZero() || !s.isChanged && (s.now.Equal(s.savedNow) || !force && time.Since(s.savedAt) < saveInterval) {
		w.mu.Unlock()
		return
	}
	saved := savedAlarms{Format: alarmFormat, Org: w.client.Org(), JudgedUntil: s.judgedTo(w.grace), Open: s.openAlarms(), Pending: slices.Clone(s.pending)}
	s.isChanged, s.savedAt, s.savedNow = false, time.Now(), s.now
	w.mu.Unlock()
	text, err := json.Marshal(saved)
	if err == nil {
		err = w.stores.Call(ctx, func(ctx context.Context) error { return w.store.Save(ctx, text) })
	}
	if err != nil {
		w.mu.Lock()
		s.isChanged = true
		w.mu.Unlock()
		w.report(fmt.Errorf("runs: the alarms can't be saved: %w", err))
	}
}

func sortedKeys(set map[int64]bool) []int64 { return slices.Sorted(maps.Keys(set)) }
