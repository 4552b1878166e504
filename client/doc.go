// Package client calls the API of ibl.ai's periodic agents: mentors that run on
// a cron schedule, log each run, and may post each result to a callback URL.
//
//	c, err := client.FromEnv() // IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME
//	if err != nil {
//		return err
//	}
//	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
//		Mentor: "497f6eca-6276-4993-bfeb-53cbbbba6f08",
//		Title:  "Morning digest",
//		Prompt: new("Summarize what is due this week."),
//		Task: client.PeriodicTaskRequest{
//			Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
//		},
//	})
//
// A [Client] is safe for concurrent use. Its services have a method for each
// operation; List returns one page and All walks all pages:
//
//	for log, err := range c.PeriodicAgentLogs.All(ctx, nil, client.WithPrefetch(4)) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(log.ID, log.Status)
//	}
//
// Every method takes [CallOption] values, which are options of [New] too: given
// there they hold for all calls.
//
// # Reading and writing
//
// What is read has plain fields, and a pointer where the API has null. Unknown
// values of an enumeration are kept, and so is a [Time] that can't be read; a
// field of another type than was promised never fails an answer. [WithResponse]
// has the raw JSON, with all that this release of the SDK does not know.
//
// In what is written, a nil pointer or an unset [Nullable] leaves a field out,
// new("") or new(false) sends a zero, and [Null] sends null:
//
//	c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{
//		Description:   new(""),
//		PreviousAgent: client.Null[int64](),
//		Task:          &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
//	})
//
// # Errors
//
// An answer that is no success is an [*Error], of which errors.Is tells the kind
// ([ErrNotFound], [ErrValidation], …). A request that got no whole answer is a
// [*TransportError], a success that isn't the JSON that was promised a
// [*DecodeError], and an argument that was refused before anything was sent an
// [*ArgumentError]. No error holds the key or another secret.
//
// # What is sent
//
// Requests are sent again where that is safe and may help ([RetryPolicy]). The
// key and bodies go to the base URL's host only: redirects elsewhere are
// refused. Every call ends when its context does.
//
// Package [github.com/iblai/iblai-go/client/callback] receives callbacks,
// [github.com/iblai/iblai-go/client/runs] joins them with the logs,
// [github.com/iblai/iblai-go/client/crontab] understands schedules, and
// [github.com/iblai/iblai-go/client/sandbox] is the platform in a process, for
// tests and for trying things.
package client
