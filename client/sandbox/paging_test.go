package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// withAgents adds agents with the titles Agent 1, Agent 2 and so on.
func withAgents(count int) []sandbox.Option {
	var options []sandbox.Option
	for i := range count {
		options = append(options, sandbox.WithPeriodicAgent("acme", titled(fmt.Sprintf("Agent %d", i+1))))
	}
	return options
}

func TestIterateAllPages(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, append(withAgents(7), sandbox.WithPageSize(2, 3))...)
	c := newClient(t, server)
	for size, wantPages := range map[int64]int{0: 4, 1: 7, 3: 3, 100: 3} {
		want := int64(1)
		for agent, err := range c.PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{PageSize: size, Ordering: "id"}) {
			require.NoError(t, err)
			assert.Equal(t, want, agent.ID)
			want++
		}
		assert.EqualValues(t, 8, want)
		got := get(t, server, fmt.Sprintf("periodic-agents/?page=last&page_size=%d", size)).fields(t)
		assert.Contains(t, got["previous"], fmt.Sprintf("page=%d&", wantPages-1))
		assert.Nil(t, got["next"])
	}
}

func TestPageLinks(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, append(withAgents(5), sandbox.WithPageSize(2, 2))...)
	got := get(t, server, "periodic-agents/?search=agent+&page=2&ordering=title&empty=").fields(t)
	address := server.URL + userPath + "periodic-agents/?empty=&ordering=title"
	assert.Equal(t, address+"&page=3&search=agent+", got["next"])
	assert.Equal(t, address+"&search=agent+", got["previous"])
	assert.InDelta(t, 5, got["count"], 0)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+userPath+"periodic-agents/", http.NoBody)
	require.NoError(t, err)
	request.Host = "base.manager.example.edu"
	request.Header.Set("Authorization", "Api-Token "+key)
	assert.Equal(t, "http://base.manager.example.edu"+userPath+"periodic-agents/?page=2", roundTrip(t, request).fields(t)["next"])
}

func TestEqualRowsAreOrderedByID(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withAgents(60)...)
	for _, ordering := range []client.Ordering{"username", "-username", "nonsense", "-created_at,enabled"} {
		want := int64(1)
		for agent, err := range newClient(t, server).PeriodicAgents.All(t.Context(), &client.PeriodicAgentListParams{Ordering: ordering, PageSize: 7}) {
			require.NoError(t, err)
			require.Equal(t, want, agent.ID, ordering)
			want++
		}
	}
}

func TestDefaultPageSizes(t *testing.T) {
	t.Parallel()
	server := newTestServer(t, withAgents(101)...)
	assert.Len(t, get(t, server, "periodic-agents/").fields(t)["results"], 10)
	assert.Len(t, get(t, server, "periodic-agents/?page_size=1000").fields(t)["results"], 100)
	for _, odd := range []string{"0", "-1", "x", "", "1.5", "99999999999999999999"} {
		assert.Len(t, get(t, server, "periodic-agents/?page_size="+odd).fields(t)["results"], 10, odd)
	}
}
