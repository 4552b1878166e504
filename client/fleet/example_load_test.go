package fleet_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A fleet is loaded from a file and applied. The next plan is empty.
func ExampleLoad() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "fleet")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	file := filepath.Join(folder, "fleet.yaml")
	err = os.WriteFile(file, []byte(`fleet: courses
agents:
  - key: digest
    title: Morning digest
    mentor: Study coach
    prompt: What is due?
    schedule: 0 8 * * mon-fri
`), 0o600)
	if err != nil {
		log.Fatal(err)
	}
	sb, err := sandbox.New()
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}

	courses, err := fleet.Load(file)
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		plan, err := courses.Plan(ctx, c)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("nothing to do:", plan.IsEmpty())
		if _, err := plan.Apply(ctx, c); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// nothing to do: false
	// nothing to do: true
}

// A program can make a fleet itself, and validates it.
func ExampleFleet_Validate() {
	courses := &fleet.Fleet{
		Name: "courses",
		Agents: []fleet.Agent{{
			Key: "digest", Title: "Morning digest", Mentor: "Study coach", Prompt: "What is due?",
			Schedule: crontab.Fields{Minute: "0", Hour: "8", DayOfWeek: "7"},
		}},
	}
	fmt.Println(courses.Validate() != nil) // Sunday is 0
	courses.Agents[0].Schedule.DayOfWeek = "0"
	fmt.Println(courses.Validate())
	// Output:
	// true
	// <nil>
}
