package contract_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// call calls the client's method for an operation.
type call struct {
	id     string // the operation's id
	writes bool
	do     func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error)
}

// knownIDs are the ids for the next calls. Responses add to them. Only the created
// agent is changed and deleted.
type knownIDs struct {
	mentor, session     string
	agent, created, log int64
}

// exampleIDs returns ids for mocks, which accept all ids.
func exampleIDs() knownIDs {
	return knownIDs{
		mentor: "497f6eca-6276-4993-bfeb-53cbbbba6f08", session: "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51",
		agent: 7, created: 7, log: 42,
	}
}

// setID sets an id from a response, unless it is not positive, as mocks may generate
// it.
func setID(to *int64, id int64) {
	if id > 0 {
		*to = id
	}
}

// writeOptions returns opts as options of the methods that write a schedule.
func writeOptions(opts []client.CallOption) []client.WriteOption {
	var all []client.WriteOption
	for _, opt := range opts {
		all = append(all, opt)
	}
	return all
}

// calls returns a call of every operation, each after those that provide its ids.
func calls() []call {
	return []call{
		{"ai_mentor_orgs_users_list", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			page, err := c.Mentors.List(ctx, &client.MentorListParams{PageSize: 2}, opts...)
			if err == nil && len(page.Results) > 0 {
				ids.mentor = page.Results[0].UniqueID
			}
			return page, err
		}},
		{"ai_mentor_orgs_users_periodic_agents_create", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			created, err := c.PeriodicAgents.Create(ctx, completeAgent(ids), writeOptions(opts)...)
			if err == nil {
				setID(&ids.created, created.ID)
			}
			return created, err
		}},
		{"ai_mentor_orgs_users_periodic_agents_list", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			page, err := c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{PageSize: 2}, opts...)
			if err == nil && len(page.Results) > 0 {
				setID(&ids.agent, page.Results[0].ID)
			}
			return page, err
		}},
		{"ai_mentor_orgs_users_periodic_agents_retrieve", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PeriodicAgents.Get(ctx, ids.agent, opts...)
		}},
		{"ai_mentor_orgs_users_periodic_agents_update", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PeriodicAgents.Replace(ctx, ids.created, completeAgent(ids), writeOptions(opts)...)
		}},
		{"ai_mentor_orgs_users_periodic_agents_partial_update", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PeriodicAgents.Update(ctx, ids.created, &client.PeriodicAgentUpdateRequest{
				CallbackURL:   new(""),
				PreviousAgent: client.Null[int64](),
				Task:          &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Hour: "9"}},
			}, append(writeOptions(opts), client.AllowUnrunnable())...) // which saves the request for the rest of the crontab
		}},
		{"ai_mentor_orgs_users_periodic_agents_statistics_retrieve", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PeriodicAgents.Statistics(ctx, &client.PeriodicAgentStatisticsParams{MentorID: ids.mentor}, opts...)
		}},
		{"ai_mentor_orgs_users_periodic_agent_logs_list", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			page, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: 2}, opts...)
			if err == nil && len(page.Results) > 0 {
				setID(&ids.log, page.Results[0].ID)
			}
			return page, err
		}},
		{"ai_mentor_orgs_users_periodic_agent_logs_retrieve", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PeriodicAgentLogs.Get(ctx, ids.log, opts...)
		}},
		{"ai_mentor_orgs_users_pin_message_create", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PinnedMessages.Create(ctx, ids.session, opts...)
		}},
		{"ai_mentor_orgs_users_pin_message_list", false, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return c.PinnedMessages.List(ctx, ids.session, opts...)
		}},
		{"ai_mentor_orgs_users_pin_message_destroy", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return nil, c.PinnedMessages.Delete(ctx, ids.session, opts...)
		}},
		{"ai_mentor_orgs_users_periodic_agents_destroy", true, func(ctx context.Context, c *client.Client, ids *knownIDs, opts ...client.CallOption) (any, error) {
			return nil, c.PeriodicAgents.Delete(ctx, ids.created, opts...)
		}},
	}
}

// completeAgent returns a disabled agent with every writable field.
func completeAgent(ids *knownIDs) *client.PeriodicAgentCreateRequest {
	return &client.PeriodicAgentCreateRequest{
		Mentor:              ids.mentor,
		Title:               "iblai-go contract test",
		Description:         new("May be deleted."),
		Prompt:              new("Summarize what is due this week."),
		Pathway:             new(""),
		CallbackURL:         new("https://hooks.example.com/runs"),
		CallbackSecret:      new(api.NewSecret("a-long-random-secret")),
		ParentSessionID:     new(ids.session),
		ParentMentorID:      client.Null[int64](),
		PreviousAgent:       client.Null[int64](),
		PreviousAgentStatus: new(api.StatusSuccess),
		Task: client.PeriodicTaskRequest{
			Crontab:   client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri", DayOfMonth: "*", MonthOfYear: "*"},
			OneOff:    new(true),
			StartTime: client.Value(time.Date(2030, time.January, 7, 8, 0, 0, 0, time.UTC)),
			Enabled:   new(false),
		},
	}
}

// newClient returns a client of the service at base that doesn't retry.
func newClient(t *testing.T, base string, opts ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(append([]client.Option{
		client.WithBaseURL(base), client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1, MaxRetryAfter: time.Nanosecond}),
		client.WithHTTPClient(&http.Client{Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true,
		}}),
	}, opts...)...)
	require.NoError(t, err)
	return c
}

// Every operation of the contract is called here, with its own request.
func TestCallsAreAllOperations(t *testing.T) {
	t.Parallel()
	contract := loadContract(t)
	var ids []string
	for _, call := range calls() {
		ids = append(ids, call.id)
		var sent *http.Request
		c := newClient(t, "https://service.example", client.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) *http.Response {
			sent = r
			return &http.Response{StatusCode: http.StatusNoContent, Header: http.Header{}, Body: http.NoBody}
		})}))
		ids := exampleIDs()
		_, _ = call.do(t.Context(), c, &ids)
		require.NotNil(t, sent, call.id)
		route, _, err := contract.router.FindRoute(sent)
		require.NoError(t, err, call.id)
		assert.Equal(t, call.id, route.Operation.OperationID)
		assert.Equal(t, call.writes, sent.Method != http.MethodGet, call.id)
	}
	assert.ElementsMatch(t, contract.operationIDs(), ids)
}
