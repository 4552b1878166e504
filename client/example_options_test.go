package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Some deployments expect another word before the key.
func ExampleWithAuthScheme() {
	sb, c := examplePlatform(client.WithAuthScheme("Token"))
	defer sb.Close()
	_, err := c.Mentors.List(context.Background(), nil)
	fmt.Println(errors.Is(err, client.ErrUnauthorized)) // the sandbox, like production, expects Api-Token
	// Output: true
}

// A header of the client is sent with every call, and that of a call with this
// call only.
func ExampleWithHeader() {
	sb, c := examplePlatform(client.WithHeader("X-Department", "library"))
	defer sb.Close()
	if _, err := c.Mentors.List(context.Background(), nil, client.WithHeader("X-Request-Id", "7f3a")); err != nil {
		log.Fatal(err)
	}
	for request := range sb.RequestsBackward() {
		fmt.Println(request.Header.Get("X-Department"), request.Header.Get("X-Request-Id"))
		break
	}
	// Output: library 7f3a
}

// The service has filters that it doesn't document. Options send those that the
// params don't have.
func ExampleWithQuery() {
	sb, c := examplePlatform()
	defer sb.Close()
	page, err := c.PeriodicAgents.List(context.Background(), nil, client.WithQuery("start_date", "2026-01-01"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Count)
	for request := range sb.RequestsBackward() {
		_, query, _ := strings.Cut(request.URL, "?")
		fmt.Println(query)
		break
	}
	// Output:
	// 1
	// start_date=2026-01-01
}

// If a gateway in front of the service honours the Idempotency-Key header, a POST
// can be retried like a GET. Here, the first attempt gets a 503.
func ExampleWithIdempotencyKey() {
	sb, c := examplePlatform()
	defer sb.Close()
	err := sb.SetFaults(sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RespondWith(http.StatusServiceUnavailable)})
	if err != nil {
		log.Fatal(err)
	}
	agent, err := c.PeriodicAgents.Create(context.Background(), &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Weekly report",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "17", DayOfWeek: "fri"}},
	}, client.WithIdempotencyKey("order-4711"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title)
	// Output: Weekly report
}

// The limits bound the memory that a response can take.
func ExampleWithMaxBody() {
	sb, c := examplePlatform(client.WithMaxErrorBody(64 << 10))
	defer sb.Close()
	_, err := c.PeriodicAgents.Get(context.Background(), 1, client.WithMaxBody(100))
	fmt.Println(errors.Is(err, client.ErrBodyTooLarge))
	// Output: true
}

// Create, Replace and Update refuse a schedule that never runs, unless a call
// allows it.
func ExampleAllowUnrunnable() {
	sb, c := examplePlatform()
	defer sb.Close()
	agent, err := c.PeriodicAgents.Create(context.Background(), &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Never",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", DayOfMonth: "31", MonthOfYear: "2"}},
	}, client.AllowUnrunnable())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(agent.Title)
	// Output: Never
}

// Middleware, observers and HTTP transports find the operation of a call in its
// context, for example to name a metric.
func ExampleOperationFromContext() {
	sb, c := examplePlatform(client.WithMiddleware(
		func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			if operation, ok := client.OperationFromContext(r.Context()); ok {
				fmt.Println(operation.Method, operation.PathTemplate)
			}
			return next(r)
		},
	))
	defer sb.Close()
	if _, err := c.PeriodicAgents.Get(context.Background(), 1); err != nil {
		log.Fatal(err)
	}
	// Output: GET /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/
}

// A program that creates a client for each of many users closes the connections
// of those that it no longer needs.
func ExampleClient_CloseIdleConnections() {
	sb, c := examplePlatform()
	defer sb.Close()
	defer c.CloseIdleConnections()
	agents, err := c.PeriodicAgents.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Org(), "has", agents.Count, "agent")
	// Output: acme has 1 agent
}

// examplePlatform returns a platform with one agent, and a client for it.
func examplePlatform(opts ...client.Option) (*sandbox.Sandbox, *client.Client) {
	sb, err := sandbox.New(sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
		Title: "Digest",
		Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	}))
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(append(sb.ClientOptions(), opts...)...)
	if err != nil {
		log.Fatal(err)
	}
	return sb, c
}
