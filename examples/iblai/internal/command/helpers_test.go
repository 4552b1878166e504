package command

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	testKey    = "5ec2e7000000000000000000000000000000000000000000000000000005ec2e"
	testSecret = "the-callback-secret"
	coach      = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
)

// monday is the time of the clocks in these tests.
var monday = time.Date(2026, time.January, 5, 7, 55, 0, 0, time.UTC)

// newSandbox starts a sandbox with two mentors and an agent.
func newSandbox(t *testing.T, opts ...sandbox.Option) *sandbox.Server {
	t.Helper()
	sb, err := sandbox.Start(append([]sandbox.Option{
		sandbox.WithAccount(sandbox.Account{Org: "acme", Username: "ada", APIKey: api.NewSecret(testKey)}),
		sandbox.WithFrozenClock(monday),
		sandbox.WithMentor("acme", client.Mentor{UniqueID: coach, Name: "Study coach", Slug: "study-coach"}),
		sandbox.WithMentor("acme", client.Mentor{Name: "Tutor"}),
		sandbox.WithPeriodicAgent("acme", client.PeriodicAgentCreateRequest{
			Mentor:         coach,
			Title:          "Morning digest",
			Prompt:         new("Summarize what is due."),
			CallbackSecret: new(api.NewSecret(testSecret)),
			Task:           client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"}},
		}),
	}, opts...)...)
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	return sb
}

// hourly returns an agent that runs every hour.
func hourly(title string) client.PeriodicAgentCreateRequest {
	return client.PeriodicAgentCreateRequest{
		Mentor: coach, Title: title, Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	}
}

// A shell runs the command with an environment.
type shell struct {
	t           *testing.T
	environment Environment
	variables   map[string]string
	stdin       string
}

func newShell(t *testing.T, sb *sandbox.Server) *shell {
	t.Helper()
	s := &shell{t: t, variables: map[string]string{client.EnvAPIKey: testKey, client.EnvOrg: "acme", client.EnvUsername: "ada"}}
	s.environment = Environment{
		Getenv:       func(name string) string { return s.variables[name] },
		HTTPClient:   &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		Now:          func() time.Time { return monday },
		Local:        time.FixedZone("CET", 3600),
		pollInterval: 10 * time.Millisecond,
	}
	if sb != nil {
		s.variables[client.EnvBaseURL] = sb.URL
	}
	return s
}

// output is the output of a command, and its exit code.
type output struct {
	code           int
	stdout, stderr string
}

func (s *shell) run(args ...string) output {
	s.t.Helper()
	return s.runContext(s.t.Context(), args...)
}

func (s *shell) runContext(ctx context.Context, args ...string) output {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	env := s.environment
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(s.stdin), &stdout, &stderr
	code := Run(ctx, args, env)
	for _, text := range []string{stdout.String(), stderr.String()} {
		for _, secret := range []string{testKey, testSecret} {
			assert.NotContains(s.t, text, secret)
		}
	}
	return output{code, stdout.String(), stderr.String()}
}

// succeed runs a command that must succeed, and returns its stdout.
func (s *shell) succeed(args ...string) string {
	s.t.Helper()
	out := s.run(args...)
	require.Equal(s.t, exitOK, out.code, "%s", out.stderr)
	return out.stdout
}

// writeMethods returns the methods of the requests that write.
func writeMethods(sb *sandbox.Server) []string {
	var methods []string
	for r := range sb.Requests() {
		if r.Method != http.MethodGet {
			methods = append(methods, r.Method)
		}
	}
	return methods
}

func requestCount(sb *sandbox.Server) int { return len(slices.Collect(sb.Requests())) }
