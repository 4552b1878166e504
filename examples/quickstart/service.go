package main

import (
	"context"

	"github.com/iblai/iblai-go/client"
)

// againstService reads from the service in the environment's settings.
func againstService(ctx context.Context, r *report) error {
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	r.title("Periodic agents at " + c.BaseURL().String() + " (read only)")
	const limit = 10

	r.step("The first mentors")
	mentors, err := c.Mentors.List(ctx, &client.MentorListParams{PageSize: limit})
	if err != nil {
		return err
	}
	r.mentors(mentors.Results)

	r.step("The first periodic agents of the org")
	agents, err := c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{PageSize: limit})
	if err != nil {
		return err
	}
	r.agents(agents.Results)

	r.step("Their latest runs")
	logs, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{Ordering: client.OrderByCreatedAt.Descending(), PageSize: limit})
	if err != nil {
		return err
	}
	r.logs(logs.Results)

	r.step("Agents by the status of their latest run")
	statistics, err := c.PeriodicAgents.Statistics(ctx, nil)
	if err != nil {
		return err
	}
	r.statistics(statistics)
	return nil
}
