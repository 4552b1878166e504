package sandbox

import (
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/beat"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// An agent is a periodic agent in its JSON form. Some fields are set in responses
// only.
type agent struct {
	ID                  int64           `json:"id"`
	Mentor              any             `json:"mentor"` // in responses
	Title               string          `json:"title"`
	Username            string          `json:"username"`
	Description         string          `json:"description"`
	Prompt              string          `json:"prompt"`
	Task                task            `json:"task"`
	CreatedAt           django.DateTime `json:"created_at"`
	ModifiedAt          django.DateTime `json:"modified_at"`
	Enabled             bool            `json:"enabled"` // in responses
	OneOff              bool            `json:"one_off"` // in responses
	PlatformKey         string          `json:"platform_key"`
	Pathway             string          `json:"pathway"`
	CallbackURL         string          `json:"callback_url"`
	CallbackSecret      string          `json:"callback_secret"`
	ParentSessionID     string          `json:"parent_session_id"`
	ParentMentorID      *int64          `json:"parent_mentor_id"`
	PreviousAgent       *int64          `json:"previous_agent"`
	PreviousAgentStatus api.Status      `json:"previous_agent_status"`
	PreviousAgentOutput string          `json:"previous_agent_output"` // in responses

	org     *org
	mentor  *mentor
	latest  *log   // of the latest run; nil if there was none
	output  string // of the latest run that has finished
	deleted bool

	// What beat remembers of the task. Times are null if they are zero.
	lastRunAt     time.Time
	totalRunCount int
	taskChangedAt time.Time

	dueAt   time.Time       // when it was due last
	nextRun *timeline.Entry // nil if there is none
	check   beat.Check      // of nextRun
}

type task struct {
	ID        int64                  `json:"id"`
	Name      string                 `json:"name"`
	Crontab   client.CrontabSchedule `json:"crontab"`
	OneOff    bool                   `json:"one_off"`
	StartTime django.DateTime        `json:"start_time"`
	Enabled   bool                   `json:"enabled"`
}

// RowID is the agent's id.
func (a *agent) RowID() int64 { return a.ID }

func (a *agent) mentorID() string { return a.mentor.UniqueID }

// setLatest sets the latest log to l, unless it is older.
func (a *agent) setLatest(l *log) {
	if a.latest == nil || newestFirst(l, a.latest) < 0 {
		a.latest = l
	}
}

// status returns the status of the latest run.
func (a *agent) status() api.Status {
	if a.latest == nil {
		return api.StatusPending
	}
	return a.latest.Status
}

// readRepresentation returns the JSON form in the responses to list and retrieve.
func (a *agent) readRepresentation() any {
	form := a.writeRepresentation()
	form.Mentor = a.mentor.json
	return form
}

// writeRepresentation returns the JSON form in the responses to create and update.
func (a *agent) writeRepresentation() *agent {
	form := *a
	form.Mentor = a.mentor.UniqueID
	form.Enabled, form.OneOff = a.Task.Enabled, a.Task.OneOff
	form.PreviousAgentOutput = a.previousOutput()
	return &form
}

// previous returns the agent that a depends on, nil if there is none.
func (a *agent) previous() *agent {
	if a.PreviousAgent == nil {
		return nil
	}
	return a.org.agents.ByID(*a.PreviousAgent)
}

// isReady reports whether the previous agent has the status that a depends on.
func (a *agent) isReady() bool {
	previous := a.previous()
	return previous == nil || previous.status() == a.PreviousAgentStatus
}

func (a *agent) previousOutput() string {
	if previous := a.previous(); previous != nil {
		return previous.output
	}
	return ""
}

// runPrompt returns the prompt of a run: that of the agent, followed by the output
// of its previous agent.
func (a *agent) runPrompt() string {
	output := a.previousOutput()
	if a.Prompt == "" || output == "" {
		return a.Prompt + output
	}
	return a.Prompt + "\n\n" + output
}
