package control

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	// maxJobs is the number of stored jobs. Running jobs are stored even if
	// there are more.
	maxJobs = 100
	// progressInterval is the time between the events of a running job.
	progressInterval = 250 * time.Millisecond
)

// The states of a job.
const (
	jobRunning   = "running"
	jobSucceeded = "succeeded"
	jobFailed    = "failed"
	jobCanceled  = "canceled"
)

// A job is an operation that may take a long time. With respond-async it
// continues after its client has disconnected.
type job struct {
	id        int64
	kind      string // advance, fire, resend, seed or reset
	target    int64  // id of the agent or the delivery; 0 for other jobs
	startedAt time.Time
	clock     *clockProgress // nil unless the job advances the clock
	cancel    context.CancelFunc
	done      chan struct{}

	mu         sync.Mutex // guards the fields below
	state      string
	finishedAt time.Time
	result     any
	err        error
}

// clockProgress is the progress of an advance.
type clockProgress struct {
	sandbox  *sandbox.Sandbox
	from, to time.Time
}

type jobBody struct {
	ID         int64         `json:"id"`
	Kind       string        `json:"kind"`
	Target     *int64        `json:"target"`
	State      string        `json:"state"`
	StartedAt  time.Time     `json:"started_at"`
	FinishedAt *time.Time    `json:"finished_at"`
	Progress   *progressBody `json:"progress"`
	Result     any           `json:"result"`
	Error      string        `json:"error"`
}

type progressBody struct {
	From time.Time `json:"from"`
	Now  time.Time `json:"now"`
	To   time.Time `json:"to"`
}

type jobsBody struct {
	Jobs []jobBody `json:"jobs"`
}

// jobs are the stored jobs of a server, the newest last.
type jobs struct {
	mu   sync.Mutex
	last int64
	all  []*job
}

// accepted is the result of a request that doesn't wait for its job.
type accepted struct{ jobBody }

// runJob runs an operation as a job. If the client prefers respond-async,
// runJob returns the accepted job. Otherwise it waits, and returns the job's
// result. If the client disconnects in the meantime, the job is canceled.
func (c *call) runJob(kind string, target int64, clock *clockProgress, operation func(context.Context) (any, error)) (any, error) {
	j := c.startJob(kind, target, clock, operation)
	if c.prefersAsync() {
		c.writer.Header().Set("Preference-Applied", "respond-async")
		return accepted{j.body()}, nil
	}
	select {
	case <-j.done:
	case <-c.ctx.Done():
		return nil, errStopping
	case <-c.request.Context().Done():
		j.cancel()
		return nil, context.Cause(c.request.Context())
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.result, j.err
}

// prefersAsync reports whether the request has the preference respond-async of
// RFC 7240.
func (c *call) prefersAsync() bool {
	for _, value := range c.request.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(preference), "respond-async") {
				return true
			}
		}
	}
	return false
}

func (s *Server) startJob(kind string, target int64, clock *clockProgress, operation func(context.Context) (any, error)) *job {
	ctx, cancel := context.WithCancel(s.ctx)
	j := &job{kind: kind, target: target, startedAt: time.Now().UTC(), clock: clock, cancel: cancel, done: make(chan struct{}), state: jobRunning}
	s.jobs.add(j)
	s.publishJob(j)
	go func() {
		defer cancel()
		result, err := operation(ctx)
		j.finish(result, err, ctx.Err() != nil)
		close(j.done)
		s.publishJob(j)
	}()
	go s.reportProgress(j)
	return j
}

// reportProgress publishes events until the job has finished.
func (s *Server) reportProgress(j *job) {
	ticks := time.NewTicker(progressInterval)
	defer ticks.Stop()
	for {
		select {
		case <-j.done:
			return
		case <-ticks.C:
			s.publishJob(j)
		}
	}
}

func (s *Server) publishJob(j *job) {
	s.feed.publish("job", eventBody{JobID: j.id, Status: j.body().State, At: s.Sandbox().Now().UTC()})
}

func (j *job) finish(result any, err error, canceled bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.finishedAt = time.Now().UTC()
	j.result, j.err = result, err
	switch {
	case err == nil:
		j.state = jobSucceeded
	case canceled && errors.Is(err, context.Canceled):
		j.state = jobCanceled
	default:
		j.state = jobFailed
	}
}

func (j *job) isRunning() bool {
	select {
	case <-j.done:
		return false
	default:
		return true
	}
}

func (j *job) body() jobBody {
	j.mu.Lock()
	defer j.mu.Unlock()
	body := jobBody{ID: j.id, Kind: j.kind, State: j.state, StartedAt: j.startedAt, FinishedAt: timeOrNil(j.finishedAt), Result: j.result}
	if j.target != 0 {
		body.Target = &j.target
	}
	if j.err != nil {
		body.Error = j.err.Error()
	}
	if j.clock != nil {
		body.Progress = &progressBody{j.clock.from, j.clock.sandbox.Now().UTC(), j.clock.to}
		if j.state == jobSucceeded {
			body.Progress.Now = j.clock.to
		}
	}
	return body
}

// add stores a job, and removes the oldest finished jobs beyond maxJobs.
func (s *jobs) add(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	j.id = s.last
	s.all = append(s.all, j)
	for i := 0; len(s.all) > maxJobs && i < len(s.all); {
		if s.all[i].isRunning() {
			i++
			continue
		}
		s.all = slices.Delete(s.all, i, i+1)
	}
}

func (s *jobs) get(id int64) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.all {
		if j.id == id {
			return j
		}
	}
	return nil
}

// listJobs lists jobs, newest first.
func (c *call) listJobs() (any, error) {
	c.jobs.mu.Lock()
	all := slices.Clone(c.jobs.all)
	c.jobs.mu.Unlock()
	body := jobsBody{Jobs: []jobBody{}}
	for _, j := range slices.Backward(all) {
		body.Jobs = append(body.Jobs, j.body())
	}
	return body, nil
}

func (c *call) findJob() (*job, error) {
	j := c.jobs.get(c.id)
	if j == nil {
		return nil, errorf(http.StatusNotFound, "there is no job %d, or it is no longer stored", c.id)
	}
	return j, nil
}

func (c *call) jobByID() (any, error) {
	j, err := c.findJob()
	if err != nil {
		return nil, err
	}
	return j.body(), nil
}

// cancelJob cancels a job. It may still be running when the response is sent.
func (c *call) cancelJob() (any, error) {
	if err := c.emptyBody(); err != nil {
		return nil, err
	}
	j, err := c.findJob()
	if err != nil {
		return nil, err
	}
	j.cancel()
	return j.body(), nil
}
