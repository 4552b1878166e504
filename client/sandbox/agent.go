package sandbox

import (
	"fmt"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// An agent is a periodic agent, as it is kept and as it is written. Some fields
// are filled in for an answer only.
type agent struct {
	ID                  int64           `json:"id"`
	Mentor              any             `json:"mentor"` // for an answer
	Title               string          `json:"title"`
	Username            string          `json:"username"`
	Description         string          `json:"description"`
	Prompt              string          `json:"prompt"`
	Task                task            `json:"task"`
	CreatedAt           django.DateTime `json:"created_at"`
	ModifiedAt          django.DateTime `json:"modified_at"`
	Enabled             bool            `json:"enabled"` // for an answer
	OneOff              bool            `json:"one_off"` // for an answer
	PlatformKey         string          `json:"platform_key"`
	Pathway             string          `json:"pathway"`
	CallbackURL         string          `json:"callback_url"`
	CallbackSecret      string          `json:"callback_secret"`
	ParentSessionID     string          `json:"parent_session_id"`
	ParentMentorID      *int64          `json:"parent_mentor_id"`
	PreviousAgent       *int64          `json:"previous_agent"`
	PreviousAgentStatus api.Status      `json:"previous_agent_status"`
	PreviousAgentOutput string          `json:"previous_agent_output"` // for an answer

	org      *org
	mentor   *mentor
	latest   *log   // of its latest run; nil if there was none
	output   string // of its latest run that finished
	schedule crontab.Schedule
	due      *occurrence // its next run by the schedule; nil if there is none
	deleted  bool
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

// status is the state of the latest run.
func (a *agent) status() api.Status {
	if a.latest == nil {
		return api.StatusPending
	}
	return api.Status(a.latest.Status)
}

// read is the agent as list and retrieve answer it.
func (a *agent) read() any {
	read := a.written()
	read.Mentor = a.mentor.json
	return read
}

// written is the agent as create and update answer it.
func (a *agent) written() *agent {
	written := *a
	written.Mentor = a.mentor.UniqueID
	written.Enabled, written.OneOff = a.Task.Enabled, a.Task.OneOff
	if previous := a.previous(); previous != nil {
		written.PreviousAgentOutput = previous.output
	}
	return &written
}

// create adds the agent that data describes.
func (s *Sandbox) create(o *org, username string, data any) (*agent, *django.Response) {
	now := s.time()
	a := &agent{
		org:         o,
		Username:    username,
		CreatedAt:   now,
		ModifiedAt:  now,
		PlatformKey: o.key,
		Task: task{
			Crontab: client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"},
			Enabled: true,
		},
		PreviousAgentStatus: api.StatusSuccess,
	}
	if refusal := django.Validate(&django.Validation{Context: o}, agentFields, data, a); refusal != nil {
		return nil, refusal
	}
	a.ID = s.store.nextID("agent")
	a.Task.ID = s.store.nextID("task")
	a.Task.Name = fmt.Sprintf("periodic-agent-%d", a.ID)
	o.agents.add(a)
	s.schedule(a)
	return a, nil
}
