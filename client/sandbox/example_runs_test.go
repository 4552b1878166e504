package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newYear is the time of the examples' clocks.
func newYear() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// hourly is a request for an agent that runs every hour, and posts its callbacks
// to a URL, if it is not empty.
func hourly(callbackURL string) client.PeriodicAgentCreateRequest {
	return client.PeriodicAgentCreateRequest{
		Title:          "Mail",
		Task:           client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
		CallbackURL:    &callbackURL,
		CallbackSecret: new(api.NewSecret("a-long-random-secret")),
	}
}

// The handler of a sandbox can be served by any server, here one with TLS.
func ExampleNew() {
	sb, err := sandbox.New()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	server := httptest.NewTLSServer(sb)
	defer server.Close()

	account := sb.Accounts()[0]
	c, err := client.New(
		client.WithBaseURL(server.URL),
		client.WithHTTPClient(server.Client()),
		client.WithAPIKey(account.APIKey.Reveal()),
		client.WithOrg(account.Org),
		client.WithUsername(account.Username),
	)
	if err != nil {
		log.Fatal(err)
	}
	mentors, err := c.Mentors.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(mentors.Results[0].UniqueID == sandbox.DefaultMentorID)
	// Output:
	// true
}

// A client of an account that is not an administrator.
func ExampleServer_ClientOptionsFor() {
	sb, err := sandbox.Start(
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "eve", Member: true}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	options, err := sb.ClientOptionsFor("library", "eve")
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(options...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Mentors.List(context.Background(), nil)
	fmt.Println(errors.Is(err, client.ErrForbidden))
	// Output:
	// true
}

func ExampleSandbox_RunNow() {
	sb, err := sandbox.Start(sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()

	run, err := sb.RunNow(context.Background(), 1, sandbox.Outcome{Status: api.StatusError, Log: "Out of tokens.", Duration: time.Minute})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Log.Status, "after", run.Log.EndTime.Sub(run.Log.StartTime.Time), "-", run.Log.Content)
	// Output:
	// error after 1m0s - Out of tokens.
}

// The run finishes when the clock reaches its end.
func ExampleSandbox_RunAsScheduled() {
	sb, err := sandbox.Start(
		sandbox.WithFrozenClock(newYear()),
		sandbox.WithOutcomes(sandbox.Outcome{Duration: time.Minute}),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	ctx := context.Background()

	run, err := sb.RunAsScheduled(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Status)
	if _, err := sb.Advance(ctx, time.Minute); err != nil {
		log.Fatal(err)
	}
	state, err := sb.AgentState(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(state.Status, "- next at", state.NextRun.Format(time.TimeOnly))
	// Output:
	// running
	// success - next at 01:00:00
}

// A mentor that repeats its prompt.
func ExampleWithOutcomeFunc() {
	agent := hourly("")
	agent.Prompt = new("What is due?")
	sb, err := sandbox.Start(
		sandbox.WithFrozenClock(newYear()),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, agent),
		sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
			return sandbox.Outcome{Log: fmt.Sprintf("run %d of %s: %s", run.LogID, run.Title, strings.ToUpper(run.Prompt))}
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()

	if _, err := sb.Advance(context.Background(), 2*time.Hour); err != nil {
		log.Fatal(err)
	}
	for run := range sb.Logs(sandbox.DefaultOrg, newYear(), sb.Now().Add(1)) {
		fmt.Println(run.Content)
	}
	// Output:
	// run 1 of Mail: WHAT IS DUE?
	// run 2 of Mail: WHAT IS DUE?
}

// The first callback of three is lost, and the second arrives twice.
func ExampleSandbox_SetDeliveryFaults() {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer receiver.Close()
	sb, err := sandbox.Start(sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly(receiver.URL)))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()

	err = sb.SetDeliveryFaults(
		sandbox.DeliveryFault{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Drop: true}},
		sandbox.DeliveryFault{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Duplicate: true}},
	)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := sb.Advance(context.Background(), 3*time.Hour); err != nil {
		log.Fatal(err)
	}
	for delivery := range sb.Deliveries() {
		fmt.Println("log", delivery.LogID, delivery.StatusCode, delivery.Effect)
	}
	// Output:
	// log 1 0 dropped
	// log 2 204 duplicate
	// log 2 204 duplicate
	// log 3 204
}

// A receiver that was down gets the callback again.
func ExampleSandbox_Redeliver() {
	down := true
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = io.Copy(io.Discard, r.Body)
	}))
	defer receiver.Close()
	sb, err := sandbox.Start(sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly(receiver.URL)))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	ctx := context.Background()

	run, err := sb.RunNow(ctx, 1, sandbox.Outcome{})
	if err != nil {
		log.Fatal(err)
	}
	down = false
	again, err := sb.Redeliver(ctx, run.Delivery.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(run.Delivery.StatusCode, again.StatusCode, again.RedeliveryOf == run.Delivery.ID)
	// Output:
	// 502 200 true
}

// A test of what a program sends.
func ExampleSandbox_Requests() {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	agent := hourly("")
	agent.Mentor = sandbox.DefaultMentorID
	if _, err := c.PeriodicAgents.Create(context.Background(), &agent); err != nil {
		log.Fatal(err)
	}

	for request := range sb.Requests() {
		if request.Operation == sandbox.OperationPeriodicAgentsCreate {
			fmt.Println(request, request.Header.Get("Authorization"))
		}
	}
	// Output:
	// POST /api/ai-mentor/orgs/acme/users/ada/periodic-agents/: 201 Api-Token ***
}

// Requests through the bypass meet no fault and are not recorded.
func ExampleSandbox_BypassHandler() {
	sb, err := sandbox.New(sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RespondWith(503)}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	for _, handler := range []http.Handler{sb, sb.BypassHandler()} {
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/nowhere", http.NoBody))
		fmt.Println(response.Code)
	}
	for request := range sb.RequestsBackward() {
		fmt.Println("recorded:", request)
	}
	// Output:
	// 503
	// 404
	// recorded: GET /nowhere: 503
}

func ExampleSandbox_Watch() {
	sb, err := sandbox.Start(sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	events := sb.Watch(ctx)
	if _, err := sb.Advance(ctx, time.Hour); err != nil {
		log.Fatal(err)
	}
	for event := range events {
		fmt.Println(event.Type, event.Status)
		if event.Type == sandbox.EventClockChanged {
			break
		}
	}
	// Output:
	// run_started running
	// run_finished success
	// clock
}

// A session that is pinned shows its messages.
func ExampleWithChatSession() {
	const id = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	sb, err := sandbox.Start(sandbox.WithChatSession(sandbox.DefaultOrg, sandbox.ChatSession{
		ID:       id,
		Messages: []client.ChatMessage{{Message: []byte(`{"content": "Good morning!"}`)}},
	}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	if _, err := c.PinnedMessages.Create(ctx, id); err != nil {
		log.Fatal(err)
	}
	pinned, err := c.PinnedMessages.List(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(pinned.Results[0].Messages[0].Message))
	// Output:
	// {"content":"Good morning!"}
}

// A month of a service that receives callbacks, and reads each day the logs of the
// runs whose callbacks were lost. Nothing uses the network.
func ExampleWithCallbackHandler() {
	verifier, err := callback.NewVerifier(api.NewSecret("a-long-random-secret"))
	if err != nil {
		log.Fatal(err)
	}
	handled := map[int64]string{}
	receiver, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		handled[event.LogID] = "callback"
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(newYear()),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("https://hooks.example.edu/runs")),
		sandbox.WithCallbackHandler(receiver),
		sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Selection: sandbox.Selection{Probability: 0.1}, Effect: sandbox.DeliveryEffect{Drop: true}}),
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

	for range 30 {
		if _, err := sb.Advance(ctx, 24*time.Hour); err != nil {
			log.Fatal(err)
		}
		today, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: 24}) // the newest first
		if err != nil {
			log.Fatal(err)
		}
		for _, run := range today.Results {
			if handled[run.ID] == "" {
				handled[run.ID] = "log"
			}
		}
	}
	ways := map[string]int{}
	for _, way := range handled {
		ways[way]++
	}
	fmt.Println(len(handled), "runs, found by", ways)
	// Output:
	// 720 runs, found by map[callback:646 log:74]
}

// An outage from 8:00 to 8:05 on the sandbox's clock.
func ExampleBetween() {
	sb, err := sandbox.New(sandbox.WithFrozenClock(newYear().Add(8 * time.Hour)))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	err = sb.SetFaults(sandbox.Fault{
		Selection: sandbox.Between(sb.Now(), sb.Now().Add(5*time.Minute)),
		Effect:    sandbox.RespondWith(http.StatusBadGateway),
	})
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(append(sb.ClientOptions(), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	for range 2 {
		_, err := c.Mentors.List(ctx, nil)
		fmt.Println(sb.Now().Format(time.TimeOnly), errors.Is(err, client.ErrServer))
		if _, err := sb.Advance(ctx, 5*time.Minute); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 08:00:00 true
	// 08:05:00 false
}

// Beat was down at the time of a run.
func ExampleSandbox_StopScheduler() {
	sb, err := sandbox.New(sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	ctx := context.Background()

	sb.StopScheduler()
	if _, err := sb.Advance(ctx, 150*time.Minute); err != nil {
		log.Fatal(err)
	}
	sb.StartScheduler()
	state, err := sb.AgentState(1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(state.NextRun.Format(time.TimeOnly), state.Explanation)
	// Output:
	// 02:30:00 The agent is overdue since 2026-01-01 01:00 UTC.
}

// A deployment that is older than the contract: it has no statistics.
func ExampleWithRelease() {
	sb, err := sandbox.New(sandbox.WithRelease(sandbox.Release359))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.PeriodicAgents.Statistics(context.Background(), nil)
	fmt.Println(errors.Is(err, client.ErrNotFound))
	// Output:
	// true
}
