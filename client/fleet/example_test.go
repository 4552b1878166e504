package fleet_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/fleet"
	"github.com/iblai/iblai-go/client/sandbox"
)

// courses is the file of a fleet.
const courses = `
fleet: courses
agents:
  - key: digest
    title: Morning digest
    mentor: tutor
    prompt: Summarise yesterday's questions.
    schedule: 0 8 * * mon-fri
  - key: report
    title: Report to the lecturers
    mentor: tutor
    prompt_file: prompts/report.txt
    schedule: {minute: "30", hour: "8"}
    after: digest
`

func Example() {
	ctx := context.Background()
	sb, err := sandbox.New(sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{Name: "Tutor", Slug: "tutor", UniqueID: tutor}))
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}

	// fleet.Load reads the same from disk.
	f, err := fleet.Parse("fleet.yaml", []byte(courses), fstest.MapFS{"prompts/report.txt": {Data: []byte("Write a report.")}})
	if err != nil {
		log.Fatal(err)
	}
	plan, err := f.Plan(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	for _, change := range plan.Changes {
		fmt.Println(change)
	}
	result, err := plan.Apply(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(result)

	plan, err = f.Plan(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(plan)
	// Output:
	// create digest: "Morning digest"
	// create report: "Report to the lecturers"
	// 2 of 2 done.
	// done: create digest (agent 1): "Morning digest"
	// done: create report (agent 2): "Report to the lecturers"
	// Fleet courses: nothing to do.
}

func ExampleParse() {
	_, err := fleet.Parse("fleet.yaml", []byte(`
fleet: courses
agents:
  - key: digest
    title: Morning digest
    mentor: tutor
    schedule: 0 8 * * 7
    after: digets
`), nil)
	fmt.Println(err)
	// Output:
	// fleet.yaml:7:5: agents[0].schedule: day_of_week "7": never runs: "7" is not a number from 0 to 6: Sunday is 0; write "0"
	// fleet.yaml:8:5: agents[0].after: no agent has the key "digets"
}

func ExampleExport() {
	ctx := context.Background()
	sb, err := sandbox.New(
		sandbox.WithMentor(sandbox.DefaultOrg, client.Mentor{Name: "Tutor", UniqueID: tutor}),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title: "Morning digest", Mentor: tutor, Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
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

	exported, err := fleet.Export(ctx, c, "courses")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", exported.File)
	f, err := fleet.Parse("fleet.yaml", exported.File, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Adopt(ctx, c, exported.IDs); err != nil {
		log.Fatal(err)
	}
	plan, err := f.Plan(ctx, c)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(plan)
	// Output:
	// fleet: courses
	// agents:
	//     - key: morning-digest
	//       title: Morning digest
	//       mentor: 0b5ca0b9-12a1-4c75-9d21-ad9c0e1a9f2e
	//       schedule: 0 8 * * *
	// Fleet courses: nothing to do.
}
