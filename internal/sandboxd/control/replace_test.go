package main

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
)

// All that can be done is done at once, with another sandbox put in place again and
// again. What is answered is one of them, whole.
func TestReplacedUnderLoad(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.newClient(t)
	events := watch(t, s)
	var group sync.WaitGroup
	each := func(ask func(i int) answer) {
		group.Go(func() {
			for i := range 15 {
				a := ask(i)
				assert.Contains(t, []int{http.StatusOK, http.StatusConflict, http.StatusNotFound, http.StatusBadRequest}, a.status, a.body)
			}
		})
	}
	each(func(int) answer { return s.ask(t, http.MethodPost, "/_sandbox/reset", "{}") })
	each(func(i int) answer {
		return s.ask(t, http.MethodPost, "/_sandbox/seed", fmt.Sprintf(`{"orgs": [{"key": "acme", "accounts": [{"username": "ada", "admin": true}], "agents": [{"title": "Seed %d", "task": {"crontab": {}}}]}]}`, i))
	})
	each(func(int) answer { return s.ask(t, http.MethodPost, "/_sandbox/seed", `{"orgs": []}`) })
	each(func(int) answer { return s.ask(t, http.MethodPost, "/_sandbox/clock", `{"advance": "1h"}`) })
	each(func(int) answer { return s.ask(t, http.MethodPost, "/_sandbox/agents/1/fire", `{}`) })
	each(func(int) answer {
		return s.ask(t, http.MethodPut, "/_sandbox/faults", `{"deliveries": [{"drop": true}]}`)
	})
	for _, path := range []string{
		"status", "clock", "faults", "requests", "deliveries", "agents/1/schedule", "schedules?ids=1,2,3",
		"timeline?org=acme&from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z",
	} {
		each(func(int) answer { return s.ask(t, http.MethodGet, "/_sandbox/"+path, "") })
	}
	group.Go(func() {
		for range 15 {
			agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 10)
			if assert.NoError(t, err, "the key is the same all the time") {
				assert.Contains(t, []int{1, 3}, len(agents))
			}
		}
	})
	group.Wait()
	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	next(t, events, "replaced")
	assert.NoError(t, s.stop())
	for range events {
	}
}
