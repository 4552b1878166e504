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
// Options add accounts, mentors, agents and chat sessions. [New] makes a sandbox
// without a listener, for a server of one's own.
//
// # Runs
//
// Nothing runs by itself. [Sandbox.Fire] runs an agent with an outcome of the
// test's choosing: it writes the log, and posts the callback to the agent's
// callback_url, byte for byte as Python's json.dumps writes it, with the
// X-Hub-Signature-256 of callback_secret. An agent without a callback_secret
// sends no signature, since anyone can sign with an empty key.
// [Sandbox.Deliveries] tells what was posted and answered.
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
