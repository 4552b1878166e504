package control

import (
	"fmt"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

const (
	// maxChain limits the number of runs before a run in its chain, and after
	// it.
	maxChain = 20
	// maxRunDeliveries limits the number of deliveries of a run.
	maxRunDeliveries = 50
)

// fullRunBody has all details of a run.
type fullRunBody struct {
	Log        *client.PeriodicAgentLog `json:"log"`
	Org        string                   `json:"org"`
	Title      string                   `json:"title"` // title of the agent
	Cause      string                   `json:"cause"`
	DueAt      *time.Time               `json:"due_at"`
	Prompt     string                   `json:"prompt"`
	Output     string                   `json:"output"`
	LogText    string                   `json:"log_text"`
	Chain      []chainRunBody           `json:"chain"` // in order, including this run
	Older      *int64                   `json:"older"` // previous run of the same agent
	Newer      *int64                   `json:"newer"` // next run of the same agent
	Deliveries []deliveryBody           `json:"deliveries"`
}

// chainRunBody is a run of a chain of agents.
type chainRunBody struct {
	ID       int64  `json:"id"`
	Agent    int64  `json:"periodic_agent"`
	Title    string `json:"title"`
	Status   string `json:"status"`
	Previous *int64 `json:"previous"` // the run whose output it received
}

func (c *call) runByID() (any, error) {
	details, ok := c.sandbox.RunDetails(c.id)
	if !ok {
		return nil, errorf(http.StatusNotFound, "there is no run %d", c.id)
	}
	body := fullRunBody{
		Org:        details.Org,
		Title:      c.title(details.AgentID),
		Cause:      string(details.Cause),
		DueAt:      timeOrNil(details.DueAt),
		Prompt:     details.Prompt,
		Output:     details.Output,
		LogText:    details.Log,
		Deliveries: []deliveryBody{},
	}
	chain := c.newChain(details)
	for log := range c.sandbox.Logs(details.Org, document.MinTime(), document.MaxTime()) {
		switch {
		case log.ID == c.id:
			body.Log = log
		case log.PeriodicAgent == details.AgentID && log.ID < c.id:
			body.Older = &log.ID
		case log.PeriodicAgent == details.AgentID && body.Newer == nil:
			body.Newer = &log.ID
		}
		chain.add(log)
	}
	if body.Log == nil {
		return nil, errorf(http.StatusNotFound, "the log of run %d has not appeared yet, or was deleted", c.id)
	}
	if details.Cause == "" { // a seed added the log only
		body.LogText = body.Log.Content
	}
	body.Chain = chain.runs
	page, _, _ := paginate(c.sandbox.DeliveriesBackward(), maxRunDeliveries, c.latestDeliveryID()+1,
		func(d *sandbox.Delivery) int64 { return d.ID }, func(d *sandbox.Delivery) bool { return d.LogID == c.id })
	for i := range page {
		body.Deliveries = append(body.Deliveries, c.delivery(&page[i]))
	}
	return body, nil
}

// deletedBody is the log of a run that was deleted.
type deletedBody struct {
	ID int64 `json:"id"`
}

// deleteRun deletes the log of a run, as if it had expired.
func (c *call) deleteRun() (any, error) {
	if !c.sandbox.DeletePeriodicAgentLog(c.id) {
		return nil, errorf(http.StatusNotFound, "there is no run %d", c.id)
	}
	return deletedBody{c.id}, nil
}

// latestDeliveryID returns the id of the latest delivery, or 0.
func (c *call) latestDeliveryID() int64 {
	for d := range c.sandbox.DeliveriesBackward() {
		return d.ID
	}
	return 0
}

// title returns the title of an agent, or its id if it was deleted.
func (c *call) title(agentID int64) string {
	agent, err := c.sandbox.PeriodicAgent(agentID)
	if err != nil {
		return fmt.Sprintf("Agent %d", agentID)
	}
	return agent.Title
}

// A chain collects a run, the runs whose output it received, and the runs that
// received its output.
type chain struct {
	call    *call
	members map[int64]bool // by run id
	runs    []chainRunBody
	after   int // number of runs after the run
	runID   int64
}

// newChain returns a chain with the run and the runs before it as members.
func (c *call) newChain(details sandbox.RunDetails) *chain {
	ch := &chain{call: c, members: map[int64]bool{details.LogID: true}, runID: details.LogID}
	for previous := details.PreviousLogID; previous != 0 && len(ch.members) <= maxChain; {
		before, ok := c.sandbox.RunDetails(previous)
		if !ok || ch.members[previous] {
			break
		}
		ch.members[previous] = true
		previous = before.PreviousLogID
	}
	return ch
}

// add adds a run if it belongs to the chain. It must be called in the order of
// the ids, in which a run follows the run whose output it received.
func (ch *chain) add(log *client.PeriodicAgentLog) {
	var previous int64
	if log.ID >= ch.runID && ch.after < maxChain || ch.members[log.ID] {
		details, _ := ch.call.sandbox.RunDetails(log.ID)
		previous = details.PreviousLogID
	}
	if !ch.members[log.ID] {
		if log.ID < ch.runID || previous < ch.runID || !ch.members[previous] {
			return
		}
		ch.members[log.ID] = true
		ch.after++
	}
	run := chainRunBody{ID: log.ID, Agent: log.PeriodicAgent, Title: ch.call.title(log.PeriodicAgent), Status: string(log.Status)}
	if previous != 0 && ch.members[previous] {
		run.Previous = &previous
	}
	ch.runs = append(ch.runs, run)
}
