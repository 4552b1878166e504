package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func ExamplePeriodicAgentsService_Create() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	mentors, err := c.Mentors.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}

	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor:         mentors.Results[0].UniqueID,
		Title:          "Weekly report",
		Prompt:         new("Report on the week."),
		CallbackURL:    new("https://gradebook.example.edu/runs"),
		CallbackSecret: new(api.NewSecret("0123456789abcdef")),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "17", DayOfWeek: "fri"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.ID, agent.Title, agent.Task.Crontab.DayOfWeek, agent.CallbackSecret)
	// Output: 2 Weekly report fri ***
}

// A schedule that the service would store but never run is refused.
func ExamplePeriodicAgentsService_Create_unrunnable() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()

	_, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: "497f6eca-6276-4993-bfeb-53cbbbba6f08",
		Title:  "Sunday report",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "7"}},
	})
	if unrunnable, ok := errors.AsType[*client.UnrunnableError](err); ok {
		for _, finding := range unrunnable.Report.Findings {
			fmt.Println(finding.Field, "should be", finding.Suggestion)
		}
	}
	// Output: day_of_week should be 0
}

func ExamplePeriodicAgentsService_Replace() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	mentors, err := c.Mentors.List(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	agent, err := c.PeriodicAgents.Replace(ctx, 1, &client.PeriodicAgentCreateRequest{
		Mentor: mentors.Results[0].UniqueID,
		Title:  "Evening digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "18"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title, agent.Task.Crontab.Hour)
	// Output: Evening digest 18
}

// Update changes the fields that are set.
func ExamplePeriodicAgentsService_Update() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Update(ctx, 1, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title, agent.Task.Enabled)
	// Output: Digest false
}

// Diff compares a stored agent with a wanted one, and its Update makes them equal.
func ExamplePeriodicAgent_Diff() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Get(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	diff := agent.Diff(&client.PeriodicAgentCreateRequest{
		Title:       " Digest ", // is stored without the spaces
		Description: new("For the first lesson"),
		Task:        client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8-9"}},
	})
	for _, field := range diff.Fields {
		fmt.Printf("%s: %q becomes %q\n", field.Path, field.Stored, field.Wanted)
	}
	if _, err := c.PeriodicAgents.Update(ctx, agent.ID, &diff.Update); err != nil {
		log.Fatal(err)
	}
	// Output:
	// description: "" becomes "For the first lesson"
	// task.crontab.hour: "*" becomes "8-9"
}

// CreateRequest makes a copy of an agent, which can be changed before it is
// created.
func ExamplePeriodicAgent_CreateRequest() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Get(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	request := agent.CreateRequest()
	request.Title = "Evening digest"
	copied, err := c.PeriodicAgents.Create(ctx, request)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(copied.Title, copied.Task.Crontab.Minute)
	// Output: Evening digest 0
}

func ExamplePeriodicAgentsService_Get() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Get(ctx, 1)
	switch {
	case errors.Is(err, client.ErrNotFound):
		fmt.Println("there is no such agent")
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println(agent.Title, agent.Mentor.Name != "")
	}
	// Output: Digest true
}

func ExamplePeriodicAgentsService_Delete() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	if err := c.PeriodicAgents.Delete(ctx, 1); err != nil {
		log.Fatal(err)
	}
	_, err := c.PeriodicAgents.Get(ctx, 1)
	fmt.Println(errors.Is(err, client.ErrNotFound))
	// Output: true
}

func ExamplePeriodicAgentsService_Statistics() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	counts, err := c.PeriodicAgents.Statistics(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts.TotalTasks, counts.FailedTasks)
	// Output: 1 1
}

// List returns one page, and the number of items on all pages.
func ExamplePeriodicAgentsService_List() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	page, err := c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{Search: "digest", PageSize: 20})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Count, page.Results[0].Title)
	// Output: 1 Digest
}

// All iterates over the agents of all pages.
func ExamplePeriodicAgentsService_All() {
	c, stop := exampleClient()
	defer stop()
	for agent, err := range c.PeriodicAgents.All(context.Background(), &client.PeriodicAgentListParams{Enabled: new(true)}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(agent.Title)
	}
	// Output: Digest
}

func ExamplePeriodicTask_NextRuns() {
	task := client.PeriodicTask{Enabled: true, Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon"}}
	runs, err := task.NextRuns(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), 2, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, run := range runs {
		fmt.Println(run.Format(time.DateTime))
	}
	// Output:
	// 2027-01-04 08:00:00
	// 2027-01-11 08:00:00
}

func ExamplePeriodicTask_ScheduleWarnings() {
	task := client.PeriodicTask{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}, Enabled: true, OneOff: true}
	for _, warning := range task.ScheduleWarnings() {
		fmt.Println(warning)
	}
	// Output: one_off is set: if the task has run before, the scheduler disables it without another run
}
