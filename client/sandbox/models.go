package sandbox

import (
	"iter"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// PeriodicAgent returns an agent of any org with its callback_secret, or an
// [*UnknownAgentError].
func (s *Sandbox) PeriodicAgent(agentID int64) (*client.PeriodicAgent, error) {
	s.store.RLock()
	defer s.store.RUnlock()
	a := s.store.agent(agentID)
	if a == nil {
		return nil, &UnknownAgentError{ID: agentID}
	}
	return &client.PeriodicAgent{
		ID:          a.ID,
		Mentor:      a.mentor.Mentor,
		Title:       a.Title,
		Username:    a.Username,
		Description: a.Description,
		Prompt:      a.Prompt,
		Task: client.PeriodicTask{
			ID:        a.Task.ID,
			Name:      a.Task.Name,
			Crontab:   a.Task.Crontab,
			OneOff:    a.Task.OneOff,
			StartTime: nullable(a.Task.StartTime),
			Enabled:   a.Task.Enabled,
		},
		CreatedAt:           client.Time{Time: a.CreatedAt.Time()},
		ModifiedAt:          client.Time{Time: a.ModifiedAt.Time()},
		Enabled:             a.Task.Enabled,
		OneOff:              a.Task.OneOff,
		PlatformKey:         a.PlatformKey,
		Pathway:             a.Pathway,
		CallbackURL:         a.CallbackURL,
		CallbackSecret:      api.NewSecret(a.CallbackSecret),
		ParentSessionID:     a.ParentSessionID,
		ParentMentorID:      a.ParentMentorID,
		PreviousAgent:       a.PreviousAgent,
		PreviousAgentStatus: a.PreviousAgentStatus,
		PreviousAgentOutput: a.previousOutput(),
	}, nil
}

// PeriodicAgentIDs returns the ids of an org's agents in ascending order. It returns
// none if the org doesn't exist.
func (s *Sandbox) PeriodicAgentIDs(org string) []int64 {
	s.store.RLock()
	defer s.store.RUnlock()
	o := s.store.orgs[org]
	if o == nil {
		return nil
	}
	var ids []int64
	for _, a := range o.agents.After(0) {
		ids = append(ids, a.ID)
	}
	return ids
}

// maxLogsAtOnce is the number of logs that are copied under the lock.
const maxLogsAtOnce = 1024

// Logs yields the logs of an org's runs that started at from or later and before
// to, in the order of their ids. That is the order in which the runs started,
// unless [WithPeriodicAgentLog] has other ids. It yields none if the org doesn't
// exist. The loop may use the sandbox; it may or may not see changes.
func (s *Sandbox) Logs(org string, from, to time.Time) iter.Seq[*client.PeriodicAgentLog] {
	return func(yield func(*client.PeriodicAgentLog) bool) {
		var last int64
		var logs []client.PeriodicAgentLog
		for {
			logs = s.logsAfter(logs[:0], last, org, from, to)
			for _, l := range logs {
				if !yield(&l) {
					return
				}
			}
			if len(logs) < maxLogsAtOnce {
				return
			}
			last = logs[len(logs)-1].ID
		}
	}
}

// logsAfter appends the first logs with higher ids than last.
func (s *Sandbox) logsAfter(found []client.PeriodicAgentLog, last int64, org string, from, to time.Time) []client.PeriodicAgentLog {
	s.store.RLock()
	defer s.store.RUnlock()
	o := s.store.orgs[org]
	if o == nil {
		return found
	}
	for _, l := range o.logs.After(last) {
		if start := l.StartTime.Time(); start.Before(from) || !start.Before(to) {
			continue
		}
		if found = append(found, *logModel(l)); len(found) == maxLogsAtOnce {
			break
		}
	}
	return found
}

// logModel returns a log as the client's model.
func logModel(l *log) *client.PeriodicAgentLog {
	return &client.PeriodicAgentLog{
		ID:            l.ID,
		Content:       l.Content,
		Status:        l.Status,
		StartTime:     client.Time{Time: l.StartTime.Time()},
		EndTime:       nullable(l.EndTime),
		CreatedAt:     client.Time{Time: l.CreatedAt.Time()},
		ModifiedAt:    client.Time{Time: l.ModifiedAt.Time()},
		PeriodicAgent: l.PeriodicAgent,
	}
}

// Mentors returns the mentors of an org with all generated fields, in the order of
// their ids. It returns none if the org doesn't exist.
func (s *Sandbox) Mentors(org string) []*client.Mentor {
	s.store.RLock()
	defer s.store.RUnlock()
	o := s.store.orgs[org]
	if o == nil {
		return nil
	}
	mentors := make([]*client.Mentor, len(o.mentors))
	for i, m := range o.mentors {
		copied := m.Mentor
		mentors[i] = &copied
	}
	return mentors
}

// nullable returns d as in the client's models.
func nullable(d django.DateTime) *client.Time {
	if d.IsNull() {
		return nil
	}
	return &client.Time{Time: d.Time()}
}

// RunDetails returns the details of the run with a log, even before the log appears
// (see [Sandbox.SetLogDelay]) and after it is deleted. It returns false if there is no
// such run, or its agent was deleted.
func (s *Sandbox) RunDetails(logID int64) (RunDetails, bool) {
	s.store.RLock()
	defer s.store.RUnlock()
	l := s.store.run(logID)
	if l == nil {
		return RunDetails{}, false
	}
	details := l.details
	details.Org, details.AgentID, details.LogID, details.Prompt = l.agent.org.key, l.PeriodicAgent, l.ID, l.prompt
	return details, true
}
