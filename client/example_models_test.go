package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Null removes the previous agent.
func ExampleNull() {
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Update(context.Background(), 1, &client.PeriodicAgentUpdateRequest{
		PreviousAgent: client.Null[int64](),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.PreviousAgent == nil)
	// Output: true
}

// Value sets the previous agent.
func ExampleValue() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	report, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor:        sandbox.DefaultMentorID,
		Title:         "Report on the digest",
		PreviousAgent: client.Value[int64](1),
		Task:          client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*report.PreviousAgent)
	// Output: 1
}

func ExampleNullable_Get() {
	for _, previous := range []client.Nullable[int64]{{}, client.Null[int64](), client.Value[int64](7)} {
		id, ok := previous.Get()
		fmt.Println(id, ok, previous.IsNull(), previous.IsZero())
	}
	// Output:
	// 0 false false true
	// 0 false true false
	// 7 true false false
}

// A program that owns its agents creates those that are missing and updates those
// that differ. A second pass changes nothing.
func ExamplePeriodicAgentDiff_IsEmpty() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	wanted := []client.PeriodicAgentCreateRequest{
		{Mentor: sandbox.DefaultMentorID, Title: "Digest", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "30", Hour: "7"}}},
		{Mentor: sandbox.DefaultMentorID, Title: "Report", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "17"}}},
	}

	for range 2 {
		stored := map[string]*client.PeriodicAgent{}
		for agent, err := range c.PeriodicAgents.All(ctx, nil) {
			if err != nil {
				log.Fatal(err)
			}
			stored[agent.Title] = agent
		}
		for i := range wanted {
			agent := stored[wanted[i].Title]
			if agent == nil {
				if _, err := c.PeriodicAgents.Create(ctx, &wanted[i]); err != nil {
					log.Fatal(err)
				}
				fmt.Println("created", wanted[i].Title)
				continue
			}
			diff := agent.Diff(&wanted[i])
			if diff.IsEmpty() {
				fmt.Println("unchanged", agent.Title)
				continue
			}
			if _, err := c.PeriodicAgents.Update(ctx, agent.ID, &diff.Update); err != nil {
				log.Fatal(err)
			}
			fmt.Println("updated", agent.Title)
		}
	}
	// Output:
	// updated Digest
	// created Report
	// unchanged Digest
	// unchanged Report
}

// UpdateRequest has all writable fields of an agent, for a form in which a person
// edits them.
func ExamplePeriodicAgent_UpdateRequest() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Get(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	form := agent.UpdateRequest()
	form.Title = new("Digest of the day")
	agent, err = c.PeriodicAgents.Update(ctx, agent.ID, form)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title)
	// Output: Digest of the day
}

// Package crontab parses and explains the schedule of an agent.
func ExampleCrontabSchedule_Fields() {
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Get(context.Background(), 1)
	if err != nil {
		log.Fatal(err)
	}
	schedule, err := agent.Task.Crontab.Fields().Parse()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(schedule.Describe())
	// Output: Every hour
}

// A line of a crontab becomes the schedule of an agent.
func ExampleNewCrontabSchedule() {
	schedule, err := crontab.Parse("30 7 * * mon-fri")
	if err != nil {
		log.Fatal(err)
	}
	task := client.PeriodicTaskRequest{Crontab: client.NewCrontabSchedule(schedule.Fields())}
	fmt.Println(task.Crontab.Hour, task.Crontab.DayOfWeek)
	// Output: 7 1-5
}

// A time that can't be parsed is zero, and its text is kept.
func ExampleTime_Text() {
	var run client.PeriodicAgentLog
	if err := json.Unmarshal([]byte(`{"id": 7, "start_time": "2026-01-05 08:00:00", "end_time": "soon"}`), &run); err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.StartTime.UTC())
	fmt.Println(run.EndTime.IsZero(), run.EndTime.Text())
	// Output:
	// 2026-01-05 08:00:00 +0000 UTC
	// true soon
}

// Everyone who can read an agent sees its callback_url.
func ExampleCheckCallbackURL() {
	for _, callbackURL := range []string{"https://hooks.example.edu/runs", "https://ada:password@hooks.example.edu/runs"} {
		fmt.Println(client.CheckCallbackURL(callbackURL))
	}
	// Output:
	// <nil>
	// ibl.ai: callback_url must not have a user or password in it; have the callbacks signed with a secret
}
