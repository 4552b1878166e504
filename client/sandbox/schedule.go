package sandbox

import (
	"context"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// schedule schedules the agent's next run and cancels an earlier one. As in celery,
// a crontab that can't be parsed never runs. The caller holds the store's lock.
func (r *runner) schedule(a *agent) {
	r.unschedule(a)
	if !a.Task.Enabled {
		return
	}
	parsed, err := a.Task.Crontab.Fields().Parse()
	if err != nil {
		return
	}
	a.schedule = parsed
	from := r.timeline.Now()
	if start := a.Task.StartTime.Time(); start.After(from) {
		from = start.Add(-time.Nanosecond) // the start itself is included
	}
	r.scheduleNext(a, from)
}

// scheduleNext schedules the first run after a time. The caller holds the store's
// lock.
func (r *runner) scheduleNext(a *agent, from time.Time) {
	at, ok := a.schedule.Next(from)
	if !ok {
		return
	}
	e := &timeline.Entry{At: at, Rank: rankStart, ID: a.ID}
	e.Run = func(ctx context.Context) { r.runScheduled(ctx, a, e) }
	a.nextRun = e
	r.timeline.Add(e)
}

// unschedule cancels the agent's next run. The caller holds the store's lock.
func (r *runner) unschedule(a *agent) {
	r.timeline.Remove(a.nextRun)
	a.nextRun = nil
	delete(a.org.waiting, a)
}

// runScheduled runs an agent that is due, or lets it wait for its previous agent.
func (r *runner) runScheduled(ctx context.Context, a *agent, e *timeline.Entry) {
	r.store.Lock()
	if a.nextRun != e { // changed or deleted meanwhile
		r.store.Unlock()
		return
	}
	a.nextRun = nil
	if !a.Task.OneOff {
		r.scheduleNext(a, e.At)
	}
	a.dueAt = e.At
	r.runIfReady(ctx, a, RunCauseSchedule, e.At)
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
