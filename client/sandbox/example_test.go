package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func Example() {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Morning digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	run, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{Log: "Loaded 3 documents. Answered."})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Log.Status, "-", run.Log.Content)

	statistics, err := c.PeriodicAgents.Statistics(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(statistics.SucceededTasks, "of", statistics.TotalTasks, "succeeded")
	// Output:
	// success - Loaded 3 documents. Answered.
	// 1 of 1 succeeded
}

// Invalid requests get the service's own validation errors.
func Example_validation() {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}

	_, err = c.PeriodicAgents.Create(context.Background(), &client.PeriodicAgentCreateRequest{
		Title: "Morning digest",
		Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "60"}},
	})
	if refusal, ok := errors.AsType[*client.Error](err); ok {
		for _, field := range refusal.Fields {
			fmt.Println(field.Path, field.Messages)
		}
	}
	// Output:
	// mentor [This field is required.]
	// task.crontab.minute ['60', not in 0-59 for Minutes]
}

// A platform with a frozen clock, an administrator, a member and an agent.
func ExampleStart() {
	sb, err := sandbox.Start(
		sandbox.WithFrozenClock(time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC)),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "eve", Member: true}),
		sandbox.WithMentor("library", client.Mentor{Name: "Cataloguer"}),
		sandbox.WithPeriodicAgent("library", client.PeriodicAgentCreateRequest{
			Title: "New books",
			Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "*/15"}},
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()

	run, err := sb.RunNow(context.Background(), 1, sandbox.Outcome{
		Status:   api.StatusError,
		Duration: 4250 * time.Millisecond,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Log.Content, "at", run.Log.EndTime)
	// Output:
	// New books finished: error at 2026-01-05 08:00:04.25 +0000 UTC
}

// A day of an agent that fails at first, and of one that waits for its success.
func ExampleSandbox_Advance() {
	monday := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	sb, err := sandbox.Start(
		sandbox.WithFrozenClock(monday),
		sandbox.WithOutcomes(
			sandbox.Outcome{Status: api.StatusError, Duration: time.Minute},
			sandbox.Outcome{Output: "Two essays are due.", Duration: time.Minute},
		),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg,
			client.PeriodicAgentCreateRequest{
				Title: "Digest",
				Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8,9"}},
			},
			client.PeriodicAgentCreateRequest{
				Title:         "Reminder",
				Task:          client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "5", Hour: "8"}},
				PreviousAgent: client.Value(int64(1)),
			},
		),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()

	runs, err := sb.Advance(context.Background(), 24*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(runs, "runs")
	for run := range sb.Logs(sandbox.DefaultOrg, monday, sb.Now()) {
		fmt.Println("agent", run.PeriodicAgent, "at", run.StartTime.Format("15:04"), run.Status)
	}
	// Output:
	// 3 runs
	// agent 1 at 08:00 error
	// agent 1 at 09:00 success
	// agent 2 at 09:01 error
}

// The service is overloaded twice, and then the response to a write is lost.
func ExampleSandbox_SetFaults() {
	sb, err := sandbox.Start(sandbox.WithFaults(
		sandbox.Fault{Match: sandbox.RequestMatch{Method: "GET"}, Selection: sandbox.Times(2), Effect: sandbox.RespondWith(503)},
		sandbox.Fault{Match: sandbox.RequestMatch{Method: "POST"}, Selection: sandbox.Times(1), Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter}},
	))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(append(sb.ClientOptions(), client.WithRetryPolicy(client.RetryPolicy{BaseDelay: time.Millisecond}))...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	mentors, err := c.Mentors.List(ctx, nil) // is retried
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{ // is not
		Mentor: mentors.Results[0].UniqueID,
		Title:  "Morning digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	})
	_, lost := errors.AsType[*client.TransportError](err)
	fmt.Println("the response was lost:", lost)
	agents, err := c.PeriodicAgents.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("agents:", agents.Count)

	for request := range sb.Requests() {
		fmt.Println(request.Operation, request.StatusCode)
	}
	// Output:
	// the response was lost: true
	// agents: 1
	// ai_mentor_orgs_users_list 503
	// ai_mentor_orgs_users_list 503
	// ai_mentor_orgs_users_list 200
	// ai_mentor_orgs_users_periodic_agents_create 0
	// ai_mentor_orgs_users_periodic_agents_list 200
}

// A platform with two days of past runs.
func ExampleWithPeriodicAgentLog() {
	friday := time.Date(2026, time.January, 2, 8, 0, 0, 0, time.UTC)
	hourly := client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}}
	var history []client.PeriodicAgentLog
	for hour := range 48 {
		began := friday.Add(time.Duration(hour) * time.Hour)
		history = append(history, client.PeriodicAgentLog{PeriodicAgent: 1, StartTime: client.Time{Time: began}, Content: "Answered."})
	}
	history[47].Status, history[47].Content = api.StatusError, "The model did not answer."

	sb, err := sandbox.Start(
		sandbox.WithFrozenClock(friday.AddDate(0, 0, 3)),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg,
			client.PeriodicAgentCreateRequest{Title: "Mail", Task: hourly},
			client.PeriodicAgentCreateRequest{Title: "News", Task: hourly},
		),
		sandbox.WithPeriodicAgentLog(sandbox.DefaultOrg, history...),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	logs, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{Search: "model", Ordering: "-created_at"})
	if err != nil {
		log.Fatal(err)
	}
	for _, run := range logs.Results {
		fmt.Println(run.ID, run.StartTime.Format("Mon 15:04"), run.Content)
	}
	statistics, err := c.PeriodicAgents.Statistics(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(statistics.FailedTasks, "failed,", statistics.PendingTasks, "never ran")
	// Output:
	// 48 Sun 07:00 The model did not answer.
	// 1 failed, 1 never ran
}
