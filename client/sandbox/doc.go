// Package sandbox is the platform in a process: the API's periodic agents, their
// logs, pinned messages and mentors, kept in memory and answered for as the
// service does, so that a program can be tested, or tried, without an account.
//
// Three lines make a client of a platform with one administrator and one mentor:
//
//	sb, err := sandbox.Start()
//	…
//	defer sb.Close()
//	c, err := client.New(sb.ClientOptions()...)
//
// Options add accounts, mentors, agents, logs of past runs and chat sessions. [New]
// makes a sandbox without a listener, for a server of one's own.
//
// An org may be large: 100,000 agents and 1,000,000 logs are there within seconds,
// in less than a gigabyte of memory, and are listed, filtered, sorted and counted
// within milliseconds. Only a search for words that are not ASCII takes longer.
//
// # Runs
//
// Agents run by themselves, when their crontabs say so (package crontab), if they
// are enabled and their start_time has come. By default that is real time. A
// test that cares for when things run has the clock stand still, and moves it on,
// through months in seconds:
//
//	sb, err := sandbox.Start(sandbox.WithClock(monday, 0))
//	…
//	runs, err := sb.Advance(ctx, 24*time.Hour)
//
// What is due on the way happens in order, each at its time: a run writes a log
// that is running, and success or error when it is over; a one-off agent is
// switched off; the callback is posted to the agent's callback_url, byte for byte
// as Python's json.dumps writes it, with the X-Hub-Signature-256 of
// callback_secret. An agent without a callback_secret sends no signature, since
// anyone can sign with an empty key. [Sandbox.Deliveries] tells what was posted
// and answered, and [Sandbox.Resend] posts it again.
//
// How runs go is decided by the function of [WithOutcomes], or by a [Script]; all
// succeed without one. [Sandbox.Fire] runs an agent at once with an outcome of the
// caller's choosing, [Sandbox.Trigger] as its schedule would.
//
// An agent with a previous_agent that is due waits until that is in the state of
// previous_agent_status; it runs once then, however often it was due, and its
// prompt has the previous agent's output after it. Agents that wait for each
// other wait for ever.
//
// Callbacks fail on demand, see [DeliveryFault]: late, twice, in another order,
// not at all, or with a wrong signature. [Sandbox.Watch] tells what happens as it
// happens.
//
// # How true it is
//
// The service is Django REST Framework, and so are the answers: statuses,
// headers, messages of every validator, all faults of a body at once, JSON,
// forms and multipart, pages, filters and the order of checks. testdata has the
// answers of Django REST Framework 3.14, django-filter 23.1 and
// django-celery-beat 2.4 to 1,500 requests; the sandbox gives the same. Bodies
// above 2.5 MiB are refused with 413, as by a proxy in front of the service.
//
// Where the service documents nothing, the sandbox does what Django does by
// default, or else what seems most useful:
//
//   - A user who is no administrator, and a key of another org, get 403 for every
//     operation. Administrators may name any user of their org in the path; one
//     that does not exist is answered with 404.
//   - PUT, like PATCH, leaves the fields that are not sent as they are; it
//     only insists on mentor, title and task.crontab.
//   - An agent belongs to the user whose key created it. To delete it deletes its
//     logs, and agents that waited for it wait for none.
//   - Lists are in the order of ids. Agents are searched in title, description and
//     prompt, logs in their content and their agent's title. Each word must occur
//     in one of them.
//   - A session can be pinned if its id is a UUID. One that no option has added
//     has the org's first mentor and no messages. To pin again changes nothing;
//     to unpin what is not pinned is answered with 404.
//   - Schedules are in UTC. A task whose start_time has come runs when its crontab
//     says so. (Some releases of django-celery-beat run it at the start_time itself,
//     too, whatever the crontab says.)
//   - Runs take their time on the sandbox's clock only, and a schedule starts the
//     next one though the one before is still running.
//   - The prompt that a callback tells is the one that the run got.
//   - Of the mentors' filters, department_id, filter_by, visibility and
//     return_session_information choose nothing: mentors have no field for them.
//
// # Faults
//
// A [Fault] goes wrong with the requests that it matches, every time, a few times
// or by chance: it delays them, answers in the operation's place, breaks the
// connection before, during or after the answer, cuts it off or lets it drip, or
// changes what it says, as a proxy or another release of the service would.
//
//	err := sb.SetFaults(
//		sandbox.Fault{Operation: "ai_mentor_orgs_users_periodic_agents_create", Times: 1, Reset: sandbox.ResetAfter},
//		sandbox.Fault{Method: "GET", Probability: 0.1, Status: 503, RetryAfter: time.Second},
//	)
//	…
//	err = sb.SetFaults() // all is well again
//
// Chance is drawn from [WithSeed]: the same requests in the same order meet the
// same faults.
//
// # What was asked
//
// [Sandbox.Requests] has what was asked and answered, faults or not, so that a test
// can tell what its program has sent, and how often: a client that has its answer
// finds it there. API keys are not kept; the secrets in bodies are, but are not
// printed.
package sandbox
