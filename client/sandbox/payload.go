package sandbox

import "github.com/iblai/iblai-go/client/sandbox/internal/django"

// payload returns the body of the callback about a run that has finished, as the
// service posts and signs it.
func (l *log) payload() []byte {
	return django.DumpJSON(
		django.Item{Name: "timestamp", Value: l.EndTime.String()},
		django.Item{Name: "status", Value: string(l.Status)},
		django.Item{Name: "prompt", Value: l.prompt},
		django.Item{Name: "agent_output", Value: l.agent.output},
		django.Item{Name: "log", Value: l.Content},
		django.Item{Name: "log_id", Value: l.ID},
	)
}
