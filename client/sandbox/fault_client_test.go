package sandbox_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// newRetryingClient returns a client that makes three attempts without delay, each
// on a new connection.
func newRetryingClient(t testing.TB, server *sandbox.Server, opts ...client.Option) *client.Client {
	t.Helper()
	return newClient(t, server, append([]client.Option{
		client.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 3, BaseDelay: 1, MaxDelay: 1, MaxRetryAfter: time.Nanosecond}),
	}, opts...)...)
}

// TestClientWithFaults applies each fault to a read, and to a write that must not
// be executed twice.
func TestClientWithFaults(t *testing.T) {
	t.Parallel()
	fine := func(t *testing.T, err error) {
		t.Helper()
		require.NoError(t, err)
	}
	fails := func(status int) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			t.Helper()
			failure, ok := errors.AsType[*client.Error](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, status, failure.StatusCode)
		}
	}
	breaks := func(cause error) func(*testing.T, error) {
		return func(t *testing.T, err error) {
			t.Helper()
			_, ok := errors.AsType[*client.TransportError](err)
			require.True(t, ok, "%v", err)
			require.ErrorIs(t, err, cause)
		}
	}
	redirects := func(t *testing.T, err error) {
		t.Helper()
		_, ok := errors.AsType[*client.RedirectError](err)
		require.True(t, ok, "%v", err)
	}
	garbles := func(t *testing.T, err error) {
		t.Helper()
		_, ok := errors.AsType[*client.DecodeError](err)
		require.True(t, ok, "%v", err)
	}
	type outcome struct {
		check func(*testing.T, error)
		sends int
		done  float64 // number of agents that were created
	}
	for name, test := range map[string]struct {
		fault       sandbox.Fault
		get, create outcome
	}{
		"none":                {sandbox.Fault{Selection: sandbox.Selection{Skip: 9}, Effect: sandbox.RespondWith(500)}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
		"500":                 {sandbox.Fault{Effect: sandbox.RespondWith(500)}, outcome{fails(500), 1, 0}, outcome{fails(500), 1, 0}},
		"502":                 {sandbox.Fault{Effect: sandbox.RespondWith(502)}, outcome{fails(502), 3, 0}, outcome{fails(502), 1, 0}},
		"503 twice":           {sandbox.Fault{Selection: sandbox.Times(2), Effect: sandbox.RespondWith(503)}, outcome{fine, 3, 0}, outcome{fails(503), 1, 0}},
		"503 with a wait":     {sandbox.Fault{Selection: sandbox.Times(2), Effect: sandbox.RequestEffect{Status: 503, RetryAfter: time.Second}}, outcome{fine, 3, 0}, outcome{fails(503), 1, 0}},
		"504 once":            {sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RespondWith(504)}, outcome{fine, 2, 0}, outcome{fails(504), 1, 0}},
		"429 twice":           {sandbox.Fault{Selection: sandbox.Times(2), Effect: sandbox.RequestEffect{Status: 429, RetryAfter: time.Minute}}, outcome{fine, 3, 0}, outcome{fine, 3, 1}},
		"429":                 {sandbox.Fault{Effect: sandbox.RespondWith(429)}, outcome{fails(429), 3, 0}, outcome{fails(429), 3, 0}},
		"200 with a page":     {sandbox.Fault{Effect: sandbox.RequestEffect{Status: 200, Body: "<p>Sign in"}}, outcome{garbles, 1, 0}, outcome{garbles, 1, 0}},
		"200 with nothing":    {sandbox.Fault{Effect: sandbox.RespondWith(200)}, outcome{garbles, 1, 0}, outcome{garbles, 1, 0}},
		"a page after all":    {sandbox.Fault{Effect: sandbox.RequestEffect{ContentType: "text/html", Body: "<p>Hello"}}, outcome{garbles, 1, 0}, outcome{garbles, 1, 1}},
		"wrong type":          {sandbox.Fault{Effect: sandbox.RequestEffect{ContentType: "text/html"}}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
		"redirect elsewhere":  {sandbox.Fault{Effect: sandbox.RequestEffect{Redirect: "https://login.example.edu/"}}, outcome{redirects, 1, 0}, outcome{redirects, 1, 0}},
		"redirect to nowhere": {sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RequestEffect{Redirect: "/", Status: 303}}, outcome{fine, 3, 0}, outcome{redirects, 1, 0}},
		"reset before":        {sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}, outcome{breaks(syscall.ECONNRESET), 3, 0}, outcome{breaks(syscall.ECONNRESET), 1, 0}},
		"reset before, once":  {sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}, outcome{fine, 2, 0}, outcome{breaks(syscall.ECONNRESET), 1, 0}},
		"reset during":        {sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetDuring}}, outcome{breaks(syscall.ECONNRESET), 3, 0}, outcome{breaks(syscall.ECONNRESET), 1, 1}},
		"reset during, once":  {sandbox.Fault{Selection: sandbox.Times(1), Effect: sandbox.RequestEffect{Reset: sandbox.ResetDuring}}, outcome{fine, 2, 0}, outcome{breaks(syscall.ECONNRESET), 1, 1}},
		"reset after":         {sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter}}, outcome{breaks(syscall.ECONNRESET), 3, 0}, outcome{breaks(syscall.ECONNRESET), 1, 1}},
		"cut off":             {sandbox.Fault{Effect: sandbox.RequestEffect{Truncate: true}}, outcome{breaks(io.ErrUnexpectedEOF), 3, 0}, outcome{breaks(io.ErrUnexpectedEOF), 1, 1}},
		"cut off, twice":      {sandbox.Fault{Selection: sandbox.Times(2), Effect: sandbox.RequestEffect{Truncate: true}}, outcome{fine, 3, 0}, outcome{breaks(io.ErrUnexpectedEOF), 1, 1}},
		"too late":            {sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Hour}}, outcome{breaks(os.ErrDeadlineExceeded), 3, 0}, outcome{breaks(os.ErrDeadlineExceeded), 1, 0}},
		"too slow":            {sandbox.Fault{Effect: sandbox.RequestEffect{BytesPerSecond: 1}}, outcome{breaks(os.ErrDeadlineExceeded), 3, 0}, outcome{breaks(os.ErrDeadlineExceeded), 1, 1}},
		"late and slow":       {sandbox.Fault{Effect: sandbox.RequestEffect{Latency: time.Millisecond, BytesPerSecond: 1 << 20}}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
		"unknown fields":      {sandbox.Fault{Effect: sandbox.RequestEffect{UnknownFields: true}}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
		"unknown values":      {sandbox.Fault{Effect: sandbox.RequestEffect{UnknownEnums: true}}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
		"older release":       {sandbox.Fault{Effect: sandbox.RequestEffect{Release: sandbox.Release490}}, outcome{fine, 1, 0}, outcome{fine, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()))
			sends, transport := 0, &http.Transport{DisableKeepAlives: true}
			opts := []client.Option{client.WithHTTPClient(&http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				sends++
				return transport.RoundTrip(r)
			})})}
			switch {
			case test.fault.Effect.Latency > time.Second:
				opts = append(opts, client.WithAttemptTimeout(50*time.Millisecond))
			case test.fault.Effect.BytesPerSecond == 1: // the response takes longer than the attempt
				opts = append(opts, client.WithAttemptTimeout(time.Second))
			}
			c := newRetryingClient(t, server, opts...)
			check := func(want outcome, call func() error) {
				t.Helper()
				before := agents(t, server)
				setFaults(t, server, test.fault)
				sends = 0
				want.check(t, call())
				assert.Equal(t, want.sends, sends)
				assert.InDelta(t, want.done, agents(t, server)-before, 0, "agents")
			}
			check(test.get, func() error {
				_, err := c.PeriodicAgents.Get(t.Context(), 1)
				return err
			})
			check(test.create, func() error {
				request := digest()
				_, err := c.PeriodicAgents.Create(t.Context(), &request)
				return err
			})
		})
	}
}

// A DELETE whose response was lost is retried, and a 404 response to the retry is a
// success.
func TestClientRetriesDelete(t *testing.T) {
	t.Parallel()
	for _, fault := range []sandbox.Fault{
		{Selection: sandbox.Times(1), Effect: sandbox.RequestEffect{Reset: sandbox.ResetAfter}},
		{Selection: sandbox.Times(2), Effect: sandbox.RequestEffect{Reset: sandbox.ResetDuring}},
		{Selection: sandbox.Times(1), Effect: sandbox.RespondWith(502)},
	} {
		server := newTestServer(t, sandbox.WithPeriodicAgent("acme", digest()), sandbox.WithFaults(fault))
		require.NoError(t, newRetryingClient(t, server).PeriodicAgents.Delete(t.Context(), 1), fault)
		assert.Zero(t, agents(t, server))
	}
}

func TestClientKeepsUnknownFieldsAndValues(t *testing.T) {
	t.Parallel()
	server := newCompleteServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{UnknownEnums: true, UnknownFields: true}}))
	c := newRetryingClient(t, server)
	agent, err := c.PeriodicAgents.Get(t.Context(), 1)
	require.NoError(t, err)
	const unknown = "value_of_a_later_release"
	assert.EqualValues(t, unknown, agent.PreviousAgentStatus)
	assert.EqualValues(t, unknown, agent.Mentor.GreetingMethod)
	assert.EqualValues(t, unknown, agent.Mentor.MCPServers[0].Transport)
	assert.EqualValues(t, unknown, agent.Mentor.CallConfiguration.GoogleVoice.Provider)
	assert.JSONEq(t, string(server.Mentors("acme")[0].Flow), string(agent.Mentor.Flow))

	setFaults(t, server, sandbox.Fault{Effect: sandbox.RequestEffect{Release: sandbox.Release359}})
	agent, err = c.PeriodicAgents.Get(t.Context(), 1)
	require.NoError(t, err)
	assert.Zero(t, agent.Mentor.ID)
	assert.Zero(t, agent.CreatedAt)
	assert.Equal(t, coach, agent.Mentor.UniqueID)
	assert.Equal(t, "ada", agent.Username)
}

// Links to another host are followed on the configured host.
func TestClientIteratesBehindProxy(t *testing.T) {
	t.Parallel()
	server := newCompleteServer(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{LinkOrigin: "http://internal:8000"}}))
	all, err := client.Collect(newRetryingClient(t, server).PeriodicAgents.All(t.Context(), nil), 100)
	require.NoError(t, err)
	assert.Len(t, all, 3)
}

// randomFault returns a random valid fault.
func randomFault(random *rand.Rand) sandbox.Fault {
	for {
		pick := func(n int) bool { return random.IntN(n) == 0 }
		var f sandbox.Fault
		if pick(3) {
			f.Match.Operation = sandbox.OperationID(sandbox.Operations()[random.IntN(len(sandbox.Operations()))].ID)
		}
		if pick(4) {
			f.Match.Method = []string{http.MethodGet, http.MethodPost, http.MethodDelete}[random.IntN(3)]
		}
		if pick(4) {
			f.Match.Path = []string{"/*", "/api/ai-mentor/orgs/*/users/*/*/", "/api/ai-mentor/orgs/acme/users/ada/periodic-agents/[0-9]/"}[random.IntN(3)]
		}
		f.Selection = sandbox.Selection{Skip: random.IntN(3), Times: random.IntN(3), Probability: random.Float64()}
		if pick(2) {
			f.Effect.Latency = time.Duration(random.IntN(1000))
		}
		if pick(3) {
			f.Effect.Status = 200 + random.IntN(400)
		}
		if pick(3) {
			f.Effect.RetryAfter = time.Duration(random.Int64N(1 << 40))
		}
		if pick(4) {
			f.Effect.Body = []string{"{}", "<html>", "[", "null"}[random.IntN(4)]
		}
		if pick(4) {
			f.Effect.ContentType = []string{"text/html", "application/json", "x"}[random.IntN(3)]
		}
		if pick(5) {
			f.Effect.Redirect = []string{"/", "http://127.0.0.1:1/", "::"}[random.IntN(3)]
		}
		if pick(3) {
			f.Effect.Reset = []sandbox.ResetPoint{sandbox.ResetBefore, sandbox.ResetDuring, sandbox.ResetAfter}[random.IntN(3)]
		}
		f.Effect.Truncate, f.Effect.UnknownFields, f.Effect.UnknownEnums = pick(4), pick(4), pick(4)
		if pick(4) {
			f.Effect.Release = sandbox.Release495
		}
		if pick(4) {
			f.Effect.BytesPerSecond = 1 << (20 + random.IntN(40))
		}
		if pick(4) {
			f.Effect.LinkOrigin = "https://internal"
		}
		if sb, err := sandbox.New(sandbox.WithFaults(f)); err == nil {
			sb.Close()
			return f
		}
	}
}

// After any faults are removed, the service works.
func TestServiceRecoversFromFaults(t *testing.T) {
	t.Parallel()
	server := newCompleteServer(t)
	c := newRetryingClient(t, server, client.WithAttemptTimeout(time.Minute))
	ctx, random := t.Context(), rand.New(rand.NewPCG(1, 2))
	written, unwritten := 0, 0
	for round := range 40 {
		setFaults(t, server, randomFault(random), randomFault(random), randomFault(random))
		for range 3 {
			request := digest()
			made, err := c.PeriodicAgents.Create(ctx, &request)
			if err == nil {
				written++
				_ = c.PeriodicAgents.Delete(ctx, made.ID)
			} else {
				unwritten++
			}
			_, _ = c.PeriodicAgents.Get(ctx, 1)
			_, _ = client.Collect(c.PeriodicAgents.All(ctx, nil), 3)
			_, _ = c.PinnedMessages.List(ctx, session)
			_, _ = c.Mentors.List(ctx, nil)
		}

		setFaults(t, server)
		agent, err := c.PeriodicAgents.Get(ctx, 1)
		require.NoError(t, err, round)
		assert.NotZero(t, agent.CreatedAt)
		request := digest()
		created, err := c.PeriodicAgents.Create(ctx, &request)
		require.NoError(t, err)
		_, err = c.PeriodicAgents.Update(ctx, created.ID, &client.PeriodicAgentUpdateRequest{Title: new("Renamed")})
		require.NoError(t, err)
		require.NoError(t, c.PeriodicAgents.Delete(ctx, created.ID))
		pins, err := c.PinnedMessages.List(ctx, session)
		require.NoError(t, err)
		assert.Len(t, pins.Results, 1)
	}
	assert.Positive(t, written)
	assert.Positive(t, unwritten)
}
