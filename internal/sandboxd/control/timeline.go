package control

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

const (
	maxBuckets  = 2000
	maxTimeline = 100 * 366 * 24 * time.Hour
	defaultRows = 20
	maxRows     = 100
	// maxRowRuns is the number of runs above which a row only counts them.
	maxRowRuns = 200
	// maxRowNextRuns limits the number of next runs in a row.
	maxRowNextRuns = 100
	// maxRowRunDeliveries limits the number of deliveries of each run in a row.
	maxRowRunDeliveries = 5
)

type timelineBody struct {
	From   time.Time         `json:"from"`
	To     time.Time         `json:"to"`
	Bucket string            `json:"bucket"` // duration of a bucket
	Total  int               `json:"total"`  // number of runs
	Rows   []timelineRowBody `json:"rows"`
	Others othersBody        `json:"others"`
	Stops  []stopBody        `json:"stops"`
}

// timelineRowBody has the runs of an agent.
type timelineRowBody struct {
	Agent    int64        `json:"agent"`
	Title    string       `json:"title"`
	Total    int          `json:"total"`
	Buckets  []bucketBody `json:"buckets"`
	Runs     []runBody    `json:"runs"` // empty if there are more than maxRowRuns
	NextRuns []time.Time  `json:"next_runs"`
	Waiting  bool         `json:"waiting"`
}

// othersBody sums up the agents without a row.
type othersBody struct {
	Agents  int          `json:"agents"`
	Total   int          `json:"total"`
	Buckets []bucketBody `json:"buckets"`
}

type bucketBody struct {
	Start   time.Time `json:"start"`
	Success int       `json:"success"`
	Error   int       `json:"error"`
	Running int       `json:"running"`
}

type runBody struct {
	ID         int64             `json:"id"`
	Status     api.Status        `json:"status"`
	StartTime  client.Time       `json:"start_time"`
	EndTime    *client.Time      `json:"end_time"`
	Deliveries []runDeliveryBody `json:"deliveries"`
}

// runDeliveryBody is a delivery of a run on the timeline.
type runDeliveryBody struct {
	ID         int64     `json:"id"`
	StatusCode int       `json:"status_code"`
	Sent       bool      `json:"sent"`
	At         time.Time `json:"at"`
}

// timeline returns the runs of an org in a period, grouped by agent.
func (c *call) timeline() (any, error) {
	org := c.query.values.Get("org")
	from, to := c.query.time("from"), c.query.time("to")
	buckets := c.query.integer("buckets", 200, 1, maxBuckets)
	rows := c.query.integer("rows", defaultRows, 1, maxRows)
	agent := c.query.integer("agent", 0, 1, math.MaxInt64)
	switch known := c.orgs(); {
	case c.query.err != nil:
		return nil, c.query.err
	case !slices.Contains(known, org):
		return nil, errorf(http.StatusNotFound, "there is no org %s", document.Quote(org))
	case !from.Before(to):
		return nil, errorf(http.StatusBadRequest, "the parameter to must be after from")
	case to.Sub(from) > maxTimeline:
		return nil, errorf(http.StatusBadRequest, "the parameters from and to are more than 100 years apart")
	}
	agents := c.sandbox.PeriodicAgentIDs(org)
	if agent != 0 {
		agents = slices.DeleteFunc(agents, func(id int64) bool { return id != agent })
	}
	t := newTimeline(from, to, int(buckets), agents)
	for log := range c.sandbox.Logs(org, from, to) {
		t.add(log)
	}
	shown, others := t.selectRows(int(rows), func(id int64) bool { return c.isDueBefore(id, to) })
	body := timelineBody{From: from, To: to, Bucket: t.step.String(), Rows: []timelineRowBody{}}
	deliveries := c.deliveriesByLog(org, from)
	for _, row := range shown {
		body.Total += row.total
		body.Rows = append(body.Rows, c.rowBody(row, to, deliveries))
	}
	body.Others = sumRows(others)
	body.Total += body.Others.Total
	body.Stops = c.stops.between(from, to)
	return body, nil
}

// orgs returns the keys of all orgs.
func (c *call) orgs() (keys []string) {
	for _, a := range c.sandbox.Accounts() {
		keys = append(keys, a.Org)
	}
	return keys
}

// isDueBefore reports whether the next run of an agent is before a time.
func (c *call) isDueBefore(agentID int64, t time.Time) bool {
	state, err := c.sandbox.AgentState(agentID)
	return err == nil && !state.NextRun.IsZero() && state.NextRun.Before(t)
}

// deliveriesByLog returns the deliveries of an org since a time, by log.
func (c *call) deliveriesByLog(org string, from time.Time) map[int64][]runDeliveryBody {
	byLog := map[int64][]runDeliveryBody{}
	for d := range c.sandbox.DeliveriesBackward() {
		if d.FinishedAt.Before(from) {
			break
		}
		if d.Org == org && len(byLog[d.LogID]) < maxRowRunDeliveries {
			byLog[d.LogID] = append(byLog[d.LogID], runDeliveryBody{d.ID, d.StatusCode, d.Err != sandbox.ErrDeliveryDropped, d.StartedAt.UTC()}) //nolint:errorlint // it is not wrapped
		}
	}
	return byLog
}

func (c *call) rowBody(row *timelineRow, to time.Time, deliveries map[int64][]runDeliveryBody) timelineRowBody {
	body := timelineRowBody{
		Agent: row.agent, Title: c.title(row.agent), Total: row.total, Buckets: row.sortedBuckets(), Runs: []runBody{}, NextRuns: []time.Time{},
	}
	if row.total <= maxRowRuns {
		for _, log := range row.logs {
			body.Runs = append(body.Runs, runBody{log.ID, log.Status, log.StartTime, log.EndTime, append([]runDeliveryBody{}, deliveries[log.ID]...)})
		}
		slices.SortStableFunc(body.Runs, func(a, b runBody) int { return a.StartTime.Compare(b.StartTime.Time) })
	}
	state, err := c.sandbox.AgentState(row.agent)
	if err != nil { // the agent was deleted in the meantime
		return body
	}
	body.Waiting = state.Waiting
	agent, err := c.sandbox.PeriodicAgent(row.agent)
	if err != nil || state.NextRun.IsZero() {
		return body
	}
	next, _ := agent.Task.NextRuns(state.NextRun.Add(-time.Nanosecond), maxRowNextRuns, nil) // an invalid schedule has no runs
	for _, at := range append([]time.Time{state.NextRun.UTC()}, next...) {
		if at.Before(to) && !slices.Contains(body.NextRuns, at) && len(body.NextRuns) < maxRowNextRuns {
			body.NextRuns = append(body.NextRuns, at)
		}
	}
	return body
}

// A timeline groups runs by agent, and counts them in buckets.
type timeline struct {
	first time.Time // start of the first bucket
	step  time.Duration
	rows  map[int64]*timelineRow
}

type timelineRow struct {
	agent   int64
	total   int
	buckets map[time.Time]*bucketBody
	logs    []*client.PeriodicAgentLog // at most maxRowRuns
}

func newTimeline(from, to time.Time, buckets int, agents []int64) *timeline {
	step := bucketSize(to.Sub(from), buckets)
	t := &timeline{first: from.Truncate(step), step: step, rows: map[int64]*timelineRow{}}
	for _, id := range agents {
		t.rows[id] = &timelineRow{agent: id, buckets: map[time.Time]*bucketBody{}}
	}
	return t
}

// add adds a run, if its agent belongs to the timeline.
func (t *timeline) add(log *client.PeriodicAgentLog) {
	row := t.rows[log.PeriodicAgent]
	if row == nil {
		return
	}
	start := t.first.Add(log.StartTime.Sub(t.first).Truncate(t.step))
	bucket := row.buckets[start]
	if bucket == nil {
		bucket = &bucketBody{Start: start}
		row.buckets[start] = bucket
	}
	switch log.Status {
	case api.StatusSuccess:
		bucket.Success++
	case api.StatusError:
		bucket.Error++
	default:
		bucket.Running++
	}
	if row.total++; row.total <= maxRowRuns {
		row.logs = append(row.logs, log)
	}
}

// selectRows selects at most limit rows, and returns them in the order of the
// agents' ids, and the others. It prefers rows with more runs, and then agents
// that are due.
func (t *timeline) selectRows(limit int, isDue func(agent int64) bool) (shown, others []*timelineRow) {
	var rows []*timelineRow
	for _, row := range t.rows {
		rows = append(rows, row)
	}
	byAgent := func(a, b *timelineRow) int { return cmp.Compare(a.agent, b.agent) }
	if len(rows) > limit {
		due := map[*timelineRow]int{}
		for _, row := range rows {
			if isDue(row.agent) {
				due[row] = 1
			}
		}
		slices.SortFunc(rows, func(a, b *timelineRow) int {
			return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(due[b], due[a]), byAgent(a, b))
		})
		rows, others = rows[:limit], rows[limit:]
	}
	slices.SortFunc(rows, byAgent)
	return rows, others
}

// sortedBuckets returns the buckets in chronological order.
func (r *timelineRow) sortedBuckets() []bucketBody {
	buckets := []bucketBody{}
	for _, bucket := range r.buckets {
		buckets = append(buckets, *bucket)
	}
	slices.SortFunc(buckets, func(a, b bucketBody) int { return a.Start.Compare(b.Start) })
	return buckets
}

// sumRows returns the sum of rows.
func sumRows(rows []*timelineRow) othersBody {
	all := timelineRow{buckets: map[time.Time]*bucketBody{}}
	for _, row := range rows {
		all.total += row.total
		for start, bucket := range row.buckets {
			if all.buckets[start] == nil {
				all.buckets[start] = &bucketBody{Start: start}
			}
			all.buckets[start].Success += bucket.Success
			all.buckets[start].Error += bucket.Error
			all.buckets[start].Running += bucket.Running
		}
	}
	return othersBody{Agents: len(rows), Total: all.total, Buckets: all.sortedBuckets()}
}

// bucketSize returns a duration with which at most buckets+1 buckets cover a
// period. Buckets start at round times, so they stay the same when the period
// moves.
func bucketSize(period time.Duration, buckets int) time.Duration {
	const day = 24 * time.Hour
	shortest := period / time.Duration(buckets)
	for _, step := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 2 * day, 7 * day, 28 * day,
	} {
		if step >= shortest {
			return step
		}
	}
	return shortest.Truncate(day) + day
}
