package doctor

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// The operations that read.
const (
	listMentors = "GET /"
	listAgents  = "GET /periodic-agents/"
	getAgent    = "GET /periodic-agents/{id}/"
	statistics  = "GET /periodic-agents/statistics/"
	listLogs    = "GET /periodic-agent-logs/"
	getLog      = "GET /periodic-agent-logs/{id}/"
	listPins    = "GET /pin-message/"
)

// checkReading calls every operation that reads, with the ids of the first
// items of the lists.
func (e *examination) checkReading(ctx context.Context) {
	mentors := checkOperation(ctx, e, listMentors, func(capture client.CallOption) (*client.Page[client.Mentor], error) {
		return e.client.Mentors.List(ctx, nil, capture)
	})
	if mentor := first(mentors); mentor != nil {
		e.known.mentorID = mentor.UniqueID
	}

	agents := checkOperation(ctx, e, listAgents, func(capture client.CallOption) (*client.Page[client.PeriodicAgent], error) {
		return e.client.PeriodicAgents.List(ctx, nil, capture)
	})
	if agent := first(agents); agent != nil && agent.ID > 0 {
		if e.known.mentorID == "" {
			e.known.mentorID = agent.Mentor.UniqueID
		}
		checkOperation(ctx, e, getAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
			return e.client.PeriodicAgents.Get(ctx, agent.ID, capture)
		})
	} else if !e.skipAll(ctx, getAgent) {
		e.skip(getAgent, "the list has no agent with an id")
	}
	e.checkCallbackURLs(agents)
	checkOperation(ctx, e, statistics, func(capture client.CallOption) (*client.PeriodicAgentStatistics, error) {
		return e.client.PeriodicAgents.Statistics(ctx, nil, capture)
	})

	logs := checkOperation(ctx, e, listLogs, func(capture client.CallOption) (*client.Page[client.PeriodicAgentLog], error) {
		return e.client.PeriodicAgentLogs.List(ctx, nil, capture)
	})
	if log := first(logs); log != nil && log.ID > 0 {
		checkOperation(ctx, e, getLog, func(capture client.CallOption) (*client.PeriodicAgentLog, error) {
			return e.client.PeriodicAgentLogs.Get(ctx, log.ID, capture)
		})
	} else if !e.skipAll(ctx, getLog) {
		e.skip(getLog, "the list has no log with an id")
	}
	e.checkPins(ctx, agents)
}

// checkCallbackURLs warns of agents whose callback_url should not have been stored.
func (e *examination) checkCallbackURLs(agents *client.Page[client.PeriodicAgent]) {
	if agents == nil {
		return
	}
	var details []string
	for _, agent := range agents.Results {
		invalid, ok := errors.AsType[*api.ArgumentError](client.CheckCallbackURL(agent.CallbackURL))
		if ok && agent.CallbackURL != "" {
			details = append(details, fmt.Sprintf("agent %d: callback_url %s", agent.ID, invalid.Reason))
		}
	}
	if len(details) == 0 {
		return
	}
	e.add(Warning, "callback URLs", 0, Diagnosis{
		Found:   fmt.Sprintf("agents with an unsuitable callback_url: %d", len(details)),
		Details: details,
		Meaning: "Everyone who can read an agent sees its callback_url, with the user and password in it. Only http and https URLs receive callbacks.",
		Advice:  "Change the URL: iblai agents edit ID --callback-url URL --callback-secret-env VARIABLE",
	})
}

// checkPins lists the pinned messages of the chat session of an agent. If no
// agent has a session, it uses an id that does not exist. The session of an
// agent may have been deleted, so in both cases the service may respond that it
// does not exist.
func (e *examination) checkPins(ctx context.Context, agents *client.Page[client.PeriodicAgent]) {
	if e.skipAll(ctx, listPins) {
		return
	}
	var response client.Response
	begin := time.Now()
	_, err := e.client.PinnedMessages.List(ctx, sessionOf(agents), client.WithResponse(&response))
	took := time.Since(begin)
	switch {
	case err == nil:
		e.reportResponse(listPins, took, &response, reflect.TypeFor[client.Page[client.PinnedSession]]())
	case isServiceRefusal(&response) && errors.Is(err, client.ErrNotFound),
		errors.Is(err, client.ErrValidation):
		e.skip(listPins, "needs a chat session, and no agent has an existing one")
	default:
		e.failOperation(listPins, took, err, &response)
	}
}

// sessionOf returns the chat session of an agent, or an id that does not exist.
func sessionOf(agents *client.Page[client.PeriodicAgent]) string {
	if agents != nil {
		for _, agent := range agents.Results {
			if agent.ParentSessionID != "" {
				return agent.ParentSessionID
			}
		}
	}
	return "00000000-0000-4000-8000-000000000000"
}

// first returns the first item of a page, or nil.
func first[T any](page *client.Page[T]) *T {
	if page == nil || len(page.Results) == 0 {
		return nil
	}
	return page.Results[0]
}
