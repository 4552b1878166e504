package sandbox

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/beat"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// taskSaved schedules the agent's next run, since its task was created or changed.
// The caller holds the store's lock.
func (r *runner) taskSaved(a *agent) {
	now := r.timeline.Now()
	a.taskChangedAt = now
	if !a.Task.Enabled {
		a.lastRunAt = time.Time{}
	}
	delete(a.org.waiting, a)
	r.reload(now)
	r.schedule(a, now)
}

// unschedule cancels the agent's next run, since it is deleted or disabled. The
// caller holds the store's lock.
func (r *runner) unschedule(a *agent) {
	delete(a.org.waiting, a)
	r.cancel(a)
	r.reload(r.timeline.Now())
}

// disable disables a one-off agent that has run, as beat does. The caller holds the
// store's lock.
func (r *runner) disable(a *agent) {
	a.Task.Enabled, a.totalRunCount, a.lastRunAt = false, 0, time.Time{}
	r.unschedule(a)
}

// reload makes beat reload its schedule. Agents that are due run before. The caller
// holds the store's lock.
func (r *runner) reload(now time.Time) {
	r.beat.LoadedAt = now
	for _, a := range slices.Collect(maps.Keys(r.tentative)) {
		if a.nextRun.At.After(now) {
			r.schedule(a, now)
		}
	}
}

// schedule schedules the next run of an agent. As in celery, a crontab that can't
// be parsed never runs. The caller holds the store's lock.
func (r *runner) schedule(a *agent, now time.Time) { r.scheduleCheck(a, now, false) }

// scheduleAfterRun does the same for an agent that the scheduler runs now. The
// caller holds the store's lock.
func (r *runner) scheduleAfterRun(a *agent, now time.Time) { r.scheduleCheck(a, now, true) }

func (r *runner) scheduleCheck(a *agent, now time.Time, justRan bool) {
	r.cancel(a)
	if !a.Task.Enabled || r.isStopped {
		return
	}
	crontab, err := a.Task.Crontab.Fields().Parse()
	if err != nil {
		return
	}
	entry := &beat.Entry{
		Next:      crontab.Next,
		Hour:      a.Task.Crontab.Hour,
		LastRunAt: a.lastRunAt,
		ChangedAt: a.taskChangedAt,
		HasRun:    a.Task.OneOff && a.totalRunCount > 0,
		JustRan:   justRan,
	}
	if !a.Task.StartTime.IsNull() {
		entry.StartTime = a.Task.StartTime.Time()
	}
	check, ok := r.beat.Next(entry, now)
	if !ok {
		return
	}
	e := &timeline.Entry{At: check.At, Rank: rankStart, ID: a.ID}
	e.Run = func(ctx context.Context) { r.runScheduled(ctx, a, e) }
	a.check, a.nextRun = check, e
	r.timeline.Add(e)
	if check.Tentative {
		r.tentative[a] = true
	}
}

// cancel cancels the agent's next run. The caller holds the store's lock.
func (r *runner) cancel(a *agent) {
	r.timeline.Remove(a.nextRun)
	a.nextRun = nil
	delete(r.tentative, a)
}

// runScheduled runs an agent that is due, or lets it wait for its previous agent.
func (r *runner) runScheduled(ctx context.Context, a *agent, e *timeline.Entry) {
	r.store.Lock()
	if a.nextRun != e { // changed or deleted meanwhile
		r.store.Unlock()
		return
	}
	if a.check.Reason == beat.OneOff {
		if a.org.waiting[a] { // it is disabled after its run
			r.cancel(a)
			r.store.Unlock()
			return
		}
		r.disable(a)
		r.events.publish(Event{Type: EventAgentSaved, Org: a.org.key, AgentID: a.ID})
		r.store.Unlock()
		return
	}
	cause := RunCause(a.check.Reason)
	a.lastRunAt = e.At
	a.totalRunCount++
	a.dueAt = e.At
	if cause == RunCauseOverdue {
		a.dueAt = a.check.Due
	}
	r.scheduleAfterRun(a, e.At)
	r.runIfReady(ctx, a, cause, e.At)
}

// releaseDependents schedules the runs of waiting agents that are ready now. An
// agent waits for one run, however often it was due, so a cycle of agents ends.
// The caller holds the store's lock.
func (r *runner) releaseDependents(o *org, at time.Time) {
	for a := range o.waiting {
		if !a.isReady() {
			continue
		}
		delete(o.waiting, a)
		if a.Task.OneOff { // it runs before beat disables it
			r.cancel(a)
		}
		r.timeline.Add(&timeline.Entry{At: at, Rank: rankStart, ID: a.ID, Run: func(ctx context.Context) {
			r.runReleased(ctx, a, at)
		}})
	}
}

// runReleased runs an agent that has waited, unless it was deleted or disabled
// meanwhile.
func (r *runner) runReleased(ctx context.Context, a *agent, at time.Time) {
	r.store.Lock()
	if a.deleted || !a.Task.Enabled {
		r.store.Unlock()
		return
	}
	if a.Task.OneOff {
		r.schedule(a, at)
	}
	r.runIfReady(ctx, a, RunCauseChain, at)
}

// runIfReady runs an agent, or lets it wait for its previous agent. The caller
// holds the store's lock, and runIfReady releases it.
func (r *runner) runIfReady(ctx context.Context, a *agent, cause RunCause, at time.Time) {
	if !a.isReady() {
		a.org.waiting[a] = true
		r.store.Unlock()
		return
	}
	l, run := r.start(a, cause, at)
	r.store.Unlock()
	countRun(ctx)
	r.execute(ctx, l, run)
}

// runDue runs everything that is due now and waits for deliveries. A caller's
// count of runs does not change.
func (r *runner) runDue(ctx context.Context) {
	r.timeline.RunDue(countRuns(withBlockingDeliveries(ctx), new(int)))
}

// runCountKey is the context key of the number of runs that entries start.
type runCountKey struct{}

// countRuns returns a context with which entries count the runs that they start.
func countRuns(ctx context.Context, runs *int) context.Context {
	return context.WithValue(ctx, runCountKey{}, runs)
}

func countRun(ctx context.Context) {
	if runs, ok := ctx.Value(runCountKey{}).(*int); ok {
		*runs++
	}
}
