package client_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestModelsLogAsShortGroups(t *testing.T) {
	t.Parallel()
	mentor := client.Mentor{ID: 3, UniqueID: "u", Name: "Coach"}
	for _, test := range []struct {
		model any
		want  string
	}{
		{&client.PeriodicAgent{ID: 7, Title: "Digest", Mentor: mentor}, `v.id=7 v.title=Digest v.enabled=false`},
		{client.PeriodicAgentLog{ID: 1, Status: api.StatusError, Content: "long"}, `v.id=1 v.status=error`},
		{mentor, `v.id=3 v.unique_id=u v.name=Coach`},
		{client.PinnedSession{SessionID: "s", Mentor: mentor}, `v.session_id=s`},
		{&client.PeriodicAgentCreateRequest{Title: "Digest"}, `v.title=Digest`},
		{&client.PeriodicAgentUpdateRequest{Title: new("Digest"), Prompt: new("p")}, `v.title=Digest`},
		{&client.PeriodicAgentUpdateRequest{Prompt: new("p")}, `v={}`},
		{client.PeriodicTaskRequest{Enabled: new(true)}, `v.enabled=true`},
		{client.Page[client.Mentor]{Count: 12, Results: []*client.Mentor{&mentor}}, `v.count=12 v.results=1`},
		{client.CrontabSchedule{Minute: "0"}, `v.minute=0 v.hour="" v.day_of_week="" v.day_of_month="" v.month_of_year=""`},
		{client.PeriodicAgentStatistics{TotalTasks: 2}, `v.total_tasks=2 v.succeeded_tasks=0 v.failed_tasks=0 v.running_tasks=0 v.pending_tasks=0`},
	} {
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
				return slog.Attr{}
			}
			return a
		}})).Info("m", "v", test.model)
		assert.Equal(t, test.want+"\n", out.String(), "%T", test.model)
	}
}
