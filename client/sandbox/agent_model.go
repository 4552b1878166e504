package sandbox

import (
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
	model := &client.PeriodicAgent{
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
	}
	if previous := a.previous(); previous != nil {
		model.PreviousAgentOutput = previous.output
	}
	return model, nil
}

// nullable is m as the client's models have it.
func nullable(m django.DateTime) *client.Time {
	if m.IsNull() {
		return nil
	}
	return &client.Time{Time: m.Time()}
}
