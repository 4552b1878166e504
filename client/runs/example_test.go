package runs_test

import (
	"context"
	"fmt"
	"log"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A run whose callback never came is found in the logs.
func Example() {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
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
	if _, err := sb.RunNow(context.Background(), agent.ID, sandbox.Outcome{Log: "Answered."}); err != nil {
		log.Fatal(err)
	}

	verifier, err := callback.NewVerifier("a secret of enough bytes")
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
		fmt.Println(run.LogID, run.Status, run.Content)
		stop()
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// http.Handle("/runs", receiver) takes the callbacks.
	fmt.Println(receiver.Follow(ctx))
	sb.Close()
	// Output:
	// 1 success Answered.
	// context canceled
}
