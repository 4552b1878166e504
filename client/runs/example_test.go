package runs_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// The callback of a run is lost. The receiver finds the run in the logs.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{Log: "Answered."}); err != nil {
		log.Fatal(err)
	}

	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
		fmt.Println(run.LogID, run.Status, run.Content)
		stop()
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receiver.Follow(ctx))
	// Output:
	// 1 success Answered.
	// context canceled
}

// The program saves the position after it has handled each log. After a restart
// it continues from there.
func ExampleFollow() {
	ctx := context.Background()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	for range 3 {
		if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{}); err != nil {
			log.Fatal(err)
		}
	}

	var saved []byte // in a database or a file
	position := runs.At(time.Now().Add(-time.Hour))
	for entry, err := range runs.Follow(ctx, c, position) {
		if err != nil {
			log.Print(err) // Follow polls again
			continue
		}
		fmt.Println("log", entry.ID)
		if saved, err = position.MarshalText(); err != nil {
			log.Fatal(err)
		}
		if entry.ID == 2 {
			break
		}
	}

	restored := new(runs.Position)
	if err := restored.UnmarshalText(saved); err != nil {
		log.Fatal(err)
	}
	for entry, err := range runs.Follow(ctx, c, restored) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("log", entry.ID, "after the restart")
		break
	}
	// Output:
	// log 1
	// log 2
	// log 3 after the restart
}

// Once waits up to a minute for the run to start. Here, the clock of the
// sandbox is advanced.
func ExampleOnce() {
	ctx := context.Background()
	sb, err := sandbox.Start(sandbox.WithFrozenClock(time.Date(2026, 1, 6, 8, 0, 0, 0, time.UTC)))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	events := sb.Watch(ctx)
	go func() {
		for event := range events {
			if event.Type == sandbox.EventAgentSaved {
				_, _ = sb.Advance(ctx, time.Minute)
			}
		}
	}()

	result, err := runs.Once(ctx, c, &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Digest, now",
		Prompt: new("Summarize what is due this week."),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Log.Status)
	if result.Cleanup != nil {
		fmt.Println("to be deleted: agent", result.Cleanup.AgentID)
	}
	// Output: success
}

func newAgent(ctx context.Context) (*sandbox.Server, *client.Client, *client.PeriodicAgent) {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	return sb, c, agent
}
