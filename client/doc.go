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
// operation. List returns one page; All iterates over the items of all pages:
//
//	for log, err := range c.PeriodicAgentLogs.All(ctx, nil, client.WithPrefetch(4)) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(log.ID, log.Status)
//	}
//
// [Client.Do] calls any other endpoint.
//
// # Options
//
// An [Option] configures a client, a [CallOption] one call, and a
// [SharedOption] either: given to [New], it holds for all calls. An [AllOption]
// is for iterations only, and a [WriteOption] for writing agents. An option in
// the wrong place doesn't compile.
//
// # Lists
//
// List and All select, sort and limit by their params. Pages shift while items are
// created and deleted, also by the loop itself. All notices that by [Page.Count]
// and reads pages again, so that every item that exists throughout the iteration is
// yielded once. Others may be yielded or not. All can't notice:
//
//   - an item that is created and another one that is deleted between the same two
//     requests;
//   - an item that changes its place, such as one that is updated in a list sorted
//     by modified_at;
//   - items that move before the page in the params, where the iteration begins;
//   - a service that leaves out the address of the next page. All ends there,
//     whatever [Page.Count] is, since the count may include items that are not
//     listed.
//
// [PeriodicAgentLogsService.Since] iterates over the newest logs. [Collect] returns
// the items of an iterator.
//
// # Reading and writing
//
// Models of responses have plain fields, and pointers where the API sends null.
// Unknown values of an enumeration are kept, and so is a [Time] that can't be
// parsed. A value of another type is converted if it can be: 7 and "7" are the
// same. The Unknown field of a model holds the fields that this release of the
// SDK doesn't know, and the values that don't fit. It prints their names only,
// since a field of a later release may be a credential; encoding/json writes
// them again, but masks those whose names look like a secret's. [WithResponse]
// stores the raw JSON.
//
// A response that isn't what was requested is a [*DecodeError] that names the
// place: an object without its id, a page without results, statistics without a
// count, such as the {"detail": "maintenance"} of a proxy. Delete accepts any body
// but that and a page of HTML.
//
// In a request, a nil pointer or an unset [Nullable] leaves a field out, new("")
// or new(false) sends a zero value, and [Null] sends null:
//
//	_, err := c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{
//		Description:   new(""),
//		PreviousAgent: client.Null[int64](),
//		Task:          &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
//	})
//	if err != nil {
//		return err
//	}
//
// # Schedules
//
// The service's scheduler is celery's beat. It plans from the last run of an agent
// and not from now, and the API doesn't report the last run. So the state of a
// schedule is the server's, and four rules follow:
//
//   - Leave StartTime unset unless you need it. Schedulers since django-celery-beat
//     2.5 run an agent that has one once more than its crontab says, after it is
//     created or enabled: as soon as the start time has come, or if its hour is a
//     plain number, up to two hours before that hour.
//   - A change of a crontab may run the agent at once. To prevent that, send the
//     crontab with Enabled set to false, and enable the agent in a second update.
//   - OneOff on an agent that has run only disables it.
//   - A run that is due while the scheduler is down is caught up once, however many
//     there were. Runs of an agent that is disabled meanwhile are not.
//
// [PeriodicTask.NextRuns] and [crontab.Check] know the crontab, but not the last run;
// [PeriodicTask.ScheduleWarnings] says what else may happen. Package crontab explains
// the rules.
//
// # Secrets
//
// Secrets are of type [github.com/iblai/iblai-go/client/api.Secret], which is
// masked wherever it is printed, logged or encoded as JSON. Only the client's
// own requests contain its text. [Client.Do] and [WithBodyField] refuse values
// that hold one.
//
// # Errors
//
// Every error of a call is one of four types:
//
//   - [*github.com/iblai/iblai-go/client/api.ArgumentError]: an argument or
//     option was refused before anything was sent. For a schedule that never
//     runs it wraps an [*UnrunnableError], which has the report. An
//     UnrunnableError that is not wrapped says that such a schedule is stored.
//   - [*TransportError]: no complete response was received. It wraps the cause,
//     such as the context's error, a [*RedirectError] or [ErrBodyTooLarge]. It
//     wraps a [*HeldBackError], which is [ErrHeldBack], if the client itself waits
//     because of an earlier 429.
//   - [*DecodeError]: a successful response is not the JSON that was promised, or
//     not in the order that was requested, which is [ErrOrderingIgnored].
//   - [*Error]: the service, or a proxy in front of it, responded with an error.
//     errors.Is matches its kind: [ErrValidation], [ErrUnauthorized],
//     [ErrForbidden], [ErrNotFound], [ErrNotFromService], [ErrConflict],
//     [ErrRateLimited] or [ErrServer]. A 404 counts as ErrNotFound only if the
//     service itself wrote it: a proxy's says nothing about the object.
//
// Iterations wrap the last three in a [*PageError], which names the page.
// [Collect] returns [ErrTruncated] beside the items if there are more of them
// than its limit. No error holds the key or another secret.
//
// # Requests
//
// Requests are retried if that is safe and may help; [RetryPolicy] says when. After
// a 429, all calls of the client wait as long as the service asks. The error of a
// write has an [Outcome], which says whether the service may have done the work.
//
// The key and bodies are sent to the base URL's host only: redirects elsewhere are
// refused. Every call ends when its context ends, unless an [http.RoundTripper] of
// the program ignores it. [Client.CloseIdleConnections] is for programs that make
// many clients.
//
// The client logs nothing, unless it is given [WithLogger] or [WithObserver].
//
// Package [github.com/iblai/iblai-go/client/callback] receives callbacks,
// [github.com/iblai/iblai-go/client/runs] joins them with the logs and reports
// agents that don't run, [github.com/iblai/iblai-go/client/fleet] manages agents
// that a file describes, [github.com/iblai/iblai-go/client/crontab] parses and
// checks schedules, and [github.com/iblai/iblai-go/client/sandbox] is the platform
// in the process, for tests and development.
package client
