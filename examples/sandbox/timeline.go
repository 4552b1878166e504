package main

import (
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const (
	maxBuckets      = 2000
	maxTimeline     = 100 * 366 * 24 * time.Hour
	maxTimelineRuns = 400 // that are told one by one
)

type timelineBody struct {
	From    time.Time    `json:"from"`
	To      time.Time    `json:"to"`
	Bucket  string       `json:"bucket"` // how long one is
	Buckets []bucketBody `json:"buckets"`
	Total   int          `json:"total"`
	Runs    []runBody    `json:"runs"`
}

type bucketBody struct {
	Start   time.Time `json:"start"`
	Success int       `json:"success"`
	Error   int       `json:"error"`
	Running int       `json:"running"`
}

type runBody struct {
	ID        int64        `json:"id"`
	Agent     int64        `json:"periodic_agent"`
	Status    api.Status   `json:"status"`
	StartTime client.Time  `json:"start_time"`
	EndTime   *client.Time `json:"end_time"`
}

// timeline counts the runs of an org that began in a span of time, in buckets of
// equal length.
func (c *call) timeline() (any, error) {
	org := c.query.values.Get("org")
	from, to := c.query.time("from"), c.query.time("to")
	buckets := c.query.whole("buckets", 200, 1, maxBuckets)
	agent := c.query.whole("agent", 0, 1, maxID)
	switch known := c.orgs(); {
	case c.query.err != nil:
		return nil, c.query.err
	case !slices.Contains(known, org):
		return nil, refuse(http.StatusNotFound, "there is no org %s", brief(org))
	case !from.Before(to):
		return nil, refuse(http.StatusBadRequest, "the parameter to must be after from")
	case to.Sub(from) > maxTimeline:
		return nil, refuse(http.StatusBadRequest, "the parameters from and to are more than 100 years apart")
	}
	t := newTimeline(from, to, int(buckets))
	for log := range c.sandbox.Logs(org, from, to) {
		if agent == 0 || agent == log.PeriodicAgent {
			t.add(log)
		}
	}
	return t.body(), nil
}

// orgs are the keys of the orgs that there are.
func (c *call) orgs() (keys []string) {
	for _, a := range c.sandbox.Accounts() {
		keys = append(keys, a.Org)
	}
	return keys
}

// A timeline counts runs.
type timeline struct {
	timelineBody

	first   time.Time // when the first bucket begins
	step    time.Duration
	buckets []bucketBody // by their place, empty ones too
}

func newTimeline(from, to time.Time, buckets int) *timeline {
	step := stepFor(to.Sub(from), buckets)
	first := from.Truncate(step)
	return &timeline{
		timelineBody: timelineBody{From: from, To: to, Bucket: step.String(), Buckets: []bucketBody{}, Runs: []runBody{}},
		first:        first,
		step:         step,
		buckets:      make([]bucketBody, 1+to.Sub(first)/step),
	}
}

func (t *timeline) add(log *client.PeriodicAgentLog) {
	at := int(log.StartTime.Sub(t.first) / t.step)
	bucket := &t.buckets[at]
	bucket.Start = t.first.Add(time.Duration(at) * t.step)
	switch log.Status {
	case api.StatusSuccess:
		bucket.Success++
	case api.StatusError:
		bucket.Error++
	default:
		bucket.Running++
	}
	if t.Total++; t.Total <= maxTimelineRuns {
		t.Runs = append(t.Runs, runBody{log.ID, log.PeriodicAgent, log.Status, log.StartTime, log.EndTime})
	}
}

// body leaves out the buckets that are empty, and the runs where they are many.
func (t *timeline) body() timelineBody {
	for _, bucket := range t.buckets {
		if !bucket.Start.IsZero() {
			t.Buckets = append(t.Buckets, bucket)
		}
	}
	if t.Total > maxTimelineRuns {
		t.Runs = []runBody{}
	}
	slices.SortStableFunc(t.Runs, func(a, b runBody) int { return a.StartTime.Compare(b.StartTime.Time) })
	return t.timelineBody
}

// stepFor is how long a bucket is: such that no more than so many and one are
// needed, and that they begin at round times, which stay where they are when the
// span is moved.
func stepFor(span time.Duration, buckets int) time.Duration {
	const day = 24 * time.Hour
	shortest := span / time.Duration(buckets)
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
