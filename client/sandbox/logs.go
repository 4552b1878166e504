package sandbox

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A log is the log of one run, as it is kept and as it is written.
type log struct {
	ID            int64           `json:"id"`
	Content       string          `json:"content"`
	Status        api.Status      `json:"status"`
	StartTime     django.DateTime `json:"start_time"`
	EndTime       django.DateTime `json:"end_time"`
	CreatedAt     django.DateTime `json:"created_at"`
	ModifiedAt    django.DateTime `json:"modified_at"`
	PeriodicAgent int64           `json:"periodic_agent"`

	agent  *agent
	prompt string // that the run got
}

func (l *log) rowID() int64 { return l.ID }

// model is the log as the client has it.
func (l *log) model() client.PeriodicAgentLog {
	return client.PeriodicAgentLog{
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

// maxLogsAtOnce is how many logs are copied while nothing can be written.
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

// logsAfter appends the first logs with an id above last.
func (s *Sandbox) logsAfter(found []client.PeriodicAgentLog, last int64, org string, from, to time.Time) []client.PeriodicAgentLog {
	s.store.RLock()
	defer s.store.RUnlock()
	o := s.store.orgs[org]
	if o == nil {
		return found
	}
	at, _ := slices.BinarySearchFunc(o.logs, last+1, func(l *log, id int64) int { return cmp.Compare(l.ID, id) })
	for _, l := range o.logs[at:] {
		if start := l.StartTime.Time(); start.Before(from) || !start.Before(to) {
			continue
		}
		if found = append(found, l.model()); len(found) == maxLogsAtOnce {
			break
		}
	}
	return found
}

// logStatuses are the choices of a log's status.
var logStatuses = []api.Status{
	api.StatusSuccess,
	api.StatusError,
	api.StatusRunning,
}

var logListing = listing[*log]{
	filters: []filter[*log]{
		ofAgent(hasMentor("mentor_id", func(a *agent) *mentor { return a.mentor })),
		ofAgent(hasNumber("parent_mentor_id", func(a *agent) *int64 { return a.ParentMentorID })),
		ofAgent(equals("parent_session_id", func(a *agent) string { return a.ParentSessionID })),
		hasAgent("periodic_agent", func(l *log) *int64 { return &l.PeriodicAgent }),
		isOneOf("status", logStatuses, func(l *log) api.Status { return l.Status }),
		ofAgent(equals("username", func(a *agent) string { return a.Username })),
	},
	orders: map[string]func(a, b *log) int{
		"id":             by((*log).rowID),
		"content":        by(func(l *log) string { return l.Content }),
		"status":         by(func(l *log) api.Status { return l.Status }),
		"start_time":     byTime(func(l *log) django.DateTime { return l.StartTime }),
		"end_time":       byTime(func(l *log) django.DateTime { return l.EndTime }),
		"created_at":     byTime(func(l *log) django.DateTime { return l.CreatedAt }),
		"modified_at":    byTime(func(l *log) django.DateTime { return l.ModifiedAt }),
		"periodic_agent": by(func(l *log) int64 { return l.PeriodicAgent }),
	},
	search: func(o *org, w *word) func(*log) bool {
		isTitled := o.logsOf(func(a *agent) bool { return w.isIn(a.Title) })
		return func(l *log) bool { return isTitled(l) || w.isIn(l.Content) }
	},
	standing: func(o *org, field string) bool { return field == "created_at" && !o.logsMixed },
}

// addLog adds a log, whose id must be the highest so far.
func (o *org) addLog(l *log) {
	if newest := len(o.logs) - 1; newest >= 0 && l.CreatedAt < o.logs[newest].CreatedAt {
		o.logsMixed = true
	}
	o.logs.add(l)
}

// ofAgent matches logs by what filters their agents. It looks at each agent once
// and not once for each of its logs.
func ofAgent(f filter[*agent]) filter[*log] {
	return filter[*log]{f.name, func(o *org, value string) (func(*log) bool, string) {
		match, message := f.parse(o, value)
		if match == nil {
			return nil, message
		}
		return o.logsOf(match), ""
	}}
}

// logsOf matches the logs of the agents that match.
func (o *org) logsOf(match func(*agent) bool) func(*log) bool {
	var matching []bool // by the agent's id
	if count := len(o.agents); count > 0 {
		matching = make([]bool, o.agents[count-1].ID+1)
	}
	inShares(len(o.agents), func(_, begin, end int) {
		for _, a := range o.agents[begin:end] {
			matching[a.ID] = match(a)
		}
	})
	return func(l *log) bool { return matching[l.PeriodicAgent] }
}

func (c *call) listLogs() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	logs, refusal := logListing.choose(c, c.org.logs)
	if refusal != nil {
		return refusal
	}
	return paginate(c, logs, logListing.order(c), func(l *log) any { return *l })
}

func (c *call) retrieveLog() *django.Response {
	id, isNumber := django.ParseInt(c.id)
	if !isNumber {
		return django.NotFound()
	}
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	l := c.org.logs.byID(id)
	if l == nil {
		return django.ObjectNotFound("PeriodicAgentLog")
	}
	return django.OK(*l)
}
