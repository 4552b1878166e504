// Package fleet manages periodic agents that are described in a file: it plans
// and applies the changes that make the platform's agents as the file says.
//
//	fleet: courses
//	agents:
//	  - key: digest
//	    title: Morning digest
//	    mentor: tutor
//	    prompt: Summarise yesterday's questions.
//	    schedule: 0 8 * * mon-fri
//	    timezone: Europe/Berlin
//	  - key: report
//	    title: Report to the lecturers
//	    mentor: tutor
//	    prompt_file: prompts/report.txt
//	    schedule: {minute: "30", hour: "6"}
//	    after: digest
//	    callback:
//	      url: https://hooks.example.com/runs
//	      secret_env: CALLBACK_SECRET
//
// [Load] reads the file, [Fleet.Plan] compares it with the platform, and
// [Plan.Apply] makes the changes:
//
//	f, err := fleet.Load("fleet.yaml")
//	if err != nil {
//		return err
//	}
//	plan, err := f.Plan(ctx, c)
//	if err != nil {
//		return err
//	}
//	fmt.Print(plan)
//	result, err := plan.Apply(ctx, c)
//	fmt.Print(result)
//	return err
//
// A plan after a successful Apply is empty. A change by hand makes the next plan
// change it back.
//
// # The file
//
// The file is YAML, or JSON if its name ends in .json. It has these fields:
//
//   - fleet: the name of the fleet. Two fleets of an org have different names.
//   - removed: disable (the default) or delete. It applies to agents of the
//     fleet whose key is no longer in the file. Deleting an agent also deletes
//     its logs.
//   - timezone: the default time zone of the schedules, as in Europe/Berlin. It
//     is UTC if it is not set.
//   - agents: the list of agents.
//
// An agent has these fields, of which key, title, mentor and schedule are
// required:
//
//   - key: identifies the agent in its fleet. Names and keys have up to 63 lower
//     case letters, digits, dots, underscores and dashes.
//   - title, description: as the platform shows them.
//   - mentor: the unique id, numeric id, slug or name of a mentor. It must refer
//     to exactly one.
//   - mentor_id: the numeric id of that mentor. Only releases 3.5x need it.
//   - prompt, or prompt_file: a file in the folder of the fleet.
//   - schedule: a crontab line, or an object with minute, hour, day_of_month,
//     month_of_year and day_of_week, of which an absent one is *.
//   - timezone: the time zone of the schedule.
//   - after: the key of an agent that must have run before, or an object with
//     its key and a status. The default status is success.
//   - callback: an object with url and, to have callbacks signed, secret_env (the
//     name of an environment variable) or secret_file (a file that only its owner
//     can read). The url must not have a user or password in it.
//   - enabled: true by default.
//   - one_off: whether the agent runs once only.
//
// A field that is not set has its default on the platform too: an agent without a
// callback in the file loses the one that it has. Fields that a fleet doesn't
// have, such as start_time and pathway, keep their values.
//
// A one-off agent that has run is disabled by the platform. It stays disabled: to
// run it again, give it another key.
//
// # Local time
//
// The platform runs crontabs in UTC. A schedule in a time zone is converted to
// UTC with the offset that applies when the plan is made. From half a minute
// before a change of the clocks, the plan has the new crontab: apply the fleet
// again at [Plan.ClocksChange]. A schedule is refused if no single crontab in UTC
// has its runs during the next year.
//
// # Ownership
//
// An agent belongs to a fleet if its description contains the fleet's marker,
// which Apply writes at the end:
//
//	[fleet courses/digest]
//
// The marker is also found if the rest of the description is edited by hand, or
// if the marker is moved. Agents without a marker are never changed;
// [Fleet.Adopt] adds a marker to existing agents. An agent leaves its fleet when
// its marker is removed. The agents of releases 3.5x have no description: there
// the marker is at the end of the title. After an update of the service, the next
// plan moves it to the description.
//
// If two agents have the same marker, because one was copied, because two
// programs applied the fleet at once, or because a request arrived late, the plan
// reports both as a [Problem] and changes neither.
//
// # Secrets
//
// Files and plans contain no secrets, only where they are: Plan reads them to
// compare them with those on the platform, and Apply reads them again to send
// them. A changed secret is a change of callback_secret from *** to ***. If the
// platform masks secrets with asterisks, a secret can't be compared, and a new
// one is sent with the next change of the agent.
//
// # Apply
//
// Apply requests every agent again before it changes it. If the agent is no
// longer as the plan has seen it, it is left alone, with [ErrChanged]. After a
// failure Apply goes on, except with agents that run after the one that failed.
// It can be repeated, with the same plan or a new one: if the response to a
// creation is lost, the agent is found by its marker.
//
// A changed crontab could run an agent at once, since the scheduler plans from
// the last run. Apply therefore disables the agent in the same request, and
// enables it in a second one. It doesn't for an agent with a start_time, which
// enabling would also run.
package fleet
