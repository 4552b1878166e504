package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/internal/handling"
)

// Watchdog reports agents that don't run as they should. It compares the
// schedules of the agents with their logs, and raises these alarms:
//
//   - [AlarmMissed]: an agent was due, and no run has started within the grace
//     period ([WithGrace]).
//   - [AlarmStuck]: a run has been running for longer than [WithStuckAfter], or
//     past the time at which its agent is next due, plus the grace period.
//   - [AlarmFailing]: the latest runs of an agent have failed ([WithFailures]).
//     Runs before its last change don't count.
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
// A run counts for a due time if its log is dated from half the grace period
// before the due time to the end of the grace period, no matter why the agent
// ran. Runs that start later, such as those that the scheduler catches up,
// resolve the alarm.
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
	stores *handling.Caller

	mu       sync.Mutex
	inUse    bool
	settings *settings // of the receiver or Follow
	state    watchdogState
	// errs holds errors that the polling goroutine reports.
	errs []error
	// polled receives a value after each complete poll.
	polled chan struct{}
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
	w := &Watchdog{client: c, notify: notify, stores: newCaller(), polled: make(chan struct{}, 1)}
	if err := w.apply(opts); err != nil {
		return nil, err
	}
	w.state.reset()
	return w, nil
}

// WithWatchdog passes the logs that are read to a watchdog, which notifies the
// program about alarms until Follow returns. The watchdog must have the same
// client. [WithParams] must not select logs, except those of a mentor: the
// watchdog needs the logs of all agents that it judges.
//
// [Receiver.CatchUp] returns after the watchdog has judged the agents, notified
// the program and saved the alarms once. It lists the agents in each call. If
// each call is made by a new process, also set [WithAlarmFile] or
// [WithAlarmStore]. Otherwise no due time is judged, since the processes don't
// know until when the ones before have judged.
//
// A watchdog can be used by one receiver or Follow at a time. Otherwise Follow
// returns [ErrWatching].
func WithWatchdog(w *Watchdog) FollowOption {
	return followOption(func(s *settings) error {
		s.watchdog = w
		return requireNotNil("WithWatchdog", w != nil)
	})
}

// validateWatchdog returns an error if the watchdog has another client, or if
// the params select logs.
func (s *settings) validateWatchdog(c *client.Client) error {
	if s.watchdog == nil {
		return nil
	}
	if s.watchdog.client != c {
		return &api.ArgumentError{Argument: "WithWatchdog", Reason: "has another client"}
	}
	if s.params != (client.PeriodicAgentLogListParams{PageSize: s.params.PageSize, MentorID: s.params.MentorID}) {
		return &api.ArgumentError{Argument: "WithWatchdog", Reason: "needs the logs of all agents, but WithParams selects some by other fields than MentorID"}
	}
	return nil
}

// Run follows the logs and notifies the program about alarms until the context
// ends. It judges what is due after its first poll.
//
// It returns the context's error, or an error that retries can't fix if no poll
// has succeeded yet, such as a wrong API key. It reports other errors, and polls
// again with exponential backoff.
func (w *Watchdog) Run(ctx context.Context, opts ...WatchOption) error {
	if ctx == nil {
		return &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	s, err := applyOptions(defaultFollowInterval, append(slices.Clone(opts), WithWatchdog(w)), WatchOption.applyToWatch)
	if err != nil {
		return err
	}
	if err := s.validateCall(w.client); err != nil { //nolint:contextcheck // it sends no request
		return err
	}
	f := newFollower(s, w.client, new(Position))
	f.startAtPresent = true
	f.save = func(context.Context) { f.tracker.takeChanges() }
	f.report = func(ctx context.Context, err error) { f.reports.report(ctx, Outcome{Kind: KindLog, Err: err}) }
	f.deliver = func(_ context.Context, log *client.PeriodicAgentLog) error {
		f.tracker.claim(log.ID, created(log), time.Time{})
		f.tracker.finish(log.ID)
		return nil
	}
	running, err := f.startWatchdog(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f.pollAlarms(ctx), running.stopAndReport(ctx))
}

// pollAlarms polls until the context ends or the first polls fail permanently.
func (f *follower) pollAlarms(ctx context.Context) error {
	for failures, succeeded := 0, false; ; {
		start := time.Now()
		p, err := f.poll(ctx)
		switch {
		case ctx.Err() != nil:
			return contextError(ctx)
		case err == nil:
			failures, succeeded = 0, true
		case !succeeded && isPermanent(err):
			return fmt.Errorf("runs: the logs can't be polled: %w", err)
		default:
			failures++
		}
		wait := backoff(f.interval, max(f.interval, maxBackoff), failures)
		outcome := Outcome{Kind: KindPoll, Found: p.finished, Requests: p.requests, Reread: p.hasReadOverlap, Duration: time.Since(start), Err: err}
		if err != nil {
			outcome.RetryIn = wait
		}
		f.reports.report(ctx, outcome)
		if err := sleep(ctx, wait, nil); err != nil {
			return err
		}
	}
}

// OpenAlarms returns the alarms that were raised and are not resolved, in the
// order of their keys.
func (w *Watchdog) OpenAlarms() []Alarm {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state.openAlarms()
}

// watching is a running watchdog of a follower. A nil watching is none.
type watching struct {
	*follower
	cancel   context.CancelFunc
	last     chan struct{} // closed after the last poll
	returned chan struct{}
}

// startWatchdog starts the watchdog of the settings, if there is one.
func (f *follower) startWatchdog(ctx context.Context) (*watching, error) {
	w := f.watchdog
	if w == nil {
		return nil, nil //nolint:nilnil // as documented
	}
	w.mu.Lock()
	isInUse := w.inUse
	w.inUse = true
	w.mu.Unlock()
	if isInUse {
		return nil, ErrWatching
	}
	if err := w.load(ctx, f.settings); err != nil {
		w.release()
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	running := &watching{follower: f, cancel: cancel, last: make(chan struct{}), returned: make(chan struct{})}
	go func() {
		defer close(running.returned)
		defer w.release()
		w.watch(ctx, running.last)
	}()
	return running, nil
}

// finish waits until the watchdog has judged the last poll and has saved the
// alarms. It reports the watchdog's errors, and returns them.
func (w *watching) finish(ctx context.Context) error {
	if w == nil {
		return nil
	}
	close(w.last)
	select {
	case <-w.returned:
	case <-ctx.Done():
		return contextError(ctx)
	}
	return w.reportErrors(ctx)
}

// stop stops the watchdog.
func (w *watching) stop() error {
	if w == nil {
		return nil
	}
	w.cancel()
	timer := time.NewTimer(returnGracePeriod)
	defer timer.Stop()
	select {
	case <-w.returned:
		return nil
	case <-timer.C:
		return fmt.Errorf("%w: the function of the watchdog", ErrHandlerHangs)
	}
}

// stopAndReport stops the watchdog and reports its errors.
func (w *watching) stopAndReport(ctx context.Context) error {
	if w == nil {
		return nil
	}
	err := w.stop()
	_ = w.reportErrors(ctx)
	return err
}

// reportErrors reports the errors of the watchdog, and returns them.
func (f *follower) reportErrors(ctx context.Context) error {
	errs := f.watchdog.takeErrors()
	for _, err := range errs {
		f.report(ctx, err)
	}
	return errors.Join(errs...)
}

func (w *Watchdog) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inUse = false
}

// watch judges the agents after each poll, until the context ends or the last
// poll is judged.
func (w *Watchdog) watch(ctx context.Context, last <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			w.save(ctx, true)
			return
		case <-last:
			select {
			case <-w.polled:
				w.judge(ctx)
			default:
			}
			w.save(ctx, true)
			return
		case <-w.polled:
			w.judge(ctx)
			w.save(ctx, false)
		}
	}
}

// judge raises and resolves alarms, and notifies the program.
func (w *Watchdog) judge(ctx context.Context) {
	w.check(ctx)
	w.sendAlarms(ctx)
}

// sendAlarms passes the alarms to the program that it has not received.
func (w *Watchdog) sendAlarms(ctx context.Context) {
	w.mu.Lock()
	slices.SortStableFunc(w.state.pending, compareAlarms)
	alarms := slices.Clone(w.state.pending)
	w.mu.Unlock()
	if len(alarms) == 0 || ctx.Err() != nil {
		return
	}
	if err := catchPanic(func() error { return w.notify(ctx, slices.Clone(alarms)) }); err != nil {
		w.report(fmt.Errorf("%w: %d alarms will be sent again: %w", ErrAlarmsNotSent, len(alarms), err))
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state.pending = slices.Delete(w.state.pending, 0, len(alarms))
	w.state.isChanged = true
}

// report queues an error for the polling goroutine.
func (w *Watchdog) report(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.errs) < maxWatchdogErrors {
		w.errs = append(w.errs, err)
	}
}

// maxWatchdogErrors limits the number of queued errors.
const maxWatchdogErrors = 20

// takeErrors returns the queued errors and removes them.
func (w *Watchdog) takeErrors() []error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	errs := w.errs
	w.errs = nil
	return errs
}
