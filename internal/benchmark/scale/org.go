// Package scale generates the seed of a sandbox of any size, always the same.
package scale

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// The org, its administrator and its mentors. The agents alternate between the
// mentors.
const (
	Key      = "acme"
	Username = "ada"
	APIKey   = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	Coach    = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
	Tutor    = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
)

// Org is the data of an org.
type Org struct {
	Agents []client.PeriodicAgentCreateRequest
	Logs   []client.PeriodicAgentLog
}

// Start returns the time of the first run.
func Start() time.Time { return time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC) }

// NewOrg generates agents, and logs of their runs in chronological order. Every
// log has other contents, of 200 bytes.
func NewOrg(agents, logs int) *Org {
	random := rand.New(rand.NewPCG(1, 1))
	o := &Org{
		Agents: make([]client.PeriodicAgentCreateRequest, agents),
		Logs:   make([]client.PeriodicAgentLog, logs),
	}
	for i := range o.Agents {
		o.Agents[i] = client.PeriodicAgentCreateRequest{
			Mentor:      []string{Coach, Tutor}[i%2],
			Title:       fmt.Sprintf("Digest %d of the Morning", random.IntN(agents)),
			Prompt:      new("Summarize what is due this week."),
			Task:        client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: fmt.Sprint(i % 60)}},
			CallbackURL: new("https://hooks.example.com/runs"),
		}
	}
	begin := Start()
	for i := range o.Logs {
		begin = begin.Add(time.Duration(random.IntN(3)) * time.Second)
		status := api.StatusSuccess
		if random.IntN(7) == 0 {
			status = api.StatusError
		}
		o.Logs[i] = client.PeriodicAgentLog{
			ID:            int64(i + 1),
			Content:       content(random, i),
			Status:        status,
			StartTime:     client.Time{Time: begin},
			EndTime:       new(client.Time{Time: begin.Add(time.Duration(random.IntN(3600)) * time.Second)}),
			PeriodicAgent: int64(random.IntN(agents) + 1),
		}
	}
	return o
}

func content(random *rand.Rand, run int) string {
	const length = 200
	text := fmt.Sprintf("Read %d documents for run %d, asked the model, and Answered in %d tokens after 1.93 s.", random.IntN(1000), run, random.IntN(10_000))
	const rest = " The summary names three tasks that are due this week, two that are late, and the people who wait for them; nothing was sent twice."
	return (text + rest)[:length]
}

// Sandbox creates a sandbox with the org's data, and pages of 100 items.
func (o *Org) Sandbox() (*sandbox.Sandbox, error) {
	return sandbox.New(
		sandbox.WithAccount(sandbox.Account{Org: Key, Username: Username, APIKey: api.NewSecret(APIKey)}),
		sandbox.WithFrozenClock(Start()),
		sandbox.WithPageSize(100, 100),
		sandbox.WithMentor(Key, client.Mentor{UniqueID: Coach, Name: "Study coach"}),
		sandbox.WithMentor(Key, client.Mentor{UniqueID: Tutor, Name: "Tutor"}),
		sandbox.WithPeriodicAgent(Key, o.Agents...),
		sandbox.WithPeriodicAgentLog(Key, o.Logs...),
	)
}
