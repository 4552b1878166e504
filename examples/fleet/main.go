// Command fleet keeps five agents as fleet.yaml says. It plans and applies the
// fleet, simulates a month, edits an agent by hand, and applies a changed fleet.
//
//	go run ./examples/fleet
//
// It needs no account and no network, because it starts a sandbox of the
// platform in its process.
package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

//go:embed fleet.yaml changed.yaml prompts
var files embed.FS

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// A fleet has no secrets: it names the environment variable.
	if os.Getenv("CALLBACK_SECRET") == "" {
		if err := os.Setenv("CALLBACK_SECRET", "only for the sandbox"); err != nil {
			log.Fatal("fleet: ", err)
		}
	}
	if err := run(ctx, os.Stdout); err != nil {
		log.Fatal("fleet: ", err)
	}
}

func run(ctx context.Context, w io.Writer) error {
	sb, err := newSandbox()
	if err != nil {
		return err
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		return err
	}

	if err := apply(ctx, c, w, "fleet.yaml"); err != nil {
		return err
	}
	runs, err := sb.AdvanceTo(ctx, time.Date(2026, time.April, 1, 12, 0, 0, 0, time.UTC))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nA month later, there were %d runs.\n", runs)
	if err := statistics(ctx, c, w); err != nil {
		return err
	}
	if err := editByHand(ctx, c, w); err != nil {
		return err
	}
	if err := apply(ctx, c, w, "fleet.yaml"); err != nil {
		return err
	}
	return apply(ctx, c, w, "changed.yaml")
}

// apply makes the agents as a file says, and checks that nothing is left to do.
func apply(ctx context.Context, c *client.Client, w io.Writer, name string) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	f, err := fleet.Parse(name, text, files) // a program with files on disk calls Load
	if err != nil {
		return err
	}
	plan, err := f.Plan(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n# Plan of %s\n%s", name, plan)
	result, err := plan.Apply(ctx, c)
	if result != nil {
		fmt.Fprint(w, result)
	}
	if err != nil {
		return err
	}
	plan, err = f.Plan(ctx, c)
	if err == nil && !plan.IsEmpty() {
		err = fmt.Errorf("the plan after the application is not empty:\n%s", plan)
	}
	return err
}

// editByHand changes an agent as a person would do it in the platform's own
// application.
func editByHand(ctx context.Context, c *client.Client, w io.Writer) error {
	for agent, err := range c.PeriodicAgents.All(ctx, &client.PeriodicAgentListParams{Title: "Report a failure"}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "\nSomebody changes the prompt of agent %d by hand.\n", agent.ID)
		if _, err := c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{Prompt: new("Ignore it.")}); err != nil {
			return err
		}
	}
	return nil
}

func statistics(ctx context.Context, c *client.Client, w io.Writer) error {
	runs := map[int64]int{}
	for entry, err := range c.PeriodicAgentLogs.All(ctx, nil) {
		if err != nil {
			return err
		}
		runs[entry.PeriodicAgent]++
	}
	for agent, err := range c.PeriodicAgents.All(ctx, nil) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%3d runs of %q\n", runs[agent.ID], agent.Title)
	}
	return nil
}

// outcome makes the collection fail on one day, so that the agent that waits for a
// failure runs.
func outcome(_ context.Context, run sandbox.Run) sandbox.Outcome {
	if run.Title == "Collect questions" && run.StartTime.Day() == 17 {
		return sandbox.Outcome{Status: api.StatusError, Log: "The forum did not respond."}
	}
	return sandbox.Outcome{}
}

func newSandbox() (*sandbox.Sandbox, error) {
	monday := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	return sandbox.New(
		sandbox.WithFrozenClock(monday),
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{Name: "Tutor", Slug: "tutor", UniqueID: "0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e"}),
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{Name: "Operator", Slug: "operator", UniqueID: "1b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e"}),
		sandbox.WithOutcomeFunc(outcome),
		sandbox.WithCallbackHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })),
	)
}
