package runs_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// logServer is a service that serves logs only. The logs can change while a
// client reads them.
type logServer struct {
	mu          sync.Mutex
	logs        map[int64]*client.PeriodicAgentLog
	pageSize    int  // the default and the maximum
	ignoresSize bool // it ignores the requested page size
	unsorted    bool // it ignores the requested ordering
	noDate      bool // its responses have no Date
	// ahead is how far the server's clock is ahead of the program's clock.
	ahead time.Duration
	// onRequest is called before every response.
	onRequest func()
	// intercept may respond to a request. It returns false if the usual response
	// should be sent.
	intercept func(w http.ResponseWriter, r *http.Request) bool
	// render returns the JSON of a log. It replaces the default if it is not nil.
	render func(*client.PeriodicAgentLog) string

	sorted  []*client.PeriodicAgentLog // by creation, or by id if unsorted
	ordered bool                       // the value of unsorted when sorted was computed

	requests int
	gets     []int64  // the requested ids
	lists    []string // the queries
}

func newLogServer() *logServer {
	return &logServer{logs: map[int64]*client.PeriodicAgentLog{}, pageSize: 3}
}

// lock calls f while no request is served.
func (s *logServer) lock(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// put stores a log. If ended is zero, the run is running.
func (s *logServer) put(id int64, created, ended time.Time) {
	log := &client.PeriodicAgentLog{ID: id, Content: fmt.Sprint("run ", id), Status: api.StatusRunning, CreatedAt: client.Time{Time: created}, PeriodicAgent: 7}
	if !ended.IsZero() {
		log.Status, log.EndTime = api.StatusSuccess, &client.Time{Time: ended}
	}
	s.logs[id] = log
	s.sorted = nil
}

// now returns the server's time.
func (s *logServer) now() time.Time { return time.Now().Add(s.ahead) }

// remove deletes logs.
func (s *logServer) remove(ids ...int64) {
	for _, id := range ids {
		delete(s.logs, id)
	}
	s.sorted = nil
}

// add stores the log of a run that ends now.
func (s *logServer) add(ids ...int64) {
	s.lock(func() {
		for _, id := range ids {
			s.put(id, s.now(), s.now())
		}
	})
}

// addEvery stores the logs of runs that ended at intervals of d, the last one
// now.
func (s *logServer) addEvery(d time.Duration, from, to int64) {
	s.lock(func() {
		for id := from; id <= to; id++ {
			at := s.now().Add(-time.Duration(to-id) * d)
			s.put(id, at, at)
		}
	})
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.onRequest != nil {
		s.onRequest()
	}
	if !s.noDate {
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	if s.intercept != nil && s.intercept(w, r) {
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if id, err := strconv.ParseInt(parts[len(parts)-1], 10, 64); err == nil {
		s.gets = append(s.gets, id)
		if log, ok := s.logs[id]; ok {
			reply(w, http.StatusOK, s.toJSON(log))
		} else {
			reply(w, http.StatusNotFound, `{"detail": "Not found."}`)
		}
		return
	}
	s.lists = append(s.lists, r.URL.RawQuery)
	s.list(w, r)
}

func (s *logServer) toJSON(log *client.PeriodicAgentLog) string {
	if s.render != nil {
		return s.render(log)
	}
	return toJSON(log)
}

func (s *logServer) list(w http.ResponseWriter, r *http.Request) {
	if s.sorted == nil || len(s.sorted) != len(s.logs) || s.ordered != s.unsorted {
		s.ordered = s.unsorted
		s.sorted = slices.SortedFunc(maps.Values(s.logs), func(a, b *client.PeriodicAgentLog) int {
			if s.unsorted {
				return cmp.Compare(a.ID, b.ID)
			}
			return cmp.Or(a.CreatedAt.Compare(b.CreatedAt.Time), cmp.Compare(a.ID, b.ID))
		})
	}
	query := r.URL.Query()
	logs := s.sorted
	if status := query.Get("status"); status != "" {
		logs = slices.DeleteFunc(slices.Clone(logs), func(log *client.PeriodicAgentLog) bool { return string(log.Status) != status })
	}
	size := s.pageSize
	if requested, err := strconv.Atoi(query.Get("page_size")); err == nil && !s.ignoresSize {
		size = min(size, requested)
	}
	page, _ := strconv.Atoi(cmp.Or(query.Get("page"), "1"))
	from := (page - 1) * size
	if from > len(logs) || from == len(logs) && page > 1 {
		reply(w, http.StatusNotFound, `{"detail": "Invalid page."}`)
		return
	}
	to := min(from+size, len(logs))
	next := "null"
	if to < len(logs) {
		query.Set("page", strconv.Itoa(page+1))
		next = strconv.Quote("http://inside/?" + query.Encode())
	}
	var results []string
	for i := from; i < to; i++ {
		log := logs[i]
		if query.Get("ordering") != "created_at" && !s.unsorted {
			log = logs[len(logs)-1-i] // newest first
		}
		results = append(results, s.toJSON(log))
	}
	reply(w, http.StatusOK, fmt.Sprintf(`{"count": %d, "next": %s, "previous": null, "results": [%s]}`, len(logs), next, strings.Join(results, ",")))
}

// reply writes a JSON response, or an HTML response if body starts with <.
func reply(w http.ResponseWriter, status int, body string) {
	contentType := "application/json"
	if strings.HasPrefix(body, "<") {
		contentType = "text/html"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// inMemory is a transport that calls a handler without a connection, for use
// with testing/synctest.
type inMemory struct{ http.Handler }

func (h inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	recorder := httptest.NewRecorder()
	h.ServeHTTP(recorder, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// newClient returns a client that calls a handler and doesn't retry.
func newClient(t *testing.T, handler http.Handler) *client.Client {
	t.Helper()
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithHTTPClient(&http.Client{Transport: inMemory{handler}}), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	return c
}

// serve starts a server and returns a client for it that doesn't retry.
func serve(t *testing.T, handler http.Handler) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithBaseURL(server.URL), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	return c
}

const secret = "a secret of enough bytes"

func newVerifier(t *testing.T) *callback.Verifier {
	t.Helper()
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	require.NoError(t, err)
	return verifier
}

// newCallback returns the callback of a run, signed with signedBy.
func newCallback(t *testing.T, id int64, signedBy string) *http.Request {
	t.Helper()
	body := fmt.Appendf(nil, `{"timestamp": "2026-01-06T08:00:04Z", "status": "success", "log": "run %d", "log_id": %d}`, id, id)
	request, err := callback.NewRequest(t.Context(), "/", body, api.NewSecret(signedBy))
	require.NoError(t, err)
	return request
}

// send sends the callback of a run to the receiver, signed with signedBy.
func send(t *testing.T, receiver http.Handler, id int64, signedBy string) (status int) {
	t.Helper()
	recorder := httptest.NewRecorder()
	receiver.ServeHTTP(recorder, newCallback(t, id, signedBy))
	return recorder.Code
}

// outcomes collects the outcomes that an observer receives.
type outcomes struct {
	mu  sync.Mutex
	all []runs.Outcome
}

func (o *outcomes) observe(_ context.Context, outcome runs.Outcome) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, outcome)
}

// ofKind returns the outcomes of a kind.
func (o *outcomes) ofKind(kind runs.Kind) []runs.Outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []runs.Outcome
	for _, outcome := range o.all {
		if outcome.Kind == kind {
			found = append(found, outcome)
		}
	}
	return found
}

func noopHandler(context.Context, *runs.Run) error { return nil }

// sequence collects values from several goroutines.
type sequence[T any] struct {
	mu  sync.Mutex
	all []T
}

// add adds a value and returns the number of values.
func (s *sequence[T]) add(value T) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, value)
	return len(s.all)
}

func (s *sequence[T]) values() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// handler returns a function that adds the ids of runs.
func handler(ids *sequence[int64]) func(context.Context, *runs.Run) error {
	return func(_ context.Context, run *runs.Run) error {
		ids.add(run.LogID)
		return nil
	}
}

// savedPosition is an in-memory PositionStore.
type savedPosition struct {
	mu             sync.Mutex
	since, reached time.Time
	oldID          int64
	logs           map[int64]runs.LogState
	saved          bool
	saves          int
	fails          error
}

func (s *savedPosition) Load(context.Context) (*runs.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.saved {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	return runs.NewPosition(runs.Changes{Since: s.since, Reached: s.reached, OldID: s.oldID, Logs: slices.Collect(maps.Values(s.logs))})
}

func (s *savedPosition) Save(ctx context.Context, changes runs.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saves++
	if err := errors.Join(ctx.Err(), s.fails); err != nil {
		return err
	}
	s.saved = true
	if s.logs == nil {
		s.logs = map[int64]runs.LogState{}
	}
	if !changes.Since.IsZero() {
		s.since = changes.Since
	}
	if !changes.Reached.IsZero() {
		s.reached = changes.Reached
	}
	if changes.OldID != 0 {
		s.oldID = changes.OldID
	}
	for _, log := range changes.Logs {
		s.logs[log.LogID] = log
	}
	maps.DeleteFunc(s.logs, func(_ int64, log runs.LogState) bool { return log.Done && log.CreatedAt.Before(s.since) })
	return nil
}

func (s *savedPosition) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = err
}
