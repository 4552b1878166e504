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
//	if err != nil {
//		return err
//	}
//	fmt.Println(agent.ID)
//
// A [Client] is safe for concurrent use. Its services have a method for each
// operation. List returns one page, and All iterates over the items of all
// pages:
//
//	for log, err := range c.PeriodicAgentLogs.All(ctx, nil, client.WithPrefetch(4)) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(log.ID, log.Status)
//	}
//
// Every method takes options: a [CallOption] is for any method, an [AllOption]
// for All, and a [WriteOption] for Create, Replace and Update of periodic agents.
// A [SharedOption] is also an [Option] of [New], and then holds for all calls.
//
// # Reading and writing
//
// Models that are read have plain fields, and a pointer where the API has null.
// Unknown values of an enumeration are kept, and so is the text of a [Time] that
// can't be parsed. A field of an unexpected type does not fail the response.
// [WithResponse] stores the raw JSON, with the fields that this release of the
// SDK does not know.
//
// In requests, a nil pointer or an unset [Nullable] leaves a field out, new("")
// or new(false) sends a zero value, and [Null] sends null:
//
//	_, err := c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{
//		Description:   new(""),
//		PreviousAgent: client.Null[int64](),
//		Task:          &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
//	})
//
// # Errors
//
// A call fails with one of four types. Match the kind of an error with errors.Is,
// and read its fields with errors.As:
//
//   - [*api.ArgumentError]: an argument or option is invalid; nothing was sent. For
//     a schedule that never runs it wraps an [*UnrunnableError].
//   - [*TransportError]: the call failed before a complete response was received. It
//     wraps the cause: an error of package net, the context's error, a
//     [*RedirectError] for a redirect that was refused, or a [*HeldBackError], which
//     matches [ErrHeldBack], if the service limits the rate of requests and the
//     context ends before the wait is over.
//   - [*DecodeError]: a successful response is not what the API promises.
//   - [*Error]: the response is not a success. Its kinds are [ErrValidation],
//     [ErrUnauthorized], [ErrForbidden], [ErrNotFound], [ErrConflict],
//     [ErrRateLimited] and [ErrServer].
//
// An iteration over a list yields the last three in a [*PageError]. [Collect]
// returns [ErrTruncated] if there are more items than its limit. No error holds
// the API key or another secret.
//
// # What is sent
//
// Requests are retried where that is safe and may help: see [RetryPolicy]. After
// a 429 all calls of the client wait as long as the service asks. The API key and
// bodies are sent to the base URL's host only: redirects to another host are
// refused. Every call ends when its context does.
//
// The client logs nothing, unless it is given [WithLogger] or [WithObserver].
//
// Package [github.com/iblai/iblai-go/client/callback] receives callbacks,
// [github.com/iblai/iblai-go/client/runs] joins them with the logs,
// [github.com/iblai/iblai-go/client/crontab] parses and checks schedules, and
// [github.com/iblai/iblai-go/client/sandbox] is the platform in the process, for
// tests and development.
package client
