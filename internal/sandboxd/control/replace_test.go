package control

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
)

// While requests are in flight, the sandbox is replaced repeatedly. Each
// response comes from a single sandbox.
func TestReplaceUnderLoad(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.newClient(t)
	events := watchEvents(t, s)
	var group sync.WaitGroup
	repeat := func(do func(i int) response) {
		group.Go(func() {
			for i := range 15 {
				a := do(i)
				assert.Contains(t, []int{http.StatusOK, http.StatusConflict, http.StatusNotFound, http.StatusBadRequest}, a.status, a.body)
			}
		})
	}
	repeat(func(int) response { return s.do(t, http.MethodPost, "/_sandbox/reset", "{}") })
	repeat(func(i int) response {
		return s.do(t, http.MethodPost, "/_sandbox/seed", fmt.Sprintf(`{"orgs": [{"key": "acme", "accounts": [{"username": "ada", "admin": true}], "agents": [{"title": "Seed %d", "task": {"crontab": {}}}]}]}`, i))
	})
	repeat(func(int) response { return s.do(t, http.MethodPost, "/_sandbox/seed", `{"orgs": []}`) })
	repeat(func(int) response { return s.do(t, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`) })
	repeat(func(int) response { return s.do(t, http.MethodPost, "/_sandbox/agents/1/fire", `{}`) })
	repeat(func(int) response {
		return s.do(t, http.MethodPut, "/_sandbox/faults", `{"deliveries": [{"drop": true}]}`)
	})
	for _, path := range []string{
		"status", "clock", "faults", "requests", "deliveries", "agents/1/schedule", "schedules?ids=1,2,3",
		"timeline?org=acme&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
	} {
		repeat(func(int) response { return s.do(t, http.MethodGet, "/_sandbox/"+path, "") })
	}
	group.Go(func() {
		for range 15 {
			agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 10)
			if assert.NoError(t, err, "the key stays the same") {
				assert.Contains(t, []int{1, 3}, len(agents))
			}
		}
	})
	group.Wait()
	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	nextEvent(t, events, "replaced")
	s.stop()
	for range events {
	}
}
