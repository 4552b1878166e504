// Package sandbox is the vendor's platform in a process, for tests and trials
// without an account. It keeps mentors, periodic agents, their logs and pinned
// sessions in memory, and serves the API as the service does.
//
// [Start] returns a sandbox that listens on the loopback interface, with one
// administrator and one mentor:
//
//	sb, err := sandbox.Start()
//	if err != nil {
//		return err
//	}
//	defer sb.Close()
//	c, err := client.New(sb.ClientOptions()...)
//	if err != nil {
//		return err
//	}
//
// [New] returns a sandbox without a listener. Its clients reach it in memory. With
// [WithCallbackHandler], callbacks stay in memory too, so that a test needs no port,
// and inside testing/synctest its retries and timeouts take no time. There, create the
// sandbox inside the bubble too: package runtime ends a program in which a client in a
// bubble calls a sandbox outside it.
//
// Options add accounts, mentors, agents, logs of past runs and chat sessions, and
// methods such as [Sandbox.AddPeriodicAgent] add them later. Logs can appear late
// ([Sandbox.SetLogDelay]), and be deleted ([Sandbox.DeletePeriodicAgentLog]).
//
// An org may be large: with 10,000 agents and 100,000 logs, lists, filters, sorting
// and searches take milliseconds to some hundred milliseconds. Ten times as many
// start within seconds and take about a gigabyte of memory.
//
// # Runs
//
// The sandbox runs enabled agents at the times of their crontabs (see package
// crontab), once their start_time has passed. By default its clock shows real time. A
// test can freeze the clock and move it, through months in seconds:
//
//	sb, err := sandbox.Start(sandbox.WithFrozenClock(monday))
//	if err != nil {
//		return err
//	}
//	defer sb.Close()
//	runs, err := sb.Advance(ctx, 24*time.Hour)
//	if err != nil {
//		return err
//	}
//
// A run writes a log that is running first and has no end, and success or error
// when the run finishes. Its content then holds the run's complete output. A one-off
// agent is disabled, and the callback is posted to the agent's callback_url: byte for
// byte as Python's json.dumps writes it, signed in X-Hub-Signature-256 with the
// agent's callback_secret. An agent without a callback_secret sends no signature,
// since anyone can sign with an empty key.
// [Sandbox.Deliveries] records the callbacks and the responses, and
// [Sandbox.Redeliver] posts one again.
//
// All runs succeed, unless [WithOutcomes] or [WithOutcomeFunc] decides otherwise.
// [Sandbox.RunNow] runs an agent at once with a given outcome, and finishes the run
// before it returns. [Sandbox.RunAsScheduled] starts a run at once as the schedule
// would: with the outcome of the options, and a run that takes time finishes when
// the clock reaches its end.
//
// # Scheduler
//
// The scheduler behaves as celery's beat with django-celery-beat 2.9, or 2.4 with
// [WithBeat]. Beat doesn't plan from the present time. It plans from the time at
// which it last started the agent, which the API doesn't show:
//
//   - A changed crontab may run the agent at once: if the new crontab had a time
//     since the last run, the agent is overdue.
//   - A start_time may cause an additional run. Version 2.9 considers an agent
//     overdue if it has a start_time and has not run since it was enabled.
//   - one_off on an agent that has run only disables it.
//   - If the scheduler was down at the time of a run ([Sandbox.StopScheduler]), the
//     agent runs once when the scheduler is back, however many runs it missed.
//     Nothing is caught up for an agent that was disabled meanwhile, or, in version
//     2.4, for one that has not run since it was created or enabled.
//   - Version 2.9 catches up late if the hour of the crontab is a plain number other
//     than 4: only from two hours before that hour on.
//
// The tests compare these with runs of celery 5.2.6 with django-celery-beat 2.4
// and of celery 5.6.3 with 2.9, both with a faked clock; those with 2.4 include 150
// random stories. Which version the service has is unknown, and so is how it saves a
// changed agent: the sandbox saves the task if one of its fields has changed. How
// the service disables a one-off agent is unknown, too: here a disabled one runs once
// more when it is enabled again. [Sandbox.AgentState] returns the state that the
// scheduler remembers of an agent, and explains its next run.
//
// If an agent with a previous_agent is due, it waits until the previous agent
// has the status of previous_agent_status. It then runs once, however often it
// was due meanwhile. A change of its task ends the wait. The previous agent's
// output follows its prompt. Agents that wait for each other wait forever.
//
// [Sandbox.Watch] yields the events of a sandbox while they happen.
//
// # How true it is
//
// Measured with Django REST Framework: statuses, headers, messages of every
// validator, all errors of a body at once, JSON, forms, multipart and charsets,
// pages, filters, and the order of checks. The tests compare the sandbox with the
// recorded responses of three versions to 4,000 requests, 600 of which are random. A
// release has the behaviour and the messages of one version:
//
//	3.59        Django REST Framework 3.14 with Django 3.2 and Python 3.11
//	4.90, 4.95  Django REST Framework 3.16 with Django 4.2 and Python 3.13
//	4.205       Django REST Framework 3.18 with Django 5.2 and Python 3.13
//
// Which version a release of the service has is a guess. Known is only that version
// 3.14 has the 404 response of release 3.59, "Not found.", and that later ones have
// that of later releases, "No PeriodicAgent matches the given query." The versions
// differ in little else: 3.16 and later accept booleans in any case, times in all forms
// of ISO 8601, and searches with quotes; in 3.18, an invalid parent_mentor_id is "A valid
// biginteger is required." Django 3.2 refuses a callback_url whose port has one digit, and
// 5.2 a host name that is valid in punycode only. Some messages about crontabs differ.
//
// Measured with celery's beat and a faked clock: the times of runs, see Scheduler.
// Whether the service has one of these versions is unknown, and how it saves a changed
// agent is a guess.
//
// Measured with the vendor's TypeScript client 4.90.4: it can call every operation that
// a release has.
//
// Taken from the vendor's published clients and documentation: the operations, fields,
// parameters and limits of each release; that logs are listed newest first and hold the
// run's complete output; that pinning a session gets a 201 response, where the vendor's
// schema says 200, and that unpinning gets a 204 response; that a user or a pin that
// doesn't exist gets a 404 response. The tests compare the fields, parameters and
// operations of each release with the contract, openapi.yaml.
//
// Where nothing is known, the sandbox does what Django does by default, or else what
// seems most useful:
//
//   - A user who is not an administrator, and a key of another org, get a 403
//     response from every operation. Administrators may name any user of their org
//     in the path; a user who doesn't exist gets a 404 response.
//   - PUT, like PATCH, keeps the fields that are not sent. It only requires
//     mentor, title and task.crontab.
//   - An agent belongs to the user whose key created it. Deleting it deletes its
//     logs, and agents that waited for it wait for none.
//   - Agents and mentors are ordered by id. Agents and logs can be sorted by their
//     fields, but agents by task__enabled and task__one_off in place of enabled and
//     one_off, and not by previous_agent_output. Mentors can't be sorted.
//   - A search looks for agents in title, description and prompt, and for logs in
//     their content and their agent's title. Each word of the search must occur in
//     one of them.
//   - Mentors have no department, visibility or session information. The query
//     parameters department_id, filter_by, visibility and
//     return_session_information of their list select nothing.
//   - A page has 10 items by default and 100 at most, see [WithPageSize].
//   - In release 3.59, the response to create, replace and update has the numeric id of
//     the agent's mentor. Logs are as in later releases, since the documentation
//     of 3.59 shows agents only.
//   - A session can be pinned if its id is a UUID, unless it belongs to another user.
//     If it was not added before, it has the org's first mentor and no messages.
//     Pinning a session again changes nothing. The list of pinned messages of release
//     3.59 accepts any session_id, that of 4.90 and 4.95 only a UUID.
//   - The list of pinned messages of release 4.205 is paged, as its description says.
//   - Schedules are in UTC. A crontab that never runs doesn't disturb other agents.
//     (It stops celery's beat.)
//   - Runs take their time on the sandbox's clock only, and a schedule starts the
//     next run even if the previous one has not finished.
//   - The prompt in a callback is the one that the run received.
//
// The sandbox differs from Django in a few places: a body of more than 2.5 MiB gets a 413
// response, as from a proxy in front of the service; an id of more than 64 bits gets
// an error response, where older versions fail with a 500; charsets other than UTF-8,
// UTF-16, ASCII, Latin-1, Latin-9 and Windows-1252 are read as UTF-8; where older versions
// convert the host name of a callback_url to punycode, the sandbox decomposes only
// characters of full width first; a crontab field that is both too long and invalid gets
// one message of the two; and the response to OPTIONS does not describe the fields.
//
// # Releases
//
// The service's customers run releases of different age. [WithRelease] chooses the
// release that the sandbox serves, from 3.59 to 4.205: its fields, parameters,
// operations and messages. With [RequestEffect].Release, a fault serves single
// requests as another release, as during a deployment.
//
// # Faults
//
// A [Fault] injects an effect into the requests that match: into all or some of them,
// at random, or at times of the sandbox's clock. It delays them, responds in place of the operation, breaks the
// connection before, during or after the response, truncates the response or slows
// it down, or changes it as a proxy or a later release of the service would:
//
//	err := sb.SetFaults(
//		sandbox.Fault{
//			Match:     sandbox.On(sandbox.OperationPeriodicAgentsCreate),
//			Selection: sandbox.Times(1),
//			Effect:    sandbox.RequestEffect{Reset: sandbox.ResetAfter},
//		},
//		sandbox.Fault{
//			Match:     sandbox.RequestMatch{Method: http.MethodGet},
//			Selection: sandbox.Selection{Probability: 0.1},
//			Effect:    sandbox.RequestEffect{Status: 503, RetryAfter: time.Second},
//		},
//	)
//	if err != nil {
//		return err
//	}
//
// SetFaults without arguments removes all faults.
// [Sandbox.HandleOperation] replaces an operation by a Go function.
//
// A [DeliveryFault] does the same with callbacks: it delays, duplicates, reorders or
// drops them, or signs them with a wrong secret. With the same [WithRandomSeed],
// the same sequence of requests meets the same faults.
//
// # Recorded requests
//
// [Sandbox.Requests] has every request and its response, so that a test can check
// what its program sent, and how often. API keys are masked in it. Secrets in
// bodies are not, but a [Request] doesn't print its bodies.
package sandbox
