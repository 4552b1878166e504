package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// The operations on agents that write.
const (
	createAgent  = "POST /periodic-agents/"
	updateAgent  = "PATCH /periodic-agents/{id}/"
	replaceAgent = "PUT /periodic-agents/{id}/"
	deleteAgent  = "DELETE /periodic-agents/{id}/"
	cleanup      = "cleanup"
)

// cleanupTimeout is how long it may take to remove the agent, with retries. It
// is removed even when the examination was interrupted.
const cleanupTimeout = 2 * time.Minute

// checkWriting creates an agent, changes it, and removes it.
func (d *doctor) checkWriting(ctx context.Context, mentorID string) {
	pins := []string{"POST /pin-message/", "DELETE /pin-message/"}
	agents := []string{createAgent, updateAgent, replaceAgent, deleteAgent}
	if d.skipAll(ctx, slices.Concat(pins, agents)...) {
		return
	}
	for _, check := range pins {
		d.skip(check, "would change what the user has pinned")
	}
	var why string
	switch {
	case !d.write:
		why = "only with -write"
	case mentorID == "":
		why = "there is no mentor that an agent could run"
	default:
		d.writeAgent(ctx, mentorID)
		return
	}
	for _, check := range agents {
		d.skip(check, why)
	}
}

func (d *doctor) writeAgent(ctx context.Context, mentorID string) {
	agent := &client.PeriodicAgentCreateRequest{
		Mentor: mentorID,
		Title:  "iblai-go doctor " + rand.Text(),
		Task: client.PeriodicTaskRequest{
			// Disabled, and should that be ignored, not due for long.
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "0", DayOfMonth: "29", MonthOfYear: "2"},
			Enabled: new(false),
		},
	}
	var err error
	created := checkOperation(ctx, d, createAgent, func(capture client.CallOption) (answer *client.PeriodicAgent, _ error) {
		answer, err = d.client.PeriodicAgents.Create(ctx, agent, capture)
		return answer, err
	})
	if created == nil || created.ID == 0 {
		if mayHaveHappened(err) {
			d.removeLost(ctx, agent.Title)
		}
		for _, check := range []string{updateAgent, replaceAgent, deleteAgent} {
			d.skip(check, "there is no agent to do it with")
		}
		return
	}
	defer d.removeAgent(ctx, deleteAgent, created.ID, agent.Title)
	checkOperation(ctx, d, updateAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
		return d.client.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{Description: new("Updated.")}, capture)
	})
	checkOperation(ctx, d, replaceAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
		return d.client.PeriodicAgents.Replace(ctx, created.ID, agent, capture)
	})
}

// mayHaveHappened reports whether a call that got no good answer may have done
// what it should: only a refusal says that it has not.
func mayHaveHappened(err error) bool {
	fault, isAnswer := errors.AsType[*client.Error](err)
	return !isAnswer || fault.StatusCode >= http.StatusInternalServerError
}

// removeAgent removes what the doctor has created, whatever has happened since.
func (d *doctor) removeAgent(ctx context.Context, check string, id int64, title string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var response client.Response
	begin := time.Now()
	err := d.client.PeriodicAgents.Delete(ctx, id, client.WithResponse(&response), client.WithRetryPolicy(client.RetryPolicy{}))
	took := time.Since(begin)
	if err == nil {
		d.add(ok, check, took, diagnosis{Found: fmt.Sprintf("%d, nothing is left behind", response.StatusCode)})
		return
	}
	found := explain(err, &response)
	found.Details = append(found.Details, fmt.Sprintf("The agent %d, %q, may still be there. It is disabled.", id, title))
	found.Advice = "Delete that agent by hand. " + found.Advice
	d.add(failed, check, took, found)
}

// removeLost removes the agent if it was created though no answer said so. The
// title is compared here, since a service ignores filters that it doesn't know.
func (d *doctor) removeLost(ctx context.Context, title string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	patiently := client.WithRetryPolicy(client.RetryPolicy{})
	for agent, err := range d.client.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Title: title}, patiently) {
		if err != nil {
			d.add(failed, cleanup, 0, diagnosis{
				Found:   fmt.Sprintf("the agent %q may have been created", title),
				Meaning: "Its creation got no good answer, and it could not be looked for. If it is there, it is disabled.",
				Advice:  "Look for an agent with this title, and delete it by hand.",
			})
			return
		}
		if agent.Title == title {
			d.removeAgent(ctx, cleanup, agent.ID, title)
			return
		}
	}
	d.add(ok, cleanup, 0, diagnosis{Found: "the agent was not created"})
}
