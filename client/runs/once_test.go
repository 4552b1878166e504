package runs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// onceServer is a service with one agent, whose id is 7. Its run has finished
// in the third poll.
type onceServer struct {
	created     string                                // the response to the creation
	createdCode int                                   // its status
	poll        func(n int) (status int, body string) // n starts at 1
	deletion    int                                   // the status of the response

	agents   []string // the list of agents
	searches int      // the number of requests for the list
	polls    int
	deleted  int
	queries  []string
	headers  []string
	body     string // of the creation
}

func newOnceServer() *onceServer {
	return &onceServer{
		created: `{"id": 7, "title": "Now"}`, createdCode: http.StatusCreated,
		poll: func(n int) (int, string) {
			if n < 3 {
				return http.StatusOK, page(`{"id": 1, "periodic_agent": 7, "status": "running"}`)
			}
			return http.StatusOK, page(finished)
		},
		deletion: http.StatusNoContent,
	}
}

const finished = `{"id": 1, "periodic_agent": 7, "status": "error", "content": "Out of tokens."}`

func page(logs ...string) string {
	return fmt.Sprintf(`{"count": %d, "next": null, "previous": null, "results": [%s]}`, len(logs), strings.Join(logs, ","))
}

func (s *onceServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.headers = append(s.headers, r.Header.Get("X-Trace"))
	switch r.Method {
	case http.MethodPost:
		body, _ := io.ReadAll(r.Body)
		s.body = string(body)
		reply(w, s.createdCode, s.created)
	case http.MethodDelete:
		s.deleted++
		switch s.deletion {
		case http.StatusNoContent:
			w.WriteHeader(s.deletion)
		case http.StatusNotFound:
			reply(w, s.deletion, `{"detail": "Not found."}`)
		default:
			reply(w, s.deletion, "<h1>An error</h1>")
		}
	case http.MethodGet:
		if strings.HasSuffix(r.URL.Path, "/periodic-agents/") {
			s.searches++
			reply(w, http.StatusOK, page(s.agents...))
			return
		}
		if strings.HasSuffix(r.URL.Path, "/periodic-agents/7/") {
			reply(w, http.StatusOK, s.agents[0])
			return
		}
		s.polls++
		s.queries = append(s.queries, r.URL.RawQuery)
		status, body := s.poll(s.polls)
		reply(w, status, body)
	}
}

var request = &client.PeriodicAgentCreateRequest{Title: "Now"}

func TestOnceReturnsTheLogOfTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		start := time.Now()
		var logged bytes.Buffer
		result, err := runs.Once(t.Context(), newClient(t, s), request, runs.WithCallOptions(client.WithHeader("X-Trace", "a"), client.WithBodyField("a", 1)),
			runs.WithLogger(slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		require.NoError(t, err)
		assert.Empty(t, logged.String())
		assert.Contains(t, s.body, `"a":1`)
		assert.Equal(t, "Out of tokens.", result.Log.Content, "a failed run is a result")
		assert.Nil(t, result.Cleanup)
		assert.Equal(t, 4*time.Second, time.Since(start), "polls are 2 s apart by default")
		assert.Equal(t, 1, s.deleted)
		assert.Equal(t, []string{"periodic_agent=7", "periodic_agent=7", "periodic_agent=7"}, s.queries)
		assert.Equal(t, []string{"a", "a", "a", "a", "a"}, s.headers)

		s = newOnceServer()
		start = time.Now()
		_, err = runs.Once(t.Context(), newClient(t, s), request, runs.WithPollInterval(time.Minute))
		require.NoError(t, err)
		assert.Equal(t, 2*time.Minute, time.Since(start))
	})
}

// Logs of other agents, which a service could send if it ignored the filter,
// are ignored.
func TestOnceIgnoresLogsOfOtherAgents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		s.poll = func(n int) (int, string) {
			logs := []string{`{"id": 5, "periodic_agent": 8, "status": "success"}`, `{"id": 6, "status": "success"}`}
			if n == 2 {
				logs = append(logs, finished)
			}
			return http.StatusOK, page(logs...)
		}
		result, err := runs.Once(t.Context(), newClient(t, s), request)
		require.NoError(t, err)
		assert.EqualValues(t, 1, result.Log.ID)
	})
}

// Temporary errors only delay the result, and are logged.
func TestOnceRetriesTemporaryErrors(t *testing.T) {
	t.Parallel()
	for name, response := range map[string]struct {
		status int
		body   string
	}{
		"server error":     {http.StatusInternalServerError, "<h1>Server Error (500)</h1>"},
		"bad gateway":      {http.StatusBadGateway, "<h1>502 Bad Gateway</h1>"},
		"rate limit":       {http.StatusTooManyRequests, `{"detail": "Request was throttled."}`},
		"proxy's 404":      {http.StatusNotFound, "<h1>404 Not Found</h1>"},
		"sign-in page":     {http.StatusOK, "<h1>Sign in</h1>"},
		"request timeout":  {http.StatusRequestTimeout, ""},
		"method forbidden": {http.StatusMethodNotAllowed, "<h1>405</h1>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newOnceServer()
				working := s.poll
				s.poll = func(n int) (int, string) {
					if n == 2 {
						return response.status, response.body
					}
					return working(n)
				}
				var logged bytes.Buffer
				result, err := runs.Once(t.Context(), newClient(t, s), request, runs.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
				require.NoError(t, err)
				assert.Equal(t, "Out of tokens.", result.Log.Content)
				assert.Equal(t, 1, strings.Count(logged.String(), "\n"), &logged)
				assert.Contains(t, logged.String(), `level=ERROR msg="poll of the logs failed" kind=poll`)
				assert.Contains(t, logged.String(), "retry_in=2s error=")
			})
		})
	}
}

func TestOnceReturnsPermanentErrors(t *testing.T) {
	t.Parallel()
	for status, sentinel := range map[int]error{
		http.StatusUnauthorized: client.ErrUnauthorized,
		http.StatusForbidden:    client.ErrForbidden,
		http.StatusBadRequest:   client.ErrValidation,
		http.StatusNotFound:     client.ErrNotFound,
	} {
		s := newOnceServer()
		s.poll = func(int) (int, string) { return status, `{"detail": "No."}` }
		result, err := runs.Once(t.Context(), serve(t, s), request)
		require.ErrorIs(t, err, sentinel)
		assert.Nil(t, result)
		assert.Equal(t, 1, s.polls)
		assert.Equal(t, 1, s.deleted)
		_, ok := errors.AsType[*runs.CleanupError](err)
		assert.False(t, ok, "the agent was deleted")
	}
}

// If the agent can't be deleted, the result is still returned.
func TestOnceReturnsLogWithCleanupError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []int{http.StatusForbidden, http.StatusBadGateway, http.StatusTeapot} {
			s := newOnceServer()
			s.deletion = status
			var logged bytes.Buffer
			result, err := runs.Once(t.Context(), newClient(t, s), request, runs.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
			require.NoError(t, err)
			assert.Equal(t, "Out of tokens.", result.Log.Content)
			assert.EqualValues(t, 7, result.Cleanup.AgentID)
			assert.ErrorContains(t, result.Cleanup, "runs: agent 7 was not deleted: ")
			failure, ok := errors.AsType[*client.Error](error(result.Cleanup))
			require.True(t, ok)
			assert.Equal(t, status, failure.StatusCode)
			assert.Contains(t, logged.String(), `level=ERROR msg="agent not deleted"`)
			assert.Contains(t, logged.String(), "agent 7")
		}
		s := newOnceServer()
		s.deletion = http.StatusNotFound
		result, err := runs.Once(t.Context(), newClient(t, s), request)
		require.NoError(t, err)
		assert.Nil(t, result.Cleanup, "the agent was already deleted")
	})
}

func TestOnceWithoutResultReturnsCleanupError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		s.poll = func(int) (int, string) { return http.StatusInternalServerError, "" }
		s.deletion = http.StatusInternalServerError
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var logged bytes.Buffer
		result, err := runs.Once(ctx, newClient(t, s), request, runs.WithLogger(slog.New(slog.NewTextHandler(&logged, nil))))
		assert.Nil(t, result)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "runs: no run of agent 7 has finished: ")
		cleanup, ok := errors.AsType[*runs.CleanupError](err)
		require.True(t, ok)
		assert.EqualValues(t, 7, cleanup.AgentID)
		require.ErrorIs(t, cleanup, client.ErrServer)
		assert.NotContains(t, logged.String(), "deleted", "returned errors are not logged")
	})
}

// If the response to the creation is lost, the agent may exist. If the creation
// was rejected, it doesn't.
func TestOnceReportsUnknownCreation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		may    bool
	}{
		"no id":            {http.StatusCreated, `{"title": "Now"}`, true},
		"id 0":             {http.StatusCreated, `{"id": 0, "title": "Now"}`, true},
		"id below 0":       {http.StatusCreated, `{"id": -7, "title": "Now"}`, true},
		"not the JSON":     {http.StatusOK, `<h1>Sign in</h1>`, true},
		"server error":     {http.StatusInternalServerError, ``, true},
		"gateway timeout":  {http.StatusGatewayTimeout, `<h1>504</h1>`, true},
		"validation error": {http.StatusBadRequest, `{"mentor": ["This field is required."]}`, false},
		"forbidden":        {http.StatusForbidden, `{"detail": "No."}`, false},
		"rate limit":       {http.StatusTooManyRequests, `{"detail": "Request was throttled."}`, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newOnceServer()
			s.createdCode, s.created = test.status, test.body
			result, err := runs.Once(t.Context(), newClient(t, s), request)
			require.Error(t, err, name)
			assert.Nil(t, result, name)
			assert.Zero(t, s.polls, "%s: no logs of agent 0 are read", name)
			assert.Zero(t, s.deleted, name)
			cleanup, ok := errors.AsType[*runs.CleanupError](err)
			assert.Equal(t, test.may, ok, "%s: %v", name, err)
			assert.Equal(t, ok, s.searches == 3, name)
			if ok {
				assert.Zero(t, cleanup.AgentID, name)
				assert.Contains(t, s.body, `"description":"`+cleanup.Marker+`"`)
				require.ErrorContains(t, err, `runs: the agent may have been created, but was not found: search the descriptions of the agents for "runs.Once `, name)
			}
		})
	}
	s := newOnceServer()
	s.created = `{"id": 0, "title": "Now"}`
	synctest.Test(t, func(t *testing.T) {
		_, err := runs.Once(t.Context(), newClient(t, s), request)
		require.ErrorIs(t, err, runs.ErrNoAgentID)
	})
}

// If the response to the creation is lost, the agent is found by its
// description and deleted.
func TestOnceDeletesUnconfirmedAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && s.searches == 1 { // the agent is not listed yet
				var created map[string]any
				assert.NoError(t, json.Unmarshal([]byte(s.body), &created))
				assert.Regexp(t, "^Digest runs.Once [A-Z0-9]+$", created["description"])
				s.agents = []string{`{"id": 6, "title": "Now", "description": "Digest"}`, toJSON(map[string]any{"id": 7, "description": created["description"]})}
			}
			s.ServeHTTP(w, r)
		}))
		s.createdCode, s.created = http.StatusBadGateway, "<h1>502</h1>"
		result, err := runs.Once(t.Context(), c, &client.PeriodicAgentCreateRequest{Title: "Now", Description: new("Digest")})
		assert.Nil(t, result)
		require.ErrorIs(t, err, client.ErrServer)
		require.ErrorContains(t, err, "agent 7 was found and deleted")
		assert.Equal(t, 1, s.deleted)
		_, ok := errors.AsType[*runs.CleanupError](err)
		assert.False(t, ok)
	})
}

// The deletion waits as long as the service asks. client.WithResponse receives
// the response that contained the log.
func TestOnceRetriesDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		refused := 0
		c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete && refused < 2 {
				refused++
				w.Header().Set("Retry-After", "40")
				reply(w, http.StatusTooManyRequests, `{"detail": "Request was throttled."}`)
				return
			}
			s.ServeHTTP(w, r)
		}))
		var response client.Response
		result, err := runs.Once(t.Context(), c, request, runs.WithCallOptions(client.WithResponse(&response)))
		require.NoError(t, err)
		assert.Nil(t, result.Cleanup)
		assert.Equal(t, 2, refused)
		assert.Equal(t, 1, s.deleted)
		assert.Equal(t, "Out of tokens.", result.Output())
		assert.Equal(t, http.StatusOK, response.StatusCode)
		assert.Contains(t, string(response.Body), "Out of tokens.")
	})
}

func TestOnceAgentRunsAnExistingAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		s.agents = []string{`{"id": 7, "title": "Digest", "description": "", "prompt": "Summarize.", "callback_url": "https://example.com/",
			"mentor": {"id": 3, "unique_id": "497f6eca-6276-4993-bfeb-53cbbbba6f08"}}`}
		result, err := runs.OnceAgent(t.Context(), newClient(t, s), 7)
		require.NoError(t, err)
		assert.Equal(t, "Out of tokens.", result.Output())
		assert.Contains(t, s.body, `"mentor":"497f6eca-6276-4993-bfeb-53cbbbba6f08"`)
		assert.Contains(t, s.body, `"prompt":"Summarize."`)
		assert.NotContains(t, s.body, "callback_url")
		assert.Equal(t, 1, s.deleted)
		_, err = runs.OnceAgent(t.Context(), newClient(t, s), 0)
		requireArgument(t, "id", err)
		_, err = runs.OnceAgent(t.Context(), nil, 7)
		requireArgument(t, "c", err)
	})
}

func TestOnceReportsLostCreationResponse(t *testing.T) {
	t.Parallel()
	broken := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	_, err := runs.Once(t.Context(), broken, request, runs.WithPollInterval(time.Millisecond))
	_, ok := errors.AsType[*runs.CleanupError](err)
	assert.True(t, ok, "%v", err)
	require.ErrorIs(t, err, io.EOF)

	redirecting := serve(t, http.RedirectHandler("/elsewhere", http.StatusFound))
	_, err = runs.Once(t.Context(), redirecting, request)
	_, ok = errors.AsType[*runs.CleanupError](err)
	assert.False(t, ok, "%v", err)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	closed, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithBaseURL("http://"+listener.Addr().String()), client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	_, err = runs.Once(t.Context(), closed, request)
	require.Error(t, err)
	_, ok = errors.AsType[*runs.CleanupError](err)
	assert.False(t, ok, "no request was sent: %v", err)

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = runs.Once(ended, closed, request)
	require.ErrorIs(t, err, context.Canceled)
	_, ok = errors.AsType[*runs.CleanupError](err)
	assert.False(t, ok, "no request was sent: %v", err)
}

// A creation that was rejected with 429 and then held back has not created an
// agent.
func TestHeldBackOnceCreatesNoAgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
			client.WithHTTPClient(&http.Client{Transport: inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "2")
				if r.Method == http.MethodGet {
					time.Sleep(time.Second)
					w.Header().Set("Retry-After", "60")
				}
				reply(w, http.StatusTooManyRequests, `{"detail": "Request was throttled."}`)
			})}}))
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		go func() { _, _ = c.PeriodicAgents.List(ctx, nil) }() // its 429 holds back the creation, too
		synctest.Wait()
		_, err = runs.Once(ctx, c, request)
		require.ErrorIs(t, err, client.ErrHeldBack)
		failure, ok := errors.AsType[*client.TransportError](err)
		require.True(t, ok)
		assert.Equal(t, 1, failure.Attempts)
		_, ok = errors.AsType[*runs.CleanupError](err)
		assert.False(t, ok, "%v", err)
	})
}

// The agent is deleted even if middleware panics.
func TestOnceDeletesAgentAfterPanic(t *testing.T) {
	t.Parallel()
	s := newOnceServer()
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"),
		client.WithHTTPClient(&http.Client{Transport: inMemory{s}}),
		client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			if r.Method == http.MethodGet {
				panic("middleware")
			}
			return next(r)
		}))
	require.NoError(t, err)
	assert.PanicsWithValue(t, "middleware", func() { _, _ = runs.Once(t.Context(), c, request) })
	assert.Equal(t, 1, s.deleted)
}

func TestOnceCleanupTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newOnceServer()
		begin := time.Now()
		left, start := time.Duration(0), time.Hour
		c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				start = min(start, time.Since(begin))
				<-r.Context().Done()
				left = time.Since(begin) - start
			}
			s.ServeHTTP(w, r)
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := runs.Once(ctx, c, request)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 2*time.Minute, left, "the deletion has its own timeout")
	})
}

// onceInSandbox returns a client for a sandbox. The sandbox calls run with the
// id of each agent that is created.
func onceInSandbox(t *testing.T, run func(ctx context.Context, sb *sandbox.Server, id int64)) (*sandbox.Server, *client.Client) {
	t.Helper()
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	created := make(chan struct{}, 1)
	c, err := client.New(append(sb.ClientOptions(),
		client.WithMiddleware(func(r *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
			response, err := next(r)
			if err == nil && r.Method == http.MethodPost {
				created <- struct{}{}
			}
			return response, err
		}))...)
	require.NoError(t, err)
	go func() {
		for range created {
			agents, err := c.PeriodicAgents.List(t.Context(), nil)
			if err == nil && len(agents.Results) > 0 {
				run(t.Context(), sb, agents.Results[0].ID)
			}
		}
	}()
	t.Cleanup(func() { close(created) })
	return sb, c
}

func TestOnceInTheSandbox(t *testing.T) {
	t.Parallel()
	tasks := make(chan client.PeriodicTask, 1)
	_, c := onceInSandbox(t, func(ctx context.Context, sb *sandbox.Server, id int64) {
		if agent, err := sb.PeriodicAgent(id); err == nil {
			tasks <- agent.Task
			_, _ = sb.RunNow(ctx, id, sandbox.Outcome{Log: "Answered."})
		}
	})
	agent := &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Now",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{DayOfMonth: "31", MonthOfYear: "2"}, Enabled: new(false)},
	}
	result, err := runs.Once(t.Context(), c, agent, runs.WithPollInterval(time.Millisecond))
	require.NoError(t, err)
	assert.Equal(t, api.StatusSuccess, result.Log.Status)
	assert.Equal(t, "Answered.", result.Log.Content)
	assert.Nil(t, result.Cleanup)
	assert.Equal(t, "31", agent.Task.Crontab.DayOfMonth, "the caller's request is unchanged")

	task := <-tasks
	assert.True(t, task.OneOff)
	assert.True(t, task.Enabled)
	assert.Equal(t, client.CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"}, task.Crontab)
	agents, err := c.PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, agents.Results, "the agent was deleted")
}

func TestOnceDeletesAgentWhenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, c := onceInSandbox(t, func(context.Context, *sandbox.Server, int64) { cancel() })
	_, err := runs.Once(ctx, c, &client.PeriodicAgentCreateRequest{
		Mentor: sandbox.DefaultMentorID,
		Title:  "Never run",
	}, runs.WithPollInterval(time.Millisecond))
	require.ErrorIs(t, err, context.Canceled)
	agents, err := c.PeriodicAgents.List(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, agents.Results, "the agent was deleted")
}
