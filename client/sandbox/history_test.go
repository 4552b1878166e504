package sandbox_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Whatever happens, statistics, filters and states agree with the logs, which are
// listed newest first.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, seed)
			for range 40 {
				for range 3 {
					h.step()
				}
				h.check()
			}
			require.Positive(t, h.checked, "there were logs")
		})
	}
}

// A history is a sandbox in which random things happen.
type history struct {
	*testing.T

	random  *rand.Rand
	sb      *sandbox.Sandbox
	client  *client.Client
	checked int // logs
}

func newHistory(t *testing.T, seed uint64) *history {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	statuses := []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning}
	sb := newSandbox(t, withTestClock(), sandbox.WithMentor("acme", client.Mentor{UniqueID: coach}), sandbox.WithMentor("acme", client.Mentor{UniqueID: session}),
		sandbox.WithOutcomeFunc(func(context.Context, sandbox.Run) sandbox.Outcome {
			return sandbox.Outcome{Status: statuses[random.IntN(3)], Duration: time.Duration(random.IntN(7200)) * time.Second}
		}))
	return &history{T: t, random: random, sb: sb, client: newMemoryClient(t, sb)}
}

// step does something.
func (h *history) step() {
	h.Helper()
	ctx := h.Context()
	agents := h.sb.PeriodicAgentIDs("acme")
	if len(agents) == 0 || h.random.IntN(8) == 0 {
		request := digest()
		request.Mentor = []string{coach, session}[h.random.IntN(2)]
		request.Task.Crontab = client.CrontabSchedule{Minute: "0", Hour: "*/3"}
		if len(agents) > 0 && h.random.IntN(2) == 0 {
			request.PreviousAgent = client.Value(agents[h.random.IntN(len(agents))])
		}
		_, err := h.sb.AddPeriodicAgent("acme", request)
		require.NoError(h, err)
		return
	}
	id := agents[h.random.IntN(len(agents))]
	status := []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning}[h.random.IntN(3)]
	moment := func() client.Time {
		return client.Time{Time: h.sb.Now().Add(time.Duration(h.random.IntN(96)-72) * time.Hour)}
	}
	switch h.random.IntN(9) {
	case 0, 1:
		_, err := h.sb.RunNow(ctx, id, sandbox.Outcome{Status: status})
		require.NoError(h, err)
	case 2, 3:
		_, err := h.sb.Advance(ctx, time.Duration(h.random.IntN(6*3600))*time.Second)
		require.NoError(h, err)
	case 4:
		log := client.PeriodicAgentLog{PeriodicAgent: id, Status: status, StartTime: moment()}
		if h.random.IntN(2) == 0 {
			log.CreatedAt = moment()
		}
		_, err := h.sb.AddPeriodicAgentLog("acme", log)
		require.NoError(h, err)
	case 5:
		var logs []int64
		for log := range h.sb.Logs("acme", time.Time{}, h.sb.Now().AddDate(1, 0, 0)) {
			logs = append(logs, log.ID)
		}
		if len(logs) > 0 {
			require.True(h, h.sb.DeletePeriodicAgentLog(logs[h.random.IntN(len(logs))]))
		}
	case 6:
		require.NoError(h, h.sb.SetLogDelay(time.Duration(h.random.IntN(2)*h.random.IntN(7200))*time.Second))
	case 7:
		_, err := h.sb.RunAsScheduled(ctx, id)
		require.NoError(h, err)
	case 8:
		mentor := []string{coach, session}[h.random.IntN(2)]
		_, err := h.client.PeriodicAgents.Update(ctx, id, &client.PeriodicAgentUpdateRequest{Mentor: &mentor})
		require.NoError(h, err)
		if h.random.IntN(4) == 0 {
			require.NoError(h, h.client.PeriodicAgents.Delete(ctx, id))
		}
	}
}

// check compares what the API says in several ways.
func (h *history) check() {
	h.Helper()
	ctx := h.Context()
	logs, err := client.Collect(h.client.PeriodicAgentLogs.All(ctx, nil), 10_000)
	require.NoError(h, err)
	require.True(h, slices.IsSortedFunc(logs, func(a, b *client.PeriodicAgentLog) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt.Time), cmp.Compare(b.ID, a.ID))
	}), "newest first")
	latest := map[int64]api.Status{}
	for _, log := range logs {
		if _, ok := latest[log.PeriodicAgent]; !ok {
			latest[log.PeriodicAgent] = log.Status
		}
		require.Equal(h, log.Status == api.StatusRunning, log.EndTime == nil, "only the log of a running run has no end")
		if log.EndTime != nil {
			require.False(h, log.EndTime.Before(log.StartTime.Time))
		}
	}
	h.checked += len(logs)

	agents, err := client.Collect(h.client.PeriodicAgents.All(ctx, nil), 1000)
	require.NoError(h, err)
	for _, mentor := range []string{"", coach, session} {
		var want client.PeriodicAgentStatistics
		byStatus := map[api.Status][]int64{}
		for _, agent := range agents {
			if mentor != "" && agent.Mentor.UniqueID != mentor {
				continue
			}
			status := cmp.Or(latest[agent.ID], api.StatusPending)
			byStatus[status] = append(byStatus[status], agent.ID)
			want.TotalTasks++
			*map[api.Status]*int64{
				api.StatusSuccess: &want.SucceededTasks, api.StatusError: &want.FailedTasks,
				api.StatusRunning: &want.RunningTasks, api.StatusPending: &want.PendingTasks,
			}[status]++
			state, err := h.sb.AgentState(agent.ID)
			require.NoError(h, err)
			require.Equal(h, status, state.Status)
		}
		got, err := h.client.PeriodicAgents.Statistics(ctx, &client.PeriodicAgentStatisticsParams{MentorID: mentor})
		require.NoError(h, err)
		require.Equal(h, &want, got)
		for _, status := range []api.Status{api.StatusSuccess, api.StatusError, api.StatusRunning, api.StatusPending} {
			var ids []int64
			for agent, err := range h.client.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Status: status, MentorID: mentor}) {
				require.NoError(h, err)
				ids = append(ids, agent.ID)
			}
			require.Equal(h, byStatus[status], ids, status)
		}
	}
}
