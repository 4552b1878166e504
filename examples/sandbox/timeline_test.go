package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

func TestTimeline(t *testing.T) {
	t.Parallel()
	s := start(t, "-seed", write(t, "seed.yaml", `
clock: {start: 2026-01-05T07:55:00Z}
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: Hourly, task: {crontab: {minute: 0}}, outcomes: [{duration: 30s}, {status: error}, {status: running}]}
  - {title: Daily, task: {crontab: {minute: 30, hour: 8}}, outcomes: [{}]}
- {key: else, accounts: [{username: eve}]}
`))
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "24h"}`)
	const day = "/_sandbox/timeline?org=acme&from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z"
	all := get[timelineBody](t, s, day+"&buckets=24")
	assert.Equal(t, "1h0m0s", all.Bucket)
	assert.Equal(t, 17, all.Total)
	assert.Len(t, all.Runs, 17)
	assert.Len(t, all.Buckets, 16, "those of the night are left out")
	at := func(hour int) time.Time { return time.Date(2026, time.January, 5, hour, 0, 0, 0, time.UTC) }
	assert.Equal(t, []bucketBody{
		{Start: at(8), Success: 2}, {Start: at(9), Error: 1}, {Start: at(10), Running: 1}, {Start: at(11), Success: 1},
	}, all.Buckets[:4])
	assert.Equal(t, at(8), all.Runs[0].StartTime.Time)
	assert.Equal(t, at(8).Add(30*time.Second), all.Runs[0].EndTime.Time)
	assert.Nil(t, all.Runs[3].EndTime)

	assert.Equal(t, 1, get[timelineBody](t, s, day+"&agent=2").Total)
	assert.Zero(t, get[timelineBody](t, s, day+"&agent=99").Total)
	narrow := get[timelineBody](t, s, "/_sandbox/timeline?org=acme&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z")
	assert.Equal(t, 2, narrow.Total, "a run at the end is not in it")
	assert.Equal(t, "30s", narrow.Bucket)
	empty := s.ask(t, http.MethodGet, "/_sandbox/timeline?org=else&from=2026-01-05T08:00:00Z&to=2026-01-05T09:00:00Z", "")
	assert.Contains(t, empty.body, `"buckets":[],"total":0,"runs":[]`)

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
		a := s.ask(t, http.MethodGet, "/_sandbox/timeline?"+query, "")
		assert.Equal(t, status, a.status, query)
		assert.NotEmpty(t, a.reason(t))
	}
}

func TestManyRunsAreOnlyCounted(t *testing.T) {
	t.Parallel()
	s := start(t, "-seed", write(t, "seed.yaml", `
orgs: [{key: acme, accounts: [{username: ada, admin: true}], agents: [{title: Often, task: {crontab: {}}, outcomes: [{}]}]}]
`))
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"to": "2026-01-05T14:35:00Z"}`)
	query := "/_sandbox/timeline?org=acme&from=2026-01-05T00:00:00Z&to=2026-02-05T00:00:00Z"
	assert.Len(t, get[timelineBody](t, s, query).Runs, 400)
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "1m"}`)
	many := get[timelineBody](t, s, query)
	assert.Equal(t, 401, many.Total)
	assert.Empty(t, many.Runs)
	counted := 0
	for _, bucket := range many.Buckets {
		counted += bucket.Success
	}
	assert.Equal(t, 401, counted)
}

// Buckets are no more than was asked for, but for one at the edge, and stay where
// they are when the span is moved.
func TestBuckets(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, time.January, 5, 7, 55, 12, 345, time.UTC)
	for _, span := range []time.Duration{time.Nanosecond, time.Second, time.Minute, time.Hour, 25 * time.Hour, 31 * 24 * time.Hour, 366 * 24 * time.Hour, maxTimeline} {
		for _, buckets := range []int{1, 2, 24, 200, maxBuckets} {
			line := newTimeline(from, from.Add(span), buckets)
			assert.LessOrEqual(t, len(line.buckets), buckets+2, "%v %d", span, buckets)
			for _, at := range []time.Time{from.Add(span / 2), from, from.Add(span - 1)} {
				line.add(&client.PeriodicAgentLog{StartTime: client.Time{Time: at}})
			}
			body := line.body()
			assert.Equal(t, 3, body.Total)
			assert.Equal(t, from, body.Runs[0].StartTime.Time, "the first is first")
			for _, bucket := range body.Buckets {
				assert.Equal(t, bucket.Start, bucket.Start.Truncate(line.step), "%v %d", span, buckets)
			}
		}
	}
}

func BenchmarkTimeline(b *testing.B) {
	from := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	for _, runs := range []int{100_000, 1_000_000} {
		logs := make([]client.PeriodicAgentLog, runs)
		for i := range logs {
			logs[i] = client.PeriodicAgentLog{ID: int64(i), Status: api.StatusSuccess, StartTime: client.Time{Time: from.Add(time.Duration(i) * time.Second)}}
		}
		b.Run(fmt.Sprint(runs), func(b *testing.B) {
			for b.Loop() {
				line := newTimeline(from, from.Add(time.Duration(runs)*time.Second), 200)
				for i := range logs {
					line.add(&logs[i])
				}
				line.body()
			}
		})
	}
}
