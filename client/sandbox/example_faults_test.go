package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// The service is down for the first two requests. The client retries.
func ExampleTimes() {
	sb, err := sandbox.New(sandbox.WithFaults(sandbox.Fault{
		ID:        "outage",
		Match:     sandbox.On(sandbox.OperationMentorsList),
		Selection: sandbox.Times(2),
		Effect:    sandbox.RespondWith(http.StatusServiceUnavailable),
	}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(append(sb.ClientOptions(), client.WithRetryPolicy(client.RetryPolicy{BaseDelay: time.Millisecond}))...)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.Mentors.List(context.Background(), nil); err != nil {
		log.Fatal(err)
	}
	for _, fault := range sb.FaultStates() {
		fmt.Println(fault.ID, "matched", fault.Matched, "and applied to", fault.Applied)
	}
	request, _ := sb.Request(1)
	fmt.Println(request.FaultID, request.StatusCode)
	// Output:
	// outage matched 3 and applied to 2
	// outage 503
}

// A fault applies to one operation.
func ExampleOn() {
	sb, err := sandbox.New(sandbox.WithFaults(sandbox.Fault{
		Match:  sandbox.On(sandbox.OperationPeriodicAgentsCreate),
		Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter}, // the agent is created, and the response is lost
	}))
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
	_, err = c.PeriodicAgents.Create(context.Background(), &agent)
	if failure, ok := errors.AsType[*client.TransportError](err); ok {
		fmt.Println(failure.Outcome == client.OutcomeMaybeDone, len(sb.PeriodicAgentIDs(sandbox.DefaultOrg)))
	}
	// Output: true 1
}

// A test that calls every operation reads the list of them.
func ExampleOperations() {
	for _, operation := range sandbox.Operations() {
		if operation.Method == http.MethodDelete {
			fmt.Println(operation.ID)
		}
	}
	// Output:
	// ai_mentor_orgs_users_periodic_agents_destroy
	// ai_mentor_orgs_users_pin_message_destroy
}

// A call without retries gets the error.
func ExampleRespondWith() {
	sb, err := sandbox.New(sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RespondWith(http.StatusTooManyRequests)}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.Mentors.List(context.Background(), nil, client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	fmt.Println(errors.Is(err, client.ErrRateLimited))
	// Output: true
}

// Several tests of one sandbox change only their own faults.
func ExampleSandbox_EditFaults() {
	sb, err := sandbox.New(sandbox.WithRandomSeed(7), sandbox.WithFaults(
		sandbox.Fault{ID: "slow", Effect: sandbox.RequestEffect{Latency: time.Second}},
		sandbox.Fault{ID: "flaky", Selection: sandbox.Selection{Probability: 0.5}, Effect: sandbox.RespondWith(http.StatusBadGateway)},
	))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	err = sb.EditFaults(func(faults []sandbox.Fault) []sandbox.Fault {
		return slices.DeleteFunc(faults, func(f sandbox.Fault) bool { return f.ID == "slow" })
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, fault := range sb.Faults() {
		fmt.Println(fault.ID)
	}
	// Output: flaky
}

// A fault of callbacks is switched off without losing its counters.
func ExampleSandbox_EditDeliveryFaults() {
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(newYear()),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("https://hooks.example.edu/runs")),
		sandbox.WithCallbackHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})),
		sandbox.WithDeliveryFaults(sandbox.DeliveryFault{ID: "lost", Effect: sandbox.DeliveryEffect{Drop: true}}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	if _, err := sb.Advance(context.Background(), 2*time.Hour); err != nil {
		log.Fatal(err)
	}
	for _, fault := range sb.DeliveryFaultStates() {
		fmt.Println(fault.ID, fault.Applied)
	}
	err = sb.EditDeliveryFaults(func(faults []sandbox.DeliveryFault) []sandbox.DeliveryFault {
		faults[0].Disabled = true
		return faults
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sb.DeliveryFaults()[0].Disabled)
	// Output:
	// lost 2
	// true
}

// A response that no fault has: a proxy's maintenance page with status 200.
func ExampleSandbox_HandleOperation() {
	sb, err := sandbox.New()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	err = sb.HandleOperation(sandbox.OperationPeriodicAgentsStatistics, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"detail": "maintenance"}`))
	}))
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	_, err = c.PeriodicAgents.Statistics(context.Background(), nil)
	_, ok := errors.AsType[*client.DecodeError](err)
	fmt.Println("not statistics:", ok)
	// Output: not statistics: true
}

// The callback of a run arrives before its log is listed.
func ExampleSandbox_SetLogDelay() {
	sb, err := sandbox.New(sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	if err := sb.SetLogDelay(5 * time.Minute); err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, d := range []time.Duration{time.Hour, sb.LogDelay()} {
		if _, err := sb.Advance(ctx, d); err != nil {
			log.Fatal(err)
		}
		page, err := c.PeriodicAgentLogs.List(ctx, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(sb.Now().Format(time.TimeOnly), page.Count)
	}
	// Output:
	// 01:00:00 0
	// 01:05:00 1
}
