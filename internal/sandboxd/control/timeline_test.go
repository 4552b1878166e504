package control

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

func TestTimeline(t *testing.T) {
	t.Parallel()
	s := start(t, withSeed(t, `
clock: {start: 2026-01-05T07:55:00Z}
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: Hourly, task: {crontab: {minute: 0}}, outcomes: [{duration: 30s}, {status: error}, {status: running}]}
  - {title: Daily, task: {crontab: {minute: 30, hour: 8}}, outcomes: [{}], callback_url: inbox}
- {key: else, accounts: [{username: eve}]}
`))
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	const day = "/_sandbox/timeline?org=acme&from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z"
	all := get[timelineBody](t, s, day+"&buckets=24")
	assert.Equal(t, "1h0m0s", all.Bucket)
	assert.Equal(t, 17, all.Total)
	require.Len(t, all.Rows, 2)
	hourly, daily := all.Rows[0], all.Rows[1]
	assert.Equal(t, "Hourly", hourly.Title)
	assert.Len(t, hourly.Runs, 16)
	assert.Len(t, hourly.Buckets, 16, "empty buckets are omitted")
	at := func(hour int) time.Time { return time.Date(2026, time.January, 5, hour, 0, 0, 0, time.UTC) }
	assert.Equal(t, []bucketBody{
		{Start: at(8), Success: 1}, {Start: at(9), Error: 1}, {Start: at(10), Running: 1}, {Start: at(11), Success: 1},
	}, hourly.Buckets[:4])
	assert.Equal(t, at(8), hourly.Runs[0].StartTime.Time)
	assert.Equal(t, at(8).Add(30*time.Second), hourly.Runs[0].EndTime.Time)
	assert.Nil(t, hourly.Runs[2].EndTime)
	assert.Equal(t, 1, daily.Total)
	require.Len(t, daily.Runs[0].Deliveries, 1)
	assert.Equal(t, http.StatusNoContent, daily.Runs[0].Deliveries[0].StatusCode)
	assert.Empty(t, hourly.Runs[0].Deliveries)
	assert.Empty(t, hourly.NextRuns, "the next runs are after the period")
	assert.Equal(t, othersBody{Buckets: []bucketBody{}}, all.Others)

	tomorrow := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-06T06:00:00Z&to=2026-01-06T12:00:00Z")
	assert.Equal(t, 2, tomorrow.Total)
	assert.Equal(t, []time.Time{at(24 + 8), at(24 + 9), at(24 + 10), at(24 + 11)}, tomorrow.Rows[0].NextRuns)
	assert.Equal(t, []time.Time{at(24 + 8).Add(30 * time.Minute)}, tomorrow.Rows[1].NextRuns)

	first := get[timelineBody](t, s, day+"&buckets=24&rows=1")
	assert.Equal(t, []timelineRowBody{hourly}, first.Rows)
	assert.Equal(t, othersBody{Agents: 1, Total: 1, Buckets: []bucketBody{{Start: at(8), Success: 1}}}, first.Others)

	assert.Equal(t, 1, get[timelineBody](t, s, day+"&agent=2").Total)
	assert.Zero(t, get[timelineBody](t, s, day+"&agent=99").Total)
	narrow := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z")
	assert.Equal(t, 2, narrow.Total, "the end of the period is exclusive")
	assert.Equal(t, "30s", narrow.Bucket)
	empty := s.do(t, http.MethodGet, "/_sandbox/timeline?org=else&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z", "")
	assert.Contains(t, empty.body, `"rows":[],"others":{"agents":0,"total":0,"buckets":[]},"stops":[]}`)

	for query, status := range map[string]int{
		"org=nobody&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z":            http.StatusNotFound,
		"from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z":                       http.StatusNotFound,
		"org=acme&to=2026-01-05T09:00:00Z":                                        http.StatusBadRequest,
		"org=acme&from=yesterday&to=2026-01-05T09:00:00Z":                         http.StatusBadRequest,
		"org=acme&from=2026-01-05T09:00:00Z&to=2026-01-05T09:00:00Z":              http.StatusBadRequest,
		"org=acme&from=1970-01-05T09:00:00Z&to=2999-01-05T09:00:00Z":              http.StatusBadRequest,
		"org=acme&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z&buckets=0":    http.StatusBadRequest,
		"org=acme&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z&buckets=2001": http.StatusBadRequest,
		"org=acme&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z&agent=x":      http.StatusBadRequest,
	} {
		a := s.do(t, http.MethodGet, "/_sandbox/timeline?"+query, "")
		assert.Equal(t, status, a.status, query)
		assert.NotEmpty(t, a.reason(t))
	}
}

// A stopped scheduler starts no runs, and catches up when it is started again.
func TestScheduler(t *testing.T) {
	t.Parallel()
	s := start(t)
	events := watchEvents(t, s)
	advance := func(by string) { send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "`+by+`"}`) }
	advance("1h")
	first := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T07:00:00Z&to=2026-01-05T12:00:00Z").Total
	at := func(clock string) time.Time {
		at, err := time.Parse(time.DateTime, "2026-01-05 "+clock)
		require.NoError(t, err)
		return at
	}
	assert.Equal(t, schedulerBody{Running: true, Stops: []stopBody{}}, get[schedulerBody](t, s, "/_sandbox/scheduler"))
	for range 2 { // stopping it again changes nothing
		assert.Equal(t, schedulerBody{Stops: []stopBody{{From: at("08:55:00")}}}, send[schedulerBody](t, s, http.MethodPost, "/_sandbox/scheduler", `{"running": false}`))
	}
	advance("1h")
	switches := 0
	for e := range events {
		if e.kind == "scheduler" {
			switches++
		}
		if e.kind == "clock" && switches > 0 {
			break
		}
	}
	assert.Equal(t, 1, switches, "one event")
	stopped := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T07:00:00Z&to=2026-01-05T12:00:00Z")
	assert.Equal(t, first, stopped.Total)
	assert.Len(t, stopped.Stops, 1)
	started := send[schedulerBody](t, s, http.MethodPost, "/_sandbox/scheduler", `{"running": true}`)
	assert.Equal(t, schedulerBody{Running: true, Stops: []stopBody{{at("08:55:00"), new(at("09:55:00"))}}}, started)
	advance("1m")
	line := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T09:30:00Z&to=2026-01-05T12:00:00Z")
	require.NotEmpty(t, line.Rows[0].Runs, "the scheduler catches up")
	assert.Equal(t, started.Stops, line.Stops)
	assert.Empty(t, get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T10:00:00Z&to=2026-01-05T12:00:00Z").Stops)
	assert.Equal(t, "overdue", get[fullRunBody](t, s, fmt.Sprintf("/_sandbox/runs/%d", line.Rows[0].Runs[0].ID)).Cause)
	send[statusBody](t, s, http.MethodPost, "/_sandbox/reset", "{}")
	assert.Equal(t, schedulerBody{Running: true, Stops: []stopBody{}}, get[schedulerBody](t, s, "/_sandbox/scheduler"))
}

func TestManyRunsAreOnlyCounted(t *testing.T) {
	t.Parallel()
	s := start(t, withSeed(t, `
orgs: [{key: acme, accounts: [{username: ada, admin: true}], agents: [{title: Often, task: {crontab: {}}, outcomes: [{}]}]}]
`))
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"to": "2026-01-05T11:15:00Z"}`)
	query := "/_sandbox/timeline?org=acme&from=2026-01-05T00:00:00Z&to=2026-02-05T00:00:00Z"
	row := get[timelineBody](t, s, query).Rows[0]
	assert.Len(t, row.Runs, 200)
	assert.Len(t, row.NextRuns, 100)
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "1m"}`)
	row = get[timelineBody](t, s, query).Rows[0]
	assert.Equal(t, 201, row.Total)
	assert.Empty(t, row.Runs)
	counted := 0
	for _, bucket := range row.Buckets {
		counted += bucket.Success
	}
	assert.Equal(t, 201, counted)
}

// At most one bucket more than requested is needed, and buckets start at round
// times.
func TestBuckets(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, time.January, 5, 7, 55, 12, 345, time.UTC)
	for _, span := range []time.Duration{time.Nanosecond, time.Second, time.Minute, time.Hour, 25 * time.Hour, 31 * 24 * time.Hour, 366 * 24 * time.Hour, maxTimeline} {
		for _, buckets := range []int{1, 2, 24, 200, maxBuckets} {
			line := newTimeline(from, from.Add(span), buckets, []int64{7})
			assert.LessOrEqual(t, int(from.Add(span).Sub(line.first)/line.step)+1, buckets+2, "%v %d", span, buckets)
			for _, at := range []time.Time{from.Add(span / 2), from, from.Add(span - 1)} {
				line.add(&client.PeriodicAgentLog{PeriodicAgent: 7, StartTime: client.Time{Time: at}})
			}
			line.add(&client.PeriodicAgentLog{PeriodicAgent: 8, StartTime: client.Time{Time: from}})
			rows, _ := line.selectRows(1, nil)
			assert.Equal(t, 3, rows[0].total)
			for _, bucket := range rows[0].sortedBuckets() {
				assert.Equal(t, bucket.Start, bucket.Start.Truncate(line.step), "%v %d", span, buckets)
			}
		}
	}
}
