package sandbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/iblai/iblai-go/client/sandbox/internal/beat"
	"github.com/iblai/iblai-go/client/sandbox/internal/journal"
	"github.com/iblai/iblai-go/client/sandbox/internal/memory"
	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// ErrClosed is returned by calls that run agents, advance the clock or post
// callbacks on a closed sandbox.
var ErrClosed = errors.New("sandbox: closed")

// UnknownAgentError means that no agent has the given id. Methods of [Sandbox]
// that take the id of an agent return it.
type UnknownAgentError struct {
	// ID is the given id.
	ID int64
}

func (e *UnknownAgentError) Error() string {
	return fmt.Sprintf("sandbox: there is no periodic agent %d", e.ID)
}

// A Sandbox is the platform in memory. It is an [http.Handler] that serves the API.
// Its methods are safe for concurrent use.
type Sandbox struct {
	service    *service
	store      *store
	runs       *runner
	deliveries *deliveries
	events     *events
	timeline   *timeline.Timeline

	memory struct { // of clients without a port
		sync.Mutex

		server *memory.Server // nil if there is none yet
	}
}

// New returns a sandbox without a listener, which must be closed. Clients reach it in
// memory ([Sandbox.ClientOptions]), or serve it with a server of your own. [Start]
// returns one that listens.
//
// Without options, the sandbox has the org [DefaultOrg] with the administrator
// [DefaultUsername] and the mentor [DefaultMentorID]. An error is an
// [*api.ArgumentError] for an invalid option.
func New(opts ...Option) (*Sandbox, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	sb := newSandbox(s)
	if err := sb.service.platform.seed(s); err != nil {
		sb.Close()
		return nil, err
	}
	sb.timeline.Start()
	return sb, nil
}

func newSandbox(s *settings) *Sandbox {
	t := timeline.New(s.start, s.clockSpeed, ErrClosed, ErrAdvancing)
	e := newEvents(t.Now)
	random := rand.New(rand.NewPCG(s.seed, 0)) //nolint:gosec // the same seed, the same faults
	store := newStore()
	d := newDeliveries(t, e, s, random)
	runs := &runner{
		store: store, timeline: t, deliveries: d, events: e, outcomes: s.outcomes,
		beat: &beat.Scheduler{Version: beat.Version(s.beat), LoadedAt: t.Now()}, tentative: map[*agent]bool{},
	}
	sv := &service{
		platform:    &platform{store: store, timeline: t, runs: runs, events: e},
		timeline:    t,
		events:      e,
		accounts:    newAccounts(s.accounts),
		pageSize:    s.pageSize,
		maxPageSize: s.maxPageSize,
		release:     s.release,
		faults:      requestFaults{seed: s.seed},
		requests:    journal.New[Request](maxRequests, maxRequestsSize),
	}
	sv.faults.reset(s.faults)
	return &Sandbox{service: sv, store: store, runs: runs, deliveries: d, events: e, timeline: t}
}

// Close cancels deliveries in flight, waits for the calls that run agents, and
// stops the clock's schedule: no more runs start. It doesn't wait for outcome
// functions and receivers, which may call it. A closed sandbox still serves
// the API as an [http.Handler], without the latency of faults. Close can be called
// again.
func (s *Sandbox) Close() {
	s.timeline.Close()
	s.deliveries.close()
	s.closeMemory()
}

// Format writes the number of accounts, whatever the verb: a sandbox holds keys
// and secrets.
func (s *Sandbox) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "sandbox of %d accounts", len(s.Accounts()))
}

// Accounts returns the accounts with their API keys, in the order of their
// options.
func (s *Sandbox) Accounts() []Account { return s.service.accounts.list() }

// Watch yields the events that happen after it is called, until ctx is done or the
// sandbox is closed. The sandbox doesn't wait for the watcher: up to 4096 events
// are queued, then they are dropped and replaced by one [EventOverflow]. The
// sequence can be ranged over once.
func (s *Sandbox) Watch(ctx context.Context) iter.Seq[Event] {
	events := s.events.hub.Subscribe()
	context.AfterFunc(ctx, events.Cancel) // even if the sequence is not ranged over
	return func(yield func(Event) bool) {
		defer events.Cancel()
		for {
			for _, event := range events.Take() {
				if !yield(event) {
					return
				}
			}
			select {
			case <-events.Ready():
			case <-ctx.Done():
				return
			case <-s.timeline.Done():
				return
			}
		}
	}
}

// ServeHTTP responds as the service does, or as a [Fault] tells it to, and records
// the request, see [Sandbox.Requests].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.service.serve(w, r) }

// BypassHandler returns a handler that serves the same API without faults and
// without recording requests. A console or another tool that inspects the sandbox
// during a test can use it without disturbing the test.
func (s *Sandbox) BypassHandler() http.Handler { return http.HandlerFunc(s.service.serveBypass) }

// Requests yields the recorded requests, the oldest first, up to the latest at the
// start of the loop. A request is recorded before the client has the whole
// response. The sandbox keeps the latest 100,000, or fewer if they exceed 64 MiB;
// the ID of the first one tells how many came before. The loop may use the
// sandbox. Headers and bodies are shared and must not be changed.
func (s *Sandbox) Requests() iter.Seq[Request] { return s.service.requests.All() }

// RequestsBackward yields the same requests as [Sandbox.Requests], the latest
// first.
func (s *Sandbox) RequestsBackward() iter.Seq[Request] { return s.service.requests.Backward() }

// Request returns the recorded request with an ID. It returns false if there is
// none, or none any more.
func (s *Sandbox) Request(id int64) (Request, bool) { return s.service.requests.Get(id) }

// SetFaults replaces all faults of requests; without arguments it removes them.
// Counting and random numbers start again. If several faults match and select a
// request, the first one applies, and those after it don't count the request: so
// faults with Times follow each other. Requests in flight keep their fault. If a
// fault is invalid, SetFaults returns an [*api.ArgumentError] and changes nothing.
func (s *Sandbox) SetFaults(faults ...Fault) error {
	if err := checkFaults("faults", faults); err != nil {
		return err
	}
	s.service.faults.reset(faults)
	s.events.publish(Event{Type: EventFaultsChanged})
	return nil
}

// Faults returns the faults of requests.
func (s *Sandbox) Faults() []Fault {
	s.service.faults.mu.Lock()
	defer s.service.faults.mu.Unlock()
	return s.service.faults.set.faults()
}
