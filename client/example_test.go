package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
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

func ExampleNew() {
	c, err := client.New(
		client.WithAPIKey(os.Getenv("GRADEBOOK_IBLAI_KEY")),
		client.WithOrg("acme"),
		client.WithUsername("ada"),
		client.WithBaseURL("https://ibl.example.edu/manager"),
		client.WithUserAgent("gradebook/2.1"),
		client.WithAttemptTimeout(10*time.Second),
	)
	if err != nil {
		fmt.Println(err) // names the option that is invalid or missing
		return
	}
	fmt.Println(c.BaseURL())
	// Output: ibl.ai: WithAPIKey is empty
}

func ExampleFromEnv() {
	for name, value := range map[string]string{
		client.EnvAPIKey:   "0123456789abcdef",
		client.EnvOrg:      "acme",
		client.EnvUsername: "ada",
		client.EnvBaseURL:  "https://ibl.example.edu",
	} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	c, err := client.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.BaseURL())
	// Output: https://ibl.example.edu
}

func ExampleOrdering() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	page, err := c.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{
		Ordering: client.OrderByTitle.Then(client.OrderByCreatedAt.Descending()),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Results[0].Title)
	// Output: Digest
}

// The first page has the newest logs, unless another order is requested.
func ExamplePeriodicAgentLogsService_List() {
	c, stop := exampleClient()
	defer stop()
	page, err := c.PeriodicAgentLogs.List(context.Background(), &client.PeriodicAgentLogListParams{Status: api.StatusError, PageSize: 20})
	if err != nil {
		log.Fatal(err)
	}
	for _, run := range page.Results {
		fmt.Println("run", run.ID, "of agent", run.PeriodicAgent, "failed")
	}
	// Output: run 2 of agent 1 failed
}

// All requests one page after the other, as far as the loop goes.
func ExamplePeriodicAgentLogsService_All() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()

	params := &client.PeriodicAgentLogListParams{Ordering: client.OrderByID.Descending()}
	for run, err := range c.PeriodicAgentLogs.All(ctx, params, client.WithPrefetch(2)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(run.ID, run.Status)
	}
	// Output:
	// 2 error
	// 1 success
}

// Since requests no more pages than the logs of one day need.
func ExamplePeriodicAgentLogsService_Since() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()

	yesterday := time.Now().Add(-24 * time.Hour)
	for run, err := range c.PeriodicAgentLogs.Since(ctx, yesterday, nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(run.ID, run.Status)
	}
	// Output:
	// 2 error
	// 1 success
}

func ExamplePeriodicAgentLogsService_Get() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	run, err := c.PeriodicAgentLogs.Get(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.PeriodicAgent, run.Status == api.StatusSuccess)
	// Output: 1 true
}

// A mentor's UniqueID is the Mentor of an agent that is created.
func ExampleMentorsService_List() {
	c, stop := exampleClient()
	defer stop()
	page, err := c.Mentors.List(context.Background(), &client.MentorListParams{PageSize: 10})
	if err != nil {
		log.Fatal(err)
	}
	for _, mentor := range page.Results {
		fmt.Println(mentor.Name, mentor.UniqueID == sandbox.DefaultMentorID)
	}
	// Output: Study coach true
}

func ExampleMentorsService_All() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	mentors, err := client.Collect(c.Mentors.All(ctx, nil), 1000)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(mentors) > 0)
	// Output: true
}

func ExamplePinnedMessagesService_Create() {
	c, stop := exampleClient()
	defer stop()
	pin, err := c.PinnedMessages.Create(context.Background(), "3f1f8f5c-7a52-4b1e-9a3a-5d3f2b3a9f10")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*pin.SessionID)
	// Output: 3f1f8f5c-7a52-4b1e-9a3a-5d3f2b3a9f10
}

func ExamplePinnedMessagesService_List() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	const session = "3f1f8f5c-7a52-4b1e-9a3a-5d3f2b3a9f10"
	if _, err := c.PinnedMessages.Create(ctx, session); err != nil {
		log.Fatal(err)
	}
	pinned, err := c.PinnedMessages.List(ctx, session)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(pinned.Results), pinned.Results[0].SessionID)
	// Output: 1 3f1f8f5c-7a52-4b1e-9a3a-5d3f2b3a9f10
}

func ExamplePinnedMessagesService_Delete() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	const session = "3f1f8f5c-7a52-4b1e-9a3a-5d3f2b3a9f10"
	if _, err := c.PinnedMessages.Create(ctx, session); err != nil {
		log.Fatal(err)
	}
	if err := c.PinnedMessages.Delete(ctx, session); err != nil {
		log.Fatal(err)
	}
	pinned, err := c.PinnedMessages.List(ctx, session)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(pinned.Results))
	// Output: 0
}

func ExampleCollect() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	runs, err := client.Collect(c.PeriodicAgentLogs.All(ctx, nil), 1)
	if errors.Is(err, client.ErrTruncated) {
		fmt.Println("only the first", len(runs))
	} else if err != nil {
		log.Fatal(err)
	}
	// Output: only the first 1
}

// Match the kind of an error with errors.Is; read its fields with errors.As.
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

// A program that is held back by the service's rate limit can do something else
// first.
func ExampleHeldBackError() {
	c, err := client.New(
		client.WithAPIKey("0123456789abcdef"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithMiddleware(func(r *http.Request, _ func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Request: r}, nil
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	_, err = c.PeriodicAgents.Get(ctx, 1)
	fmt.Println(errors.Is(err, client.ErrRateLimited))
	_, err = c.PeriodicAgents.Get(ctx, 1) // is not sent
	if held, ok := errors.AsType[*client.HeldBackError](err); ok {
		fmt.Println("retry in", held.RetryIn.Round(time.Second))
	}
	// Output:
	// true
	// retry in 30s
}

// Null, a zero value and an unset field are different requests.
func ExampleNullable() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	updated, err := c.PeriodicAgents.Update(ctx, 1, &client.PeriodicAgentUpdateRequest{
		Description:   new(""),
		PreviousAgent: client.Null[int64](),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q %q %v\n", updated.Title, updated.Description, updated.PreviousAgent)
	// Output: "Digest" "" <nil>
}

// Do calls an endpoint that the SDK has no method for.
func ExampleClient_Do() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	var counts struct {
		Total int64 `json:"total_tasks"`
	}
	err := c.Do(ctx, client.Request{
		Method:       http.MethodGet,
		PathTemplate: "/api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/statistics/",
	}, &counts)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(counts.Total)
	// Output: 1
}

// The raw JSON has the fields that this release of the SDK does not know.
func ExampleWithResponse() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	var response client.Response
	if _, err := c.PeriodicAgents.Statistics(ctx, nil, client.WithResponse(&response)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, string(response.Body))
	// Output: 200 {"total_tasks":1,"succeeded_tasks":0,"failed_tasks":1,"running_tasks":0,"pending_tasks":0}
}

func ExampleWithBodyField() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	agent, err := c.PeriodicAgents.Update(ctx, 1, &client.PeriodicAgentUpdateRequest{},
		client.WithBodyField("title", "A title, as a later release may have other fields"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title)
	// Output: A title, as a later release may have other fields
}

// A call that must end soon is sent once.
func ExampleWithRetryPolicy() {
	ctx := context.Background()
	c, stop := exampleClient()
	defer stop()
	once := client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1})
	agent, err := c.PeriodicAgents.Get(ctx, 1, once, client.WithAttemptTimeout(2*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title)
	// Output: Digest
}

// An observer counts attempts for a program's metrics.
func ExampleWithObserver() {
	ctx := context.Background()
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(append(sb.ClientOptions(), client.WithObserver(func(_ context.Context, attempt client.Attempt) {
		fmt.Println(attempt.Operation.Method, attempt.Number, attempt.StatusCode, attempt.RetryIn > 0)
	}))...)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.PeriodicAgents.List(ctx, nil); err != nil {
		log.Fatal(err)
	}
	// Output: GET 1 200 false
}

func ExampleWithLogger() {
	logger := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	c, err := client.New(
		client.WithAPIKey("0123456789abcdef"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithLogger(logger), // retries only, since other attempts are logged at debug level
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c)
	// Output: client for https://base.manager.iblai.app
}

// Middleware sets a header that has another value for every attempt.
func ExampleWithMiddleware() {
	c, err := client.New(
		client.WithAPIKey("0123456789abcdef"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			r.Header.Set("X-Sent-At", time.Now().Format(time.RFC3339Nano))
			return next(r)
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c)
	// Output: client for https://base.manager.iblai.app
}

// exampleClient returns a client for a platform with one agent that ran twice.
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
