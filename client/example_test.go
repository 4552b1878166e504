package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// An agent is created on a schedule, changed, and read back. The platform is a
// sandbox; a program would use client.FromEnv.
func Example() {
	ctx := context.Background()
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}

	mentors, err := c.Mentors.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	created, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: mentors.Results[0].UniqueID,
		Title:  "Morning digest",
		Prompt: new("Summarize what is due this week."),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	updated, err := c.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Hour: "9"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(updated.Title, "now runs at hour", updated.Task.Crontab.Hour)
	// Output: Morning digest now runs at hour 9
}

// What is wrong with an option is told before anything is sent.
func ExampleNew() {
	_, err := client.New(
		client.WithAPIKey("0123456789abcdef"),
		client.WithOrg("acme"),
		client.WithUsername("ada"),
		client.WithBaseURL("http://ibl.example.edu"),
	)
	fmt.Println(err)
	// Output: ibl.ai: WithBaseURL would send the API key unencrypted to ibl.example.edu; use https, or a loopback host
}

// All asks for one page after the other, as far as the loop goes.
func ExamplePeriodicAgentLogsService_All() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()

	since := time.Now().Add(-24 * time.Hour)
	params := &client.PeriodicAgentLogListParams{Ordering: "-created_at"}
	for run, err := range c.PeriodicAgentLogs.All(ctx, params, client.Prefetch(2)) {
		if err != nil {
			log.Fatal(err)
		}
		if run.CreatedAt.Before(since) {
			break
		}
		fmt.Println(run.ID, run.Status)
	}
	// Output:
	// 2 error
	// 1 success
}

func ExampleCollect() {
	c, stop := exampleClient()
	defer stop()
	agents, err := client.Collect(c.PeriodicAgents.All(context.Background(), nil), 100)
	fmt.Println(len(agents), err)
	// Output: 1 <nil>
}

// An error tells its kind, and an *Error tells the rest.
func ExampleError() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()

	_, err := c.PeriodicAgents.Get(ctx, 4711)
	fmt.Println(errors.Is(err, client.ErrNotFound))

	_, err = c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{Title: "Digest"})
	if failure, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(failure.StatusCode, failure.Field("task"))
	}
	// Output:
	// true
	// 400 [This field is required.]
}

// Null, a zero value and nothing at all are three different things to send.
func ExampleNullable() {
	c, stop := exampleClient()
	defer stop()
	updated, err := c.PeriodicAgents.Update(context.Background(), 1, &client.PeriodicAgentUpdateRequest{
		Description:   new(""),
		PreviousAgent: client.Null[int64](),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %q %v\n", updated.Title, updated.Description, updated.PreviousAgent)
	// Output: "Digest" "" <nil>
}

// An endpoint that the SDK has no method for takes the same road.
func ExampleClient_Do() {
	c, stop := exampleClient()
	defer stop()
	var counts struct {
		Total int64 `json:"total_tasks"`
	}
	err := c.Do(context.Background(), client.Request{
		Method:       http.MethodGet,
		PathTemplate: "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/",
	}, &counts)
	fmt.Println(counts.Total, err)
	// Output: 1 <nil>
}

// The raw JSON has all that this release of the SDK does not know.
func ExampleWithResponse() {
	c, stop := exampleClient()
	defer stop()
	var answer client.Response
	if _, err := c.PeriodicAgents.Statistics(context.Background(), nil, client.WithResponse(&answer)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.StatusCode, string(answer.Body))
	// Output: 200 {"total_tasks":1,"succeeded_tasks":0,"failed_tasks":1,"running_tasks":0,"pending_tasks":0}
}

// A secret does not show where it is printed by accident.
func ExampleSecret() {
	fmt.Printf("%v %q\n", api.NewSecret("hunter2"), api.NewSecret("hunter2"))
	// Output: *** ***
}

// exampleClient is a client of a platform with one agent that ran twice.
func exampleClient() (c *client.Client, stop func()) {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	c, err = client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	agent, err := c.PeriodicAgents.Create(context.Background(), &client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID,
		Title:  "Digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, outcome := range []sandbox.Outcome{{}, {Status: api.StatusError}} {
		if _, err := sb.RunNow(context.Background(), agent.ID, outcome); err != nil {
			log.Fatal(err)
		}
	}
	return c, sb.Close
}
