package sandbox

import (
	"cmp"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A log is the log of a run in its JSON form.
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
	prompt string // of the run

	details RunDetails // what only they have
	deleted bool       // from the list; the agent exists
}

// RowID is the log's id.
func (l *log) RowID() int64 { return l.ID }

// run returns the run of a log.
func (l *log) run() Run {
	return Run{
		Org:       l.agent.org.key,
		AgentID:   l.agent.ID,
		Title:     l.agent.Title,
		MentorID:  l.agent.mentorID(),
		Prompt:    l.prompt,
		LogID:     l.ID,
		StartTime: l.StartTime.Time(),
		Cause:     l.details.Cause,
	}
}

// callbackBody returns the body of the callback about a run that has finished, byte
// for byte as the service signs and posts it.
func (l *log) callbackBody() []byte {
	return django.DumpJSON(
		django.Item{Name: "timestamp", Value: l.EndTime.String()},
		django.Item{Name: "status", Value: string(l.Status)},
		django.Item{Name: "prompt", Value: l.prompt},
		django.Item{Name: "agent_output", Value: l.agent.output},
		django.Item{Name: "log", Value: l.Content},
		django.Item{Name: "log_id", Value: l.ID},
	)
}

func newestFirst(a, b *log) int {
	return cmp.Or(cmp.Compare(b.CreatedAt, a.CreatedAt), cmp.Compare(b.ID, a.ID))
}
