package sandbox

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
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

// RowID is the log's id.
func (l *log) RowID() int64 { return l.ID }

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

// logListing says how the logs of o can be filtered, searched and sorted.
func logListing(o *org) *listing.Listing[*log] {
	return &listing.Listing[*log]{
		Filters: []listing.Filter[*log]{
			listing.UUIDFilter("mentor_id", func(l *log) string { return l.agent.mentorID() }),
			listing.NumberFilter("parent_mentor_id", func(l *log) *int64 { return l.agent.ParentMentorID }),
			listing.CharFilter("parent_session_id", func(l *log) string { return l.agent.ParentSessionID }),
			listing.ModelChoiceFilter("periodic_agent", o.hasAgent, func(l *log) *int64 { return &l.PeriodicAgent }),
			listing.ChoiceFilter("status", logStatuses, func(l *log) api.Status { return l.Status }),
			listing.CharFilter("username", func(l *log) string { return l.agent.Username }),
		},
		Search: []func(*log) string{
			func(l *log) string { return l.Content },
			func(l *log) string { return l.agent.Title },
		},
		Orderings: map[string]func(a, b *log) int{
			"id":             listing.By((*log).RowID),
			"content":        listing.By(func(l *log) string { return l.Content }),
			"status":         listing.By(func(l *log) api.Status { return l.Status }),
			"start_time":     listing.ByDateTime(func(l *log) django.DateTime { return l.StartTime }),
			"end_time":       listing.ByDateTime(func(l *log) django.DateTime { return l.EndTime }),
			"created_at":     listing.ByDateTime(func(l *log) django.DateTime { return l.CreatedAt }),
			"modified_at":    listing.ByDateTime(func(l *log) django.DateTime { return l.ModifiedAt }),
			"periodic_agent": listing.By(func(l *log) int64 { return l.PeriodicAgent }),
		},
	}
}

func (c *call) listLogs() *django.Response {
	c.sandbox.store.RLock()
	defer c.sandbox.store.RUnlock()
	return logListing(c.org).List(c.org.logs, c.listRequest(), func(l *log) any { return *l })
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
