package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A modelTask is a periodic task as django-celery-beat stores it.
type modelTask struct {
	id       int64
	schedule crontab.Schedule
	hour     string
	enabled  bool
	oneOff   bool
	start    time.Time

	lastRun time.Time // null if zero
	runs    int
	changed time.Time
}

// A modelBeat is a simple model of beat, which does every minute what the source
// of django-celery-beat does.
type modelBeat struct {
	version sandbox.Beat
	tasks   []*modelTask
	stopped bool

	lastSync time.Time
	loaded   map[*modelTask]time.Time // last_run_at of the entries
	log      []string
}

// reload loads the entries, as all_as_schedule does.
func (b *modelBeat) reload(now time.Time) {
	b.lastSync = now
	b.loaded = map[*modelTask]time.Time{}
	for _, task := range b.tasks {
		hour, err := strconv.Atoi(task.hour)
		near := err != nil || hour == 4
		for offset := range 5 {
			near = near || (now.Hour()+offset-2+24)%24 == hour
		}
		if !task.enabled || b.version == sandbox.Beat29 && !near {
			continue
		}
		last := task.lastRun
		switch {
		case !last.IsZero():
		case b.version == sandbox.Beat24:
			last = now
		case task.start.IsZero():
			last = task.changed
		default:
			last = task.changed.AddDate(0, 0, -365*30)
		}
		b.loaded[task] = last
	}
	for task := range b.loaded {
		if task.oneOff && task.runs > 0 && !now.Before(task.start) {
			task.disable()
			delete(b.loaded, task)
		}
	}
}

func (task *modelTask) disable() { task.enabled, task.runs, task.lastRun = false, 0, time.Time{} }

// tick runs the entries that are due.
func (b *modelBeat) tick(now time.Time) {
	if b.stopped {
		return
	}
	if b.version == sandbox.Beat29 && now.Sub(b.lastSync) >= 5*time.Minute {
		b.reload(now)
	}
	disabled := false
	for _, task := range b.tasks {
		last, ok := b.loaded[task]
		if !ok || now.Before(task.start) {
			continue
		}
		if task.oneOff && task.runs > 0 {
			task.disable()
			disabled = true
			continue
		}
		due, ok := task.schedule.Next(last)
		if !ok || due.After(now) {
			continue
		}
		task.lastRun, b.loaded[task] = now, now
		task.runs++
		b.log = append(b.log, fmt.Sprintf("%d at %s", task.id, now.Format("02 15:04")))
		if task.oneOff { // the service disables it when the run finishes
			task.disable()
			disabled = true
		}
	}
	if disabled { // which changes the schedule
		b.reload(now)
		b.tick(now)
	}
}

// TestSchedulerMatchesModel changes agents at random, stops and starts the
// scheduler, and advances the clock in random steps. It compares the runs with
// those of the model.
func TestSchedulerMatchesModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		version := []sandbox.Beat{sandbox.Beat24, sandbox.Beat29}[seed%2]
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			server := newTestServer(t, sandbox.WithBeat(version))
			beat := &modelBeat{version: version}
			beat.reload(server.Now())
			var started []string
			runs := 0
			for range 80 {
				changeModel(t, random, server, beat)
				began := server.Now()
				steps := random.Int64N(72*60) >> random.IntN(12)
				advance(t, server, time.Duration(steps)*time.Minute)
				for minute := began; !minute.After(server.Now()); minute = minute.Add(time.Minute) {
					beat.tick(minute)
				}
				for log := range server.Logs("acme", time.Time{}, server.Now().Add(1)) {
					if log.ID > int64(runs) {
						started = append(started, fmt.Sprintf("%d at %s", log.PeriodicAgent, log.StartTime.Format("02 15:04")))
					}
				}
				runs = len(started)
				for i := range max(len(started), len(beat.log)) {
					require.Less(t, i, len(started), "%s: the model also has %s", version, beat.log[min(i, len(beat.log)-1)])
					require.Less(t, i, len(beat.log), "%s: the model has not %s", version, started[i])
					require.Equal(t, beat.log[i], started[i], "%s: run %d", version, i)
				}
			}
			require.NotEmpty(t, started)
		})
	}
}

// changeModel makes a random change to the sandbox and its model.
func changeModel(t *testing.T, random *rand.Rand, server *sandbox.Server, beat *modelBeat) {
	t.Helper()
	now := server.Now()
	switch change := random.IntN(8); {
	case len(beat.tasks) < 3 || change == 0:
		task := &modelTask{id: int64(len(beat.tasks) + 1)}
		beat.tasks = append(beat.tasks, task)
		task.set(t, random, now)
		created := send(t, server, http.MethodPost, "periodic-agents/", `{"mentor":"`+coach+`","title":"t",`+task.body()+`}`)
		require.Equal(t, http.StatusCreated, created.status, created.body)
	case change < 4:
		task := beat.tasks[random.IntN(len(beat.tasks))]
		before := task.body()
		task.set(t, random, now)
		response := send(t, server, http.MethodPatch, fmt.Sprintf("periodic-agents/%d/", task.id), "{"+task.body()+"}")
		require.Equal(t, http.StatusOK, response.status, response.body)
		if task.body() == before {
			return
		}
	case change == 4:
		server.StopScheduler()
		beat.stopped = true
	default:
		server.StartScheduler()
		if !beat.stopped {
			return
		}
		beat.stopped = false
	}
	beat.loaded = nil
	if !beat.stopped {
		beat.reload(now)
	}
}

// set sets the fields of the task at random.
func (task *modelTask) set(t *testing.T, random *rand.Rand, now time.Time) {
	t.Helper()
	lines := []string{"*/15 * * * *", "0 8 * * *", "30 23 * * *", "10 04 * * *", "0 1 * * *", "30 */5 * * mon-fri", "0 0 1,6-9 * *", "59 23 * * sun", "7 7 * 2 *", "* 3 13 * fri"}
	before := task.body()
	line := lines[random.IntN(len(lines))]
	schedule, err := crontab.Parse(line)
	require.NoError(t, err)
	task.schedule, task.hour = schedule, schedule.Fields().Hour
	task.enabled = random.IntN(4) > 0
	task.oneOff = random.IntN(4) == 0
	task.start = time.Time{}
	if random.IntN(2) == 0 {
		task.start = now.Add(time.Duration(random.IntN(4000)-2000) * time.Minute).UTC().Truncate(15 * time.Minute)
	}
	if !task.enabled {
		task.lastRun = time.Time{}
	}
	if task.body() != before {
		task.changed = now
	}
}

// body returns the task as a part of a request's body.
func (task *modelTask) body() string {
	f := task.schedule.Fields()
	start := "null"
	if !task.start.IsZero() {
		start = strconv.Quote(task.start.Format(time.RFC3339))
	}
	return fmt.Sprintf(`"task":{"crontab":{"minute":%q,"hour":%q,"day_of_month":%q,"month_of_year":%q,"day_of_week":%q},"enabled":%t,"one_off":%t,"start_time":%s}`,
		f.Minute, task.hour, f.DayOfMonth, f.MonthOfYear, f.DayOfWeek, task.enabled, task.oneOff, start)
}
