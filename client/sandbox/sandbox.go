package sandbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"

	"github.com/iblai/iblai-go/client"
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
	d := newDeliveries(t, e, s.httpClient, s.callbacks, deliveryFaults{random: random, set: newFaultSet(s.deliveryFaults)})
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

// BypassHandler returns a handler that serves the same API without faults, without
// the handlers of [Sandbox.HandleOperation], and without recording requests. A console
// or another tool that inspects the sandbox during a test can use it without disturbing
// the test.
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

// HandleOperation replaces an operation by a handler, for tests of responses that no
// [Fault] has; nil restores the operation. The sandbox doesn't authenticate the
// requests, but it records them, and faults apply. The response is sent when the
// handler returns, or flushes it and no fault changes it. The handler can pass requests
// on to [Sandbox.BypassHandler], which executes the operation. If there is no such
// operation, HandleOperation returns an [*api.ArgumentError].
func (s *Sandbox) HandleOperation(id OperationID, handler http.Handler) error {
	if !slices.ContainsFunc(Operations(), func(o client.Operation) bool { return o.ID == string(id) }) {
		return invalid("id", "is %q, which is not an operation of the API", id)
	}
	h := &s.service.handlers
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all = map[OperationID]http.Handler{}
	}
	h.all[id] = handler
	return nil
}

// memoryURL is the base URL of clients whose requests stay in memory.
const memoryURL = "http://127.0.0.1"

// ClientOptions returns the options for a client of the first account, for
// [client.New]. The client's requests are served in memory until the sandbox is
// closed: there is no port, and they work inside testing/synctest, where latency,
// retries and timeouts take no real time.
func (s *Sandbox) ClientOptions() []client.Option {
	return clientOptions(s.service.accounts.first(), s.inMemory()...)
}

// ClientOptionsFor returns the same options for a client of another account. If
// there is no such account, it returns an [*api.ArgumentError].
func (s *Sandbox) ClientOptionsFor(org, username string) ([]client.Option, error) {
	a, err := s.service.accounts.find(org, username)
	if err != nil {
		return nil, err
	}
	return clientOptions(a, s.inMemory()...), nil
}

// HTTPClient returns an HTTP client whose requests the sandbox serves in memory until
// it is closed, whatever their host is.
func (s *Sandbox) HTTPClient() *http.Client {
	s.memory.Lock()
	defer s.memory.Unlock()
	if s.memory.server == nil {
		s.memory.server = memory.Serve(s)
		if s.isClosed() {
			s.memory.server.Stop()
		}
	}
	return &http.Client{Transport: s.memory.server.Transport()}
}

func (s *Sandbox) isClosed() bool {
	select {
	case <-s.timeline.Done():
		return true
	default:
		return false
	}
}

func (s *Sandbox) inMemory() []client.Option {
	return []client.Option{client.WithBaseURL(memoryURL), client.WithHTTPClient(s.HTTPClient())}
}

// closeMemory stops the in-memory server, if there is one.
func (s *Sandbox) closeMemory() {
	s.memory.Lock()
	defer s.memory.Unlock()
	if s.memory.server != nil {
		s.memory.server.Stop()
	}
}

func clientOptions(a Account, opts ...client.Option) []client.Option {
	return append(opts, client.WithAPIKey(a.APIKey.Reveal()), client.WithOrg(a.Org), client.WithUsername(a.Username))
}
