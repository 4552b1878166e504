package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"

	"github.com/iblai/iblai-go/internal/benchmark/scale"
)

// A query is a request to a sandbox.
type query struct {
	work string
	ask  func(ctx context.Context, c *client.Client) (any, error)
	// byHand computes the same result from the seed with plain code, which how
	// describes. It is nil if nothing is compared.
	byHand func(o *scale.Org) any
	how    string
	limit  time.Duration
}

// A listed page is the result of all contestants.
type listed struct {
	Count int64
	IDs   []int64
}

const (
	sortAll  = "slices.SortStableFunc of all"
	lowerAll = "strings.ToLower of all"
	pageSize = 100

	listLimit   = 50 * time.Millisecond
	searchLimit = 300 * time.Millisecond
)

func queries(agents, logs int) []query {
	middle, last := int64(logs/pageSize/2+1), int64((logs+pageSize-1)/pageSize)
	const byAgent = "periodic_agent,-start_time"
	return []query{
		agentQuery("list agents", client.PeriodicAgentListParams{}),
		agentQuery("agents, by -created_at", client.PeriodicAgentListParams{Ordering: "-created_at"}),
		agentQuery("agents, by title", client.PeriodicAgentListParams{Ordering: "title"}),
		agentQuery("agents, status=error", client.PeriodicAgentListParams{Status: api.StatusError}),
		agentQuery("agents, search=777", client.PeriodicAgentListParams{Search: "777"}),
		{work: "statistics", limit: listLimit, ask: func(ctx context.Context, c *client.Client) (any, error) { return c.PeriodicAgents.Statistics(ctx, nil) }},
		logQuery("list logs", client.PeriodicAgentLogListParams{}),
		logQuery("logs, the last page", client.PeriodicAgentLogListParams{Page: last}),
		sortedQuery("logs, by -created_at", client.PeriodicAgentLogListParams{Ordering: "-created_at"}, func(a, b client.PeriodicAgentLog) int {
			return b.StartTime.Compare(a.StartTime.Time) // also the time of creation
		}),
		logQuery("logs, by -created_at, the middle page", client.PeriodicAgentLogListParams{Ordering: "-created_at", Page: middle}),
		sortedQuery("logs, by -content", client.PeriodicAgentLogListParams{Ordering: "-content"}, func(a, b client.PeriodicAgentLog) int {
			return strings.Compare(b.Content, a.Content)
		}),
		logQuery("logs, by "+byAgent, client.PeriodicAgentLogListParams{Ordering: byAgent}),
		logQuery("logs, by "+byAgent+", the last page", client.PeriodicAgentLogListParams{Ordering: byAgent, Page: last}),
		sortedQuery("logs, by "+byAgent+", the middle page", client.PeriodicAgentLogListParams{Ordering: byAgent, Page: middle}, func(a, b client.PeriodicAgentLog) int {
			return cmp.Or(cmp.Compare(a.PeriodicAgent, b.PeriodicAgent), b.StartTime.Compare(a.StartTime.Time))
		}),
		logQuery("logs, by -status", client.PeriodicAgentLogListParams{Ordering: "-status"}),
		logQuery("logs, by end_time", client.PeriodicAgentLogListParams{Ordering: "end_time"}),
		logQuery("logs, periodic_agent", client.PeriodicAgentLogListParams{PeriodicAgent: int64(agents / 2)}),
		logQuery("logs, status=error, by -created_at", client.PeriodicAgentLogListParams{Status: api.StatusError, Ordering: "-created_at"}),
		logQuery("logs, mentor_id", client.PeriodicAgentLogListParams{MentorID: scale.Tutor}),
		logQuery("logs, username", client.PeriodicAgentLogListParams{Username: scale.Username}),
		searchQuery("answered"), // is in every log
		searchQuery("nowhere"),
		searchQuery("answered nowhere"),
	}
}

func agentQuery(work string, params client.PeriodicAgentListParams) query {
	return query{work: work, limit: listLimit, ask: func(ctx context.Context, c *client.Client) (any, error) {
		page, err := c.PeriodicAgents.List(ctx, &params)
		if err != nil {
			return nil, err
		}
		made := listed{Count: page.Count}
		for _, agent := range page.Results {
			made.IDs = append(made.IDs, agent.ID)
		}
		return made, nil
	}}
}

func logQuery(work string, params client.PeriodicAgentLogListParams) query {
	return query{work: work, limit: listLimit, ask: func(ctx context.Context, c *client.Client) (any, error) {
		page, err := c.PeriodicAgentLogs.List(ctx, &params)
		if err != nil {
			return nil, err
		}
		made := listed{page.Count, make([]int64, len(page.Results))}
		for i, log := range page.Results {
			made.IDs[i] = log.ID
		}
		return made, nil
	}}
}

// sortedQuery compares the query with a sort of all logs.
func sortedQuery(work string, params client.PeriodicAgentLogListParams, compare func(a, b client.PeriodicAgentLog) int) query {
	q := logQuery(work, params)
	q.how = sortAll
	q.byHand = func(o *scale.Org) any {
		logs := slices.Clone(o.Logs)
		slices.SortStableFunc(logs, compare)
		from := int(max(1, params.Page)-1) * pageSize
		return listed{int64(len(logs)), idsOf(logs[from:min(from+pageSize, len(logs))])}
	}
	return q
}

// searchQuery compares the query with a search in lower-case copies of all
// texts.
func searchQuery(words string) query {
	q := logQuery(fmt.Sprintf("logs, search=%s", words), client.PeriodicAgentLogListParams{Search: words})
	q.limit = searchLimit
	q.how = lowerAll
	q.byHand = func(o *scale.Org) any {
		made := listed{IDs: []int64{}}
		for _, log := range slices.Backward(o.Logs) { // newest first, like the service
			texts := []string{strings.ToLower(log.Content), strings.ToLower(o.Agents[log.PeriodicAgent-1].Title)}
			if !hasAll(texts, strings.Fields(words)) {
				continue
			}
			made.Count++
			if len(made.IDs) < pageSize {
				made.IDs = append(made.IDs, log.ID)
			}
		}
		return made
	}
	return q
}

// hasAll reports whether each word is in one of the texts.
func hasAll(texts, words []string) bool {
	for _, word := range words {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, word) }) {
			return false
		}
	}
	return true
}

func idsOf(logs []client.PeriodicAgentLog) []int64 {
	ids := make([]int64, len(logs))
	for i := range logs {
		ids[i] = logs[i].ID
	}
	return ids
}
