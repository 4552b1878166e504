package githubway

import "github.com/google/go-github/v89/github"

// Page is a page of a list.
type Page[T any] struct {
	Count    *int    `json:"count,omitempty"`
	Next     *string `json:"next,omitempty"`
	Previous *string `json:"previous,omitempty"`
	Results  []*T    `json:"results,omitempty"`
}

// Agent is a periodic agent.
type Agent struct {
	ID                  *int64            `json:"id,omitempty"`
	Mentor              *Mentor           `json:"mentor,omitempty"`
	Title               *string           `json:"title,omitempty"`
	Username            *string           `json:"username,omitempty"`
	Description         *string           `json:"description,omitempty"`
	Prompt              *string           `json:"prompt,omitempty"`
	Task                *Task             `json:"task,omitempty"`
	CreatedAt           *github.Timestamp `json:"created_at,omitempty"`
	ModifiedAt          *github.Timestamp `json:"modified_at,omitempty"`
	Enabled             *bool             `json:"enabled,omitempty"`
	OneOff              *bool             `json:"one_off,omitempty"`
	PlatformKey         *string           `json:"platform_key,omitempty"`
	Pathway             *string           `json:"pathway,omitempty"`
	CallbackURL         *string           `json:"callback_url,omitempty"`
	CallbackSecret      *string           `json:"callback_secret,omitempty"`
	ParentSessionID     *string           `json:"parent_session_id,omitempty"`
	ParentMentorID      *int64            `json:"parent_mentor_id,omitempty"`
	PreviousAgent       *int64            `json:"previous_agent,omitempty"`
	PreviousAgentStatus *string           `json:"previous_agent_status,omitempty"`
	PreviousAgentOutput *string           `json:"previous_agent_output,omitempty"`
}

// Task is the schedule of an agent.
type Task struct {
	ID        *int64            `json:"id,omitempty"`
	Name      *string           `json:"name,omitempty"`
	Crontab   *Crontab          `json:"crontab,omitempty"`
	OneOff    *bool             `json:"one_off,omitempty"`
	StartTime *github.Timestamp `json:"start_time,omitempty"`
	Enabled   *bool             `json:"enabled,omitempty"`
}

// Crontab is a schedule.
type Crontab struct {
	Minute      *string `json:"minute,omitempty"`
	Hour        *string `json:"hour,omitempty"`
	DayOfWeek   *string `json:"day_of_week,omitempty"`
	DayOfMonth  *string `json:"day_of_month,omitempty"`
	MonthOfYear *string `json:"month_of_year,omitempty"`
}

// Log is the log of one run.
type Log struct {
	ID            *int64            `json:"id,omitempty"`
	Content       *string           `json:"content,omitempty"`
	Status        *string           `json:"status,omitempty"`
	StartTime     *github.Timestamp `json:"start_time,omitempty"`
	EndTime       *github.Timestamp `json:"end_time,omitempty"`
	CreatedAt     *github.Timestamp `json:"created_at,omitempty"`
	ModifiedAt    *github.Timestamp `json:"modified_at,omitempty"`
	PeriodicAgent *int64            `json:"periodic_agent,omitempty"`
}

// Statistics count agents.
type Statistics struct {
	TotalTasks     *int `json:"total_tasks,omitempty"`
	SucceededTasks *int `json:"succeeded_tasks,omitempty"`
	FailedTasks    *int `json:"failed_tasks,omitempty"`
	RunningTasks   *int `json:"running_tasks,omitempty"`
	PendingTasks   *int `json:"pending_tasks,omitempty"`
}
