package runs_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"sync"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// How does one program handle the runs of two orgs? Each org has a key, a secret, a
// path, and a receiver of its own. A position file must not be shared either. If
// one of the receivers can't start, the program stops.
func Example_twoOrgs() {
	mux := http.NewServeMux() // served with timeouts, see ExampleReceiver_program
	sb, err := sandbox.New(
		sandbox.WithCallbackHandler(mux),
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada"}),
		sandbox.WithAccount(sandbox.Account{Org: "library", Username: "grace"}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)

	var following sync.WaitGroup
	for _, account := range sb.Accounts() { // from the program's configuration
		options, err := sb.ClientOptionsFor(account.Org, account.Username)
		if err != nil {
			log.Fatal(err)
		}
		c, err := client.New(options...)
		if err != nil {
			log.Fatal(err)
		}
		secret := api.NewSecret("the callback_secret of " + account.Org)
		verifier, err := callback.NewVerifier(secret)
		if err != nil {
			log.Fatal(err)
		}
		receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
			fmt.Println(account.Org, run.LogID, run.Output())
			return nil
		})
		if err != nil {
			log.Fatal(err)
		}
		mux.Handle("/runs/"+account.Org, receiver)
		following.Go(func() { cancel(receiver.Follow(ctx)) })

		if _, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
			Mentor:         sb.Mentors(account.Org)[0].UniqueID,
			Title:          "Digest",
			Task:           client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
			CallbackURL:    new("https://hooks.example.edu/runs/" + account.Org),
			CallbackSecret: &secret,
		}); err != nil {
			log.Fatal(err)
		}
	}

	for _, agent := range []int64{1, 2} {
		if _, err := sb.RunNow(ctx, agent, sandbox.Outcome{Output: "All quiet."}); err != nil {
			log.Fatal(err)
		}
	}
	cancel(errors.New("the program is to stop"))
	following.Wait()
	fmt.Println(context.Cause(ctx))
	// Output:
	// acme 1 All quiet.
	// library 2 All quiet.
	// the program is to stop
}
