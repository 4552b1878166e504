package main

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/iblai/iblai-go/client"
)

// checkReading calls every operation that reads, and returns a mentor's unique
// id. The ids that it needs are those of the first items of the lists.
func (d *doctor) checkReading(ctx context.Context) (mentorID string) {
	mentors := checkOperation(ctx, d, "GET /", func(capture client.CallOption) (*client.Page[client.Mentor], error) {
		return d.client.Mentors.List(ctx, nil, capture)
	})
	if mentor := first(mentors); mentor != nil {
		mentorID = mentor.UniqueID
	}

	agents := checkOperation(ctx, d, "GET /periodic-agents/", func(capture client.CallOption) (*client.Page[client.PeriodicAgent], error) {
		return d.client.PeriodicAgents.List(ctx, nil, capture)
	})
	const retrieveAgent = "GET /periodic-agents/{id}/"
	if agent := first(agents); agent != nil && agent.ID > 0 {
		checkOperation(ctx, d, retrieveAgent, func(capture client.CallOption) (*client.PeriodicAgent, error) {
			return d.client.PeriodicAgents.Get(ctx, agent.ID, capture)
		})
	} else if !d.skipAll(ctx, retrieveAgent) {
		d.skip(retrieveAgent, "the list has no agent with an id")
	}
	checkOperation(ctx, d, "GET /periodic-agents/statistics/", func(capture client.CallOption) (*client.PeriodicAgentStatistics, error) {
		return d.client.PeriodicAgents.Statistics(ctx, nil, capture)
	})

	logs := checkOperation(ctx, d, "GET /periodic-agent-logs/", func(capture client.CallOption) (*client.Page[client.PeriodicAgentLog], error) {
		return d.client.PeriodicAgentLogs.List(ctx, nil, capture)
	})
	const retrieveLog = "GET /periodic-agent-logs/{id}/"
	if log := first(logs); log != nil && log.ID > 0 {
		checkOperation(ctx, d, retrieveLog, func(capture client.CallOption) (*client.PeriodicAgentLog, error) {
			return d.client.PeriodicAgentLogs.Get(ctx, log.ID, capture)
		})
	} else if !d.skipAll(ctx, retrieveLog) {
		d.skip(retrieveLog, "the list has no log with an id")
	}
	d.checkPins(ctx, agents)
	return mentorID
}

// checkPins lists what is pinned of a session: of one in which an agent was
// created, or else of one that does not exist, of which nothing is pinned.
func (d *doctor) checkPins(ctx context.Context, agents *client.Page[client.PeriodicAgent]) {
	const list = "GET /pin-message/"
	if d.skipAll(ctx, list) {
		return
	}
	session, exists := sessionOf(agents)
	var response client.Response
	begin := time.Now()
	_, err := d.client.PinnedMessages.List(ctx, session, client.WithResponse(&response))
	took := time.Since(begin)
	switch {
	case err == nil:
		d.foundAnswer(list, took, &response, reflect.TypeFor[client.Page[client.PinnedSession]]())
	case !exists && speaksAPI(&response) && (errors.Is(err, client.ErrNotFound) || errors.Is(err, client.ErrValidation)):
		d.skip(list, "needs a chat session, and no agent names one")
	default:
		d.fail(list, took, err, &response)
	}
}

// sessionOf is a chat session, and whether it exists.
func sessionOf(agents *client.Page[client.PeriodicAgent]) (id string, exists bool) {
	if agents != nil {
		for _, agent := range agents.Results {
			if id := agent.ParentSessionID; id != "" {
				return id, true
			}
		}
	}
	return "00000000-0000-4000-8000-000000000000", false
}

// first is the first item of a page, nil if there is none.
func first[T any](page *client.Page[T]) *T {
	if page == nil || len(page.Results) == 0 {
		return nil
	}
	return page.Results[0]
}
