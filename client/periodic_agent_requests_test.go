package client_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// agentRequests makes random requests that the service accepts.
type agentRequests struct {
	*rand.Rand
	mentors []string
	agents  []int64
}

func pick[T any](r agentRequests, values ...T) T { return values[r.IntN(len(values))] }

// text returns a text, which may have spaces around it.
func (r agentRequests) text(values ...string) string {
	return pick(r, "", " ", "\n", "\x1f\u00a0") + pick(r, values...) + pick(r, "", "  ", "\t\u2003", "\x1c")
}

func (r agentRequests) optional(values ...string) *string {
	if r.IntN(4) == 0 {
		return nil
	}
	return new(r.text(values...))
}

func (r agentRequests) id() client.Nullable[int64] {
	return pick(r, client.Nullable[int64]{}, client.Null[int64](), client.Value(pick(r, r.agents...)))
}

func (r agentRequests) request() *client.PeriodicAgentCreateRequest {
	mentor := pick(r, r.mentors...)
	at := time.Date(2027, 1, 1+r.IntN(3), 8, 0, 0, r.IntN(2)*123456789, time.FixedZone("", pick(r, 0, 3600, -16200)))
	request := &client.PeriodicAgentCreateRequest{
		Mentor:          pick(r, mentor, strings.ToUpper(mentor), strings.ReplaceAll(mentor, "-", ""), "urn:uuid:"+mentor, "{"+mentor+"}"),
		Title:           r.text("Digest", "Report", "a  b"),
		Description:     r.optional("", "For the first lesson"),
		Prompt:          r.optional("", "Summarize.\n\nBriefly."),
		Pathway:         r.optional("", "p"),
		CallbackURL:     r.optional("", "https://hooks.example.com/runs"),
		ParentSessionID: r.optional("", "session"),
		ParentMentorID:  r.id(),
		PreviousAgent:   r.id(),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{
				Minute:      pick(r, "", "*", "0,30", "*/30", "0-59", " 0,30 "),
				Hour:        pick(r, "", "8", "08", "8-8", "8-10", "8,9,10", "8 "),
				DayOfWeek:   pick(r, "", "mon-fri", "1-5", "1,2,3,4,5", "Mon-Fri", "*"),
				DayOfMonth:  pick(r, "", "*", "1", "1-31"),
				MonthOfYear: pick(r, "*", "1", "1-12"),
			},
			OneOff:    pick(r, nil, new(true), new(false)),
			Enabled:   pick(r, nil, new(true), new(false)),
			StartTime: pick(r, client.Nullable[time.Time]{}, client.Null[time.Time](), client.Value(at)),
		},
		PreviousAgentStatus: pick(r, nil, new(api.StatusSuccess), new(api.StatusError)),
	}
	if secret := r.optional("", "secret-1", "secret-2"); secret != nil {
		request.CallbackSecret = new(api.NewSecret(*secret))
	}
	return request
}

// An agent has no differences from the request that created it, a copy has none
// from its original, and the update of a difference leaves none.
func TestDiffOfWhatTheServiceStores(t *testing.T) {
	t.Parallel()
	sb, c := newSandbox(t)
	random := agentRequests{Rand: rand.New(rand.NewPCG(1, 2)), agents: []int64{newAgent(t, c, "First").ID, newAgent(t, c, "Second").ID}}
	for _, mentor := range sb.Mentors(sb.Accounts()[0].Org) {
		random.mentors = append(random.mentors, mentor.UniqueID)
	}
	differing := 0
	for range 300 {
		request, other := random.request(), random.request()
		created, err := c.PeriodicAgents.Create(t.Context(), request)
		require.NoError(t, err, "%+v", request)
		require.Empty(t, created.Diff(request).Fields, "%+v", request)
		require.Zero(t, created.Diff(request).Update)
		require.True(t, created.Diff(request).IsEmpty())

		stored, err := c.PeriodicAgents.Get(t.Context(), created.ID)
		require.NoError(t, err)
		require.Empty(t, stored.Diff(request).Fields, "the whole mentor makes no difference")

		again, err := c.PeriodicAgents.Update(t.Context(), created.ID, stored.UpdateRequest())
		require.NoError(t, err)
		requireSameAgent(t, created, again)
		again, err = c.PeriodicAgents.Replace(t.Context(), created.ID, stored.CreateRequest())
		require.NoError(t, err)
		requireSameAgent(t, created, again)
		again, err = c.PeriodicAgents.Create(t.Context(), stored.CreateRequest())
		require.NoError(t, err)
		require.Empty(t, again.Diff(stored.CreateRequest()).Fields)

		diff := stored.Diff(other)
		changed, err := c.PeriodicAgents.Update(t.Context(), created.ID, &diff.Update)
		require.NoError(t, err, "%+v", diff.Fields)
		require.Empty(t, changed.Diff(other).Fields, "%+v", other)
		require.Equal(t, diff.IsEmpty(), client.PeriodicAgentUpdateRequest{} == diff.Update)
		differing += len(diff.Fields)
		require.NoError(t, c.PeriodicAgents.Delete(t.Context(), created.ID))
	}
	assert.Greater(t, differing, 1000)
}

// requireSameAgent requires that an agent has not changed, but for the time of the
// change.
func requireSameAgent(t *testing.T, want, got *client.PeriodicAgent) {
	t.Helper()
	unchanged := *got
	unchanged.ModifiedAt = want.ModifiedAt
	require.Equal(t, want, &unchanged)
}

func TestDiffNamesEveryField(t *testing.T) {
	t.Parallel()
	agent := &client.PeriodicAgent{
		Mentor: client.Mentor{UniqueID: releaseMentor}, Title: "Digest", PreviousAgent: new(int64(3)),
		CallbackSecret: api.NewSecret(testSecret), PreviousAgentStatus: api.StatusSuccess,
		Task: client.PeriodicTask{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, Enabled: true},
	}
	at := time.Date(2027, 1, 1, 8, 0, 0, 0, time.UTC)
	diff := agent.Diff(&client.PeriodicAgentCreateRequest{
		Mentor: "other", Title: "Report", Description: new("d"), Prompt: new("p"), Pathway: new("w"), CallbackURL: new("https://a.example"),
		CallbackSecret: new(api.NewSecret(testCredentials)), ParentSessionID: new("s"), ParentMentorID: client.Value[int64](1),
		PreviousAgent: client.Null[int64](), PreviousAgentStatus: new(api.StatusError),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "5", DayOfWeek: "mon", DayOfMonth: "2", MonthOfYear: "3"},
			OneOff:  new(true), Enabled: new(false), StartTime: client.Value(at),
		},
	})
	assert.Equal(t, []client.FieldDiff{
		{"mentor", releaseMentor, "other"},
		{"title", "Digest", "Report"},
		{"description", "", "d"},
		{"prompt", "", "p"},
		{"task.crontab.minute", "0", "5"},
		{"task.crontab.hour", "8", "*"},
		{"task.crontab.day_of_week", "*", "mon"},
		{"task.crontab.day_of_month", "*", "2"},
		{"task.crontab.month_of_year", "*", "3"},
		{"task.one_off", "false", "true"},
		{"task.start_time", "null", "2027-01-01 08:00:00 +0000 UTC"},
		{"task.enabled", "true", "false"},
		{"pathway", "", "w"},
		{"callback_url", "", "https://a.example"},
		{"callback_secret", "***", "***"},
		{"parent_session_id", "", "s"},
		{"parent_mentor_id", "null", "1"},
		{"previous_agent", "3", "null"},
		{"previous_agent_status", "success", "error"},
	}, diff.Fields)
	assert.Equal(t, &client.CrontabSchedule{Minute: "5", Hour: "*", DayOfWeek: "mon", DayOfMonth: "2", MonthOfYear: "3"}, diff.Update.Task.Crontab)
	assert.True(t, agent.Diff(&client.PeriodicAgentCreateRequest{}).IsEmpty(), "what is left out is not compared")
}

// Two spellings of a crontab are equal if they have the same runs, and a field that
// can't be parsed if it has the same text.
func TestDiffComparesCrontabsByTheirRuns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		stored, wanted client.CrontabSchedule
		differ         []string
	}{
		{client.CrontabSchedule{Minute: "0,30", Hour: "8-10", DayOfWeek: "mon-fri", DayOfMonth: "*", MonthOfYear: "1-12"}, client.CrontabSchedule{Minute: "*/30", Hour: "8,9,10", DayOfWeek: "1-5"}, nil},
		{client.CrontabSchedule{Hour: "8"}, client.CrontabSchedule{Minute: "*", Hour: " 08 "}, nil},
		{client.CrontabSchedule{DayOfWeek: "7"}, client.CrontabSchedule{DayOfWeek: "7 "}, nil},
		{client.CrontabSchedule{Hour: "8", DayOfWeek: "7"}, client.CrontabSchedule{Hour: "8-9", DayOfWeek: "0"}, []string{"task.crontab.hour", "task.crontab.day_of_week"}},
	} {
		agent := &client.PeriodicAgent{Task: client.PeriodicTask{Crontab: test.stored}}
		var differ []string
		for _, field := range agent.Diff(&client.PeriodicAgentCreateRequest{Task: client.PeriodicTaskRequest{Crontab: test.wanted}}).Fields {
			differ = append(differ, field.Path)
		}
		assert.Equal(t, test.differ, differ, "%v and %v", test.stored, test.wanted)
	}
}

// Diff and the requests of an agent have every field of the models that are
// written.
func TestRequestsOfAnAgentSetEveryField(t *testing.T) {
	t.Parallel()
	agent := &client.PeriodicAgent{Title: "T", Mentor: client.Mentor{UniqueID: "u"}, PreviousAgentStatus: api.StatusSuccess, Task: client.PeriodicTask{Crontab: client.CrontabSchedule{Minute: "0"}}}
	requireFieldsSet(t, *agent.CreateRequest())
	requireFieldsSet(t, agent.CreateRequest().Task)
	requireFieldsSet(t, *agent.UpdateRequest())
	requireFieldsSet(t, *agent.UpdateRequest().Task)

	unparsed := new(client.Time)
	require.NoError(t, unparsed.UnmarshalJSON([]byte(`"soon"`)))
	agent.Task.StartTime, agent.PreviousAgentStatus = unparsed, ""
	assert.Zero(t, agent.CreateRequest().Task.StartTime)
	assert.Nil(t, agent.UpdateRequest().PreviousAgentStatus)
	agent.Mentor = client.Mentor{ID: 3}
	assert.Equal(t, "3", agent.CreateRequest().Mentor)
	assert.True(t, agent.Diff(&client.PeriodicAgentCreateRequest{Mentor: "3"}).IsEmpty())
}

func requireFieldsSet[T any](t *testing.T, request T) {
	t.Helper()
	fields := reflect.ValueOf(request)
	for field, value := range fields.Fields() {
		require.False(t, value.IsZero(), "%T.%s is not set", request, field.Name)
	}
}
