package client_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestOrderings(t *testing.T) {
	t.Parallel()
	assert.EqualValues(t, "-created_at", client.OrderByCreatedAt.Descending())
	assert.EqualValues(t, "title,-id", client.OrderByTitle.Then(client.OrderByID.Descending()))
	assert.EqualValues(t, "title,-id", client.OrderByTitle.Then(client.OrderByID).Descending().Descending())
}

// The sandbox sorts by every ordering that has a constant, as Django REST Framework
// would, so a wrong name would be noticed.
func TestServiceSortsByEveryOrdering(t *testing.T) {
	t.Parallel()
	sb, c := newSandbox(t)
	for _, title := range []string{"B", "A", "C"} {
		agent := newAgent(t, c, title)
		_, err := sb.RunNow(t.Context(), agent.ID, sandbox.Outcome{})
		require.NoError(t, err)
		_, err = sb.Advance(t.Context(), time.Minute)
		require.NoError(t, err)
	}
	for _, ordering := range []client.Ordering{client.OrderByID, client.OrderByCreatedAt, client.OrderByModifiedAt, client.OrderByTitle} {
		for _, direction := range []client.Ordering{ordering, ordering.Descending()} {
			agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Ordering: direction, PageSize: 1}), 10)
			require.NoError(t, err, direction)
			want := []string{"B", "A", "C"}
			switch direction {
			case client.OrderByTitle:
				want = []string{"A", "B", "C"}
			case client.OrderByTitle.Descending():
				want = []string{"C", "B", "A"}
			default:
				if strings.HasPrefix(string(direction), "-") {
					want = []string{"C", "A", "B"}
				}
			}
			var titles []string
			for _, agent := range agents {
				titles = append(titles, agent.Title)
			}
			assert.Equal(t, want, titles, direction)
		}
	}
	for _, ordering := range []client.Ordering{client.OrderByID, client.OrderByCreatedAt, client.OrderByModifiedAt, client.OrderByStartTime, client.OrderByEndTime, client.OrderByPeriodicAgent} {
		for descending, direction := range map[bool]client.Ordering{false: ordering, true: ordering.Descending()} {
			logs, err := client.Collect(c.PeriodicAgentLogs.All(t.Context(), &client.PeriodicAgentLogListParams{Ordering: direction}), 10)
			require.NoError(t, err, direction)
			require.Len(t, logs, 3)
			assert.Equal(t, descending, logs[0].ID > logs[2].ID, direction)
		}
	}
}

// A service that ignores the ordering of ids or times is noticed, within a page and
// between two.
func TestIgnoredOrderingIsAnError(t *testing.T) {
	t.Parallel()
	const log = `{"id": %d, "periodic_agent": 1, "created_at": "2026-01-%02dT08:00:00Z", "modified_at": "2026-01-%02dT08:00:00Z", "start_time": "2026-01-%02dT08:00:00Z", "end_time": null}`
	for _, size := range []int{1, 2, 4} {
		for _, test := range []struct {
			ordering client.Ordering
			days     []int
			ignored  bool
		}{
			{client.OrderByCreatedAt.Descending(), []int{1, 2, 3, 4}, true},
			{client.OrderByCreatedAt.Descending(), []int{4, 3, 2, 1}, false},
			{client.OrderByCreatedAt.Descending(), []int{4, 4, 2, 2}, false},
			{client.OrderByCreatedAt, []int{4, 3, 2, 1}, true},
			{client.OrderByCreatedAt, []int{1, 2, 2, 4}, false},
			{client.OrderByID, []int{4, 3, 2, 1}, true},
			{client.OrderByModifiedAt.Then(client.OrderByID), []int{2, 1, 3, 4}, true},
			{client.OrderByStartTime, []int{4, 3, 2, 1}, true},
			{client.OrderByEndTime, []int{4, 3, 2, 1}, false},
			{client.OrderByPeriodicAgent, []int{4, 3, 2, 1}, false},
			{client.OrderByStatus, []int{4, 3, 2, 1}, false},
			{"", []int{4, 3, 2, 1}, false},
		} {
			c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
				page := 1
				_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
				var items []string
				for _, day := range test.days[(page-1)*size : page*size] {
					items = append(items, fmt.Sprintf(log, day, day, day, day))
				}
				next := "null"
				if page*size < len(test.days) {
					next = fmt.Sprintf(`"/?ordering=%s&page=%d"`, test.ordering, page+1)
				}
				return respond(r, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "results": [%s]}`, len(test.days), next, strings.Join(items, ","))), nil
			}))
			params := &client.PeriodicAgentLogListParams{Ordering: test.ordering}
			_, err := client.Collect(c.PeriodicAgentLogs.All(t.Context(), params), 10)
			if !test.ignored {
				require.NoError(t, err, "%s %v, %d to a page", test.ordering, test.days, size)
				continue
			}
			require.ErrorIs(t, err, client.ErrOrderingIgnored, "%s %v, %d to a page", test.ordering, test.days, size)
			require.ErrorAs(t, err, new(*client.DecodeError))
			assert.NotContains(t, err.Error(), "base URL")
			_, err = client.Collect(c.PeriodicAgentLogs.All(t.Context(), params, client.WithQuery("ordering", string(test.ordering))), 10)
			require.NoError(t, err, "an ordering set with WithQuery is not checked")
			if size == 4 {
				_, err = c.PeriodicAgentLogs.List(t.Context(), params)
				require.ErrorIs(t, err, client.ErrOrderingIgnored)
			}
		}
	}
}

func TestLogsSince(t *testing.T) {
	t.Parallel()
	sb, c := newSandbox(t, sandbox.WithPageSize(2, 2))
	agent := newAgent(t, c, "Digest")
	var created []time.Time
	for range 9 {
		run, err := sb.RunNow(t.Context(), agent.ID, sandbox.Outcome{})
		require.NoError(t, err)
		created = append(created, run.Log.CreatedAt.Time)
		_, err = sb.Advance(t.Context(), time.Minute)
		require.NoError(t, err)
	}
	for _, since := range []int{0, 4, 8} {
		for _, opts := range [][]client.AllOption{nil, {client.WithPrefetch(2)}} {
			logs, err := client.Collect(c.PeriodicAgentLogs.Since(t.Context(), created[since], &client.PeriodicAgentLogListParams{PeriodicAgent: agent.ID}, opts...), 100)
			require.NoError(t, err)
			require.Len(t, logs, 9-since)
			assert.Equal(t, created[8], logs[0].CreatedAt.Time, "newest first")
			assert.Equal(t, created[since], logs[len(logs)-1].CreatedAt.Time)
		}
	}
	logs, err := client.Collect(c.PeriodicAgentLogs.Since(t.Context(), created[8].Add(time.Second), nil), 100)
	require.NoError(t, err)
	assert.Empty(t, logs)

	requests := 0
	ascending := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
		requests++
		return respond(r, http.StatusOK, fmt.Sprintf(`{"count": 3, "next": "/?ordering=-created_at&page=%d", "results": [{"id": %d, "created_at": "2026-01-%02dT08:00:00Z"}]}`, requests+1, requests, requests)), nil
	}))
	_, err = client.Collect(ascending.PeriodicAgentLogs.Since(t.Context(), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), nil), 100)
	require.ErrorIs(t, err, client.ErrOrderingIgnored, "one old log does not prove that the others are older")

	for _, params := range []client.PeriodicAgentLogListParams{{Ordering: client.OrderByID}, {Page: 2}} {
		_, err := client.Collect(c.PeriodicAgentLogs.Since(t.Context(), created[0], &params), 100)
		assert.Equal(t, "params", requireArgumentError(t, err).Argument)
	}
}
