package sandbox_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A platform is filled step by step: an org with its account and mentor, an agent,
// a past run and a chat session.
func ExampleSandbox_AddPeriodicAgent() {
	sb, err := sandbox.New(sandbox.WithFrozenClock(newYear()), sandbox.WithPageSize(20, 50))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	account, err := sb.AddAccount(sandbox.Account{Org: "library", Username: "grace"})
	if err != nil {
		log.Fatal(err)
	}
	mentor, err := sb.AddMentor(account.Org, client.Mentor{Name: "Librarian"})
	if err != nil {
		log.Fatal(err)
	}
	request := hourly("")
	request.Mentor = mentor.UniqueID
	agent, err := sb.AddPeriodicAgent(account.Org, request)
	if err != nil {
		log.Fatal(err)
	}
	run, err := sb.AddPeriodicAgentLog(account.Org, client.PeriodicAgentLog{PeriodicAgent: agent.ID, Status: api.StatusError})
	if err != nil {
		log.Fatal(err)
	}
	session := sandbox.ChatSession{ID: "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51", Username: account.Username}
	if err := sb.AddChatSession(account.Org, session); err != nil {
		log.Fatal(err)
	}

	for _, id := range sb.PeriodicAgentIDs(account.Org) {
		stored, err := sb.PeriodicAgent(id) // with its callback_secret, which the API doesn't show
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(stored.Title, stored.CallbackSecret.Reveal(), run.ID, len(sb.Mentors(account.Org)))
	}
	fmt.Println(sb.DeletePeriodicAgentLog(run.ID))
	// Output:
	// Mail a-long-random-secret 1 2
	// true
}

// A client of another account reaches the sandbox in memory.
func ExampleSandbox_ClientOptionsFor() {
	sb, err := sandbox.New(sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	options, err := sb.ClientOptionsFor("library", "grace")
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(options...)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Org())
	// Output: library
}

// A program that sends HTTP requests itself is tested without a port, too.
func ExampleSandbox_HTTPClient() {
	sb, err := sandbox.New()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	response, err := sb.HTTPClient().Get("https://platform.example.edu/api/ai-mentor/orgs/acme/users/ada/")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.StatusCode, string(body))
	// Output: 401 {"detail":"Authentication credentials were not provided."}
}

// The clock of a demonstration runs an hour in a second. A test freezes it.
func ExampleWithClock() {
	sb, err := sandbox.New(sandbox.WithClock(newYear(), 3600), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly("")))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	fmt.Println(sb.ClockSpeed())
	if err := sb.SetClockSpeed(0); err != nil {
		log.Fatal(err)
	}
	if _, err := sb.AdvanceTo(context.Background(), newYear().AddDate(0, 0, 1)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sb.ClockSpeed(), sb.Now().Format(time.DateTime))
	// Output:
	// 3600
	// 0 2026-01-02 00:00:00
}

// An older scheduler catches up at once. The newer one waits until two hours before
// the hour of the crontab.
func ExampleWithBeat() {
	daily := client.PeriodicAgentCreateRequest{
		Title: "Digest",
		Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	}
	for _, version := range []sandbox.Beat{sandbox.Beat24, sandbox.Beat29} {
		sb, err := sandbox.New(sandbox.WithBeat(version), sandbox.WithFrozenClock(newYear()), sandbox.WithPeriodicAgent(sandbox.DefaultOrg, daily))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := sb.Advance(context.Background(), 12*time.Hour); err != nil { // runs the agent at 08:00
			log.Fatal(err)
		}
		sb.StopScheduler()
		if _, err := sb.Advance(context.Background(), 24*time.Hour); err != nil { // misses a run
			log.Fatal(err)
		}
		fmt.Println("running:", sb.SchedulerRunning())
		sb.StartScheduler()
		state, err := sb.AgentState(1)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(version, "catches up at", state.NextRun.Format("Jan 2 15:04"))
		sb.Close()
	}
	// Output:
	// running: false
	// 2.4 catches up at Jan 2 12:00
	// running: false
	// 2.9 catches up at Jan 3 06:00
}

// A chain of agents: the report runs when the digest has succeeded, and gets the
// digest's output with its prompt.
func Example_chain() {
	digest, report := hourly(""), hourly("")
	digest.Title, digest.Prompt = "Digest", new("What is new?")
	report.Title, report.Prompt = "Report", new("Translate this into French.")
	report.PreviousAgent = client.Value[int64](1)
	report.PreviousAgentStatus = new(api.StatusSuccess)
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(newYear()),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, digest, report),
		sandbox.WithOutcomeFunc(func(_ context.Context, run sandbox.Run) sandbox.Outcome {
			return sandbox.Outcome{Output: "Output of " + run.Title, Duration: time.Minute}
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	if _, err := sb.Advance(context.Background(), 90*time.Minute); err != nil {
		log.Fatal(err)
	}
	for run := range sb.Logs(sandbox.DefaultOrg, newYear(), sb.Now()) {
		details, _ := sb.RunDetails(run.ID)
		fmt.Printf("%s %s %q\n", run.StartTime.Format(time.TimeOnly), details.Cause, details.Prompt)
	}
	// Output:
	// 01:00:00 schedule "What is new?"
	// 01:01:00 chain "Translate this into French.\n\nOutput of Digest"
}

// Callbacks pass through the proxy, or trust the certificate, of an HTTP client.
func ExampleWithCallbackHTTPClient() {
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	defer receiver.Close()
	sb, err := sandbox.New(
		sandbox.WithCallbackHTTPClient(receiver.Client()),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, hourly(receiver.URL)),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	run, err := sb.RunNow(context.Background(), 1, sandbox.Outcome{})
	if err != nil {
		log.Fatal(err)
	}
	delivery, _ := sb.Delivery(run.Delivery.ID)
	for latest := range sb.DeliveriesBackward() {
		fmt.Println(latest.ID == delivery.ID, delivery.StatusCode)
	}
	// Output: true 204
}
