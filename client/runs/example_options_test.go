package runs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A receiver for production: its position survives restarts, a run that can't be
// handled is put aside, and no call of the function takes longer than a minute.
// Here, one run is found in the logs, and can't be handled.
func ExampleNewReceiver() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{}); err != nil {
		log.Fatal(err)
	}
	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		log.Fatal(err)
	}
	folder, err := os.MkdirTemp("", "digest")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	receiver, err := runs.NewReceiver(c, verifier,
		func(_ context.Context, run *runs.Run) error {
			return fmt.Errorf("no mail server for run %d", run.LogID)
		},
		runs.WithPositionFile(filepath.Join(folder, "position")),
		runs.WithStart(time.Now().Add(-24*time.Hour)), // of the first start: yesterday's runs, too
		runs.WithHandleTimeout(time.Minute),
		runs.WithShutdownTimeout(20*time.Second),
		runs.WithConcurrency(8),
		runs.WithDeadLetter(1, func(_ context.Context, run *runs.Run, cause error) error {
			fmt.Println("put aside:", run.LogID, cause)
			stop()
			return nil
		}),
		runs.WithObserver(func(_ context.Context, outcome runs.Outcome) {
			if given, ok := errors.AsType[*runs.DeadLetterError](outcome.Err); ok {
				fmt.Println("reported: run", given.LogID)
			}
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	err = receiver.Follow(ctx)
	fmt.Println(errors.Is(err, context.Canceled))
	// Output:
	// put aside: 1 runs: log 1: no mail server for run 1
	// reported: run 1
	// true
}

// A receiver polls less often than by default, asks for the log of each callback,
// refuses old replays, and shares a store with other replicas.
func ExampleWithStore() {
	ctx := context.Background()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	secret := api.NewSecret("a secret of enough bytes")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	store, err := callback.NewMemoryStore(10_000, 48*time.Hour) // or one in Redis, for several processes
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := runs.NewReceiver(c, verifier,
		func(_ context.Context, run *runs.Run) error {
			fmt.Println("run", run.LogID, "of agent", run.AgentID, "-", run.Output())
			return nil
		},
		runs.WithStore(store),
		runs.WithLogLookup(),
		runs.WithPollInterval(time.Minute),
		runs.WithCallbackOptions(callback.WithMaxAge(24*time.Hour)),
		runs.WithCallOptions(client.WithAttemptTimeout(20*time.Second)),
		runs.WithLogger(slog.New(slog.DiscardHandler)),
	)
	if err != nil {
		log.Fatal(err)
	}
	run, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{})
	if err != nil {
		log.Fatal(err)
	}
	body := fmt.Appendf(nil, `{"log_id": %d, "status": "success", "agent_output": "Answered.", "timestamp": %q}`, run.Log.ID, time.Now().Format(time.RFC3339))
	for range 2 {
		request, err := callback.NewRequest(ctx, "/runs", body, secret)
		if err != nil {
			log.Fatal(err)
		}
		response := httptest.NewRecorder()
		receiver.ServeHTTP(response, request)
		fmt.Println(response.Code)
	}
	// Output:
	// run 1 of agent 1 - Answered.
	// 204
	// 204
}

// During secret rotation, the receiver accepts the old and the new secret. It is
// ready when it has polled the logs.
func ExampleReceiver_SetVerifier() {
	ctx := context.Background()
	sb, c, _ := newAgent(ctx)
	defer sb.Close()
	oldSecret, newSecret := api.NewSecret("the old secret of the agents"), api.NewSecret("the new secret of the agents")
	verifier, err := callback.NewVerifier(oldSecret)
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := runs.NewReceiver(c, verifier, func(context.Context, *runs.Run) error { return nil })
	if err != nil {
		log.Fatal(err)
	}
	both, err := callback.NewVerifier(oldSecret, newSecret)
	if err != nil {
		log.Fatal(err)
	}
	if err := receiver.SetVerifier(both); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready:", receiver.Status().Ready)
	// Output: ready: false
}

// How are the logs of a year imported? A position that begins a year ago yields
// them oldest first. If the program is interrupted, it continues with the position
// that it has saved.
func ExampleAt() {
	now := time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)
	var history []client.PeriodicAgentLog
	for day := range 365 {
		history = append(history, client.PeriodicAgentLog{PeriodicAgent: 1, StartTime: client.Time{Time: now.AddDate(0, 0, day-365)}})
	}
	history[200].Status = api.StatusError
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(now),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title: "Digest",
			Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "12"}},
		}),
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

	position := runs.At(now.AddDate(-1, 0, 0))
	imported := map[api.Status]int{}
	for run, err := range runs.Follow(context.Background(), c, position, runs.WithParams(client.PeriodicAgentLogListParams{PageSize: 100})) {
		if err != nil {
			log.Print(err) // Follow polls again
			continue
		}
		imported[run.Status]++ // and save the position with it, in one transaction
		if run.ID == 365 {
			break // or go on with the runs of today
		}
	}
	fmt.Println(imported)
	// Output: map[error:1 success:364]
}

// A program that failed to handle a log asks for it again.
func ExamplePosition_Retry() {
	ctx := context.Background()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{}); err != nil {
		log.Fatal(err)
	}
	position := new(runs.Position)
	failed := false
	for run, err := range runs.Follow(ctx, c, position,
		runs.WithPollInterval(10*time.Millisecond),
		runs.WithOverlap(10*time.Minute), runs.WithReread(time.Minute), runs.WithStuckAfter(2*time.Hour),
	) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("log", run.ID)
		if failed {
			break
		}
		failed = true
		position.Retry(run.ID)
	}
	// Output:
	// log 1
	// log 1
}

// A store that has a row for each log restores the position from its state.
func ExampleNewPosition() {
	midnight := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	position, err := runs.NewPosition(runs.Changes{
		Since: midnight,
		OldID: 41,
		Logs:  []runs.LogState{{LogID: 42, CreatedAt: midnight.Add(time.Hour), Done: true}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(position.State().OldID, len(position.State().Logs))
	// Output: 41 1
}

// OnceAgent runs a copy of an agent. The agent keeps its schedule.
func ExampleOnceAgent() {
	ctx := context.Background()
	sb, err := sandbox.New(
		sandbox.WithFrozenClock(time.Date(2026, time.January, 6, 8, 0, 0, 0, time.UTC)),
		sandbox.WithOutcomes(sandbox.Outcome{Output: "Three tasks are due."}),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title: "Digest",
			Task:  client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "18"}},
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	events := sb.Watch(ctx)
	go func() { // the sandbox's minute passes when the copy is created
		for event := range events {
			if event.Type == sandbox.EventAgentSaved {
				_, _ = sb.Advance(ctx, time.Minute)
			}
		}
	}()

	result, err := runs.OnceAgent(ctx, c, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Log.Status, result.Output())
	// Output: success Three tasks are due.
}
