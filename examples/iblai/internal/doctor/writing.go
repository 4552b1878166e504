package doctor

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

// The operations that write.
const (
	createAgent  = "POST /periodic-agents/"
	updateAgent  = "PATCH /periodic-agents/{id}/"
	replaceAgent = "PUT /periodic-agents/{id}/"
	deleteAgent  = "DELETE /periodic-agents/{id}/"
	createPin    = "POST /pin-message/"
	deletePin    = "DELETE /pin-message/"

	cleanup = "cleanup"
)

// cleanupTimeout limits the time for deleting the agent, including retries. The
// agent is deleted even if the examination is interrupted.
const cleanupTimeout = 2 * time.Minute

// checkWriting creates an agent, changes it, and deletes it.
func (e *examination) checkWriting(ctx context.Context) {
	pins := []string{createPin, deletePin}
	agents := []string{createAgent, updateAgent, replaceAgent, deleteAgent}
	if e.skipAll(ctx, slices.Concat(pins, agents)...) {
		return
	}
	for _, check := range pins {
		e.skip(check, "would change the user's pinned messages")
	}
	why := ""
	switch {
	case !e.Write:
		why = "only with --write"
	case e.known.mentorID == "":
		why = "the org has no mentor for an agent"
	default:
		e.writeAgent(ctx)
		return
	}
	for _, check := range agents {
		e.skip(check, why)
	}
}

func (e *examination) writeAgent(ctx context.Context) {
	agent := &client.PeriodicAgentCreateRequest{
		Mentor: e.known.mentorID,
		Title:  "iblai doctor " + rand.Text(),
		Task: client.PeriodicTaskRequest{
			// In case the service ignores Enabled, the next run is years away.
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "0", DayOfMonth: "29", MonthOfYear: "2"},
			Enabled: new(false),
		},
	}
	var response client.Response
	begin := time.Now()
	created, err := e.client.PeriodicAgents.Create(ctx, agent, client.WithResponse(&response))
	e.reportCreation(time.Since(begin), err, &response)
	if err != nil || created.ID == 0 {
		if mayHaveSucceeded(err) {
			e.deleteUnconfirmed(ctx, agent.Title)
		}
		for _, check := range []string{updateAgent, replaceAgent, deleteAgent} {
			e.skip(check, "no agent was created")
		}
		return
	}
	defer e.deleteAgent(ctx, deleteAgent, created.ID, agent.Title)
	checkOperation(ctx, e, updateAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
		return e.client.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{Description: new("Updated.")}, capture)
	})
	checkOperation(ctx, e, replaceAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
		return e.client.PeriodicAgents.Replace(ctx, created.ID, agent, capture)
	})
}

// reportCreation reports the creation of an agent. Releases that require the
// number of the mentor reject its unique id, and no response contains the
// number.
func (e *examination) reportCreation(took time.Duration, err error, response *client.Response) {
	failure, is := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		e.reportResponse(createAgent, took, response, agentModel)
	case is && failure.Field("mentor") != nil && e.known.release != nil && e.known.release.mentorNumber:
		found := e.explain(err, response)
		found.Meaning = "Release " + e.known.release.name + " creates agents with the mentor's number instead of its unique id."
		found.Advice = `Write the number as text, as in Mentor: "1". No response contains it: ask an administrator for it.`
		e.add(Warning, createAgent, took, found)
	default:
		e.failOperation(createAgent, took, err, response)
	}
}

// mayHaveSucceeded reports whether the service may have executed a failed call.
// Only a response below 500 proves that it has not.
func mayHaveSucceeded(err error) bool {
	failure, is := errors.AsType[*client.Error](err)
	return !is || failure.StatusCode >= http.StatusInternalServerError
}

// deleteAgent deletes the agent that the examination created.
func (e *examination) deleteAgent(ctx context.Context, check string, id int64, title string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	var response client.Response
	begin := time.Now()
	err := e.client.PeriodicAgents.Delete(ctx, id, client.WithResponse(&response), client.WithRetryPolicy(client.RetryPolicy{}))
	took := time.Since(begin)
	if err == nil {
		e.add(OK, check, took, Diagnosis{Found: fmt.Sprintf("%d, nothing remains", response.StatusCode)})
		return
	}
	found := e.explain(err, &response)
	found.Details = append(found.Details, fmt.Sprintf("The agent %d, %q, may still exist. It is disabled.", id, title))
	found.Advice = "Delete that agent manually. " + found.Advice
	e.add(Failed, check, took, found)
}

// deleteUnconfirmed deletes the agent if it was created although the response
// was lost. It compares the titles, since a release without the filter ignores
// it.
func (e *examination) deleteUnconfirmed(ctx context.Context, title string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	retries := client.WithRetryPolicy(client.RetryPolicy{})
	for agent, err := range e.client.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Title: title}, retries) {
		if err != nil {
			e.add(Failed, cleanup, 0, Diagnosis{
				Found:   fmt.Sprintf("the agent %q may have been created", title),
				Meaning: "Its creation failed without a clear response, and the list of agents failed too. If it exists, it is disabled.",
				Advice:  "Look for an agent with this title, and delete it manually.",
			})
			return
		}
		if agent.Title == title {
			e.deleteAgent(ctx, cleanup, agent.ID, title)
			return
		}
	}
	e.add(OK, cleanup, 0, Diagnosis{Found: "the agent was not created"})
}
