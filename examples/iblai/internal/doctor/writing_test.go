package doctor

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

// agentTitles returns the titles of all agents.
func agentTitles(t *testing.T, sb *sandbox.Server) []string {
	t.Helper()
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 100)
	require.NoError(t, err)
	var titles []string
	for _, agent := range agents {
		titles = append(titles, agent.Title)
	}
	return titles
}

func TestWriteCleansUp(t *testing.T) {
	t.Parallel()
	lost := errors.New("the response was lost")
	for name, test := range map[string]struct {
		method  string
		instead func(*http.Request) (*http.Response, error) // of the sandbox's response
		check   string
		status  Status
		found   string
	}{
		"normal": {check: deleteAgent, status: OK, found: "204, nothing remains"},
		"response to create is lost": {
			http.MethodPost, func(*http.Request) (*http.Response, error) { return nil, lost },
			cleanup, OK, "204, nothing remains",
		},
		"proxy times out on create": {
			http.MethodPost, func(r *http.Request) (*http.Response, error) { return respond(r, 504, badGateway), nil },
			cleanup, OK, "204, nothing remains",
		},
		"response to create lacks the id": {
			http.MethodPost, func(r *http.Request) (*http.Response, error) { return respond(r, 201, "{}"), nil },
			cleanup, OK, "204, nothing remains",
		},
		"update fails": {
			http.MethodPatch, func(r *http.Request) (*http.Response, error) { return respond(r, 500, ""), nil },
			deleteAgent, OK, "204, nothing remains",
		},
		"throttled after create": {
			http.MethodPatch, func(r *http.Request) (*http.Response, error) { return respond(r, 429, "", "Retry-After", "1"), nil },
			deleteAgent, OK, "204, nothing remains",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := newTransport(t)
			sb := newSandbox(t)
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				response, err := base.RoundTrip(r)
				if err != nil || r.Method != test.method {
					return response, err
				}
				_ = response.Body.Close()
				return test.instead(r)
			}), sb.URL, withWrite)
			f := e.find(t, test.check)
			assert.Equal(t, test.status, f.Status, e.text)
			assert.Equal(t, test.found, f.Found)
			assert.Equal(t, []string{"Morning digest", "Evening digest"}, agentTitles(t, sb))
			assert.Equal(t, test.method != "", e.count(Failed)+e.count(Warning) > 0)
		})
	}
}

func TestInterruptedWriteCleansUp(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		ctx, interrupt := context.WithCancel(t.Context())
		base := newTransport(t)
		sb := newSandbox(t)
		e := examineContext(ctx, t, roundTripper(func(r *http.Request) (*http.Response, error) {
			response, err := base.RoundTrip(r)
			if r.Method == method {
				interrupt()
			}
			return response, err
		}), sb.URL, withWrite)
		assert.Equal(t, Failed, e.Verdict)
		assert.Contains(t, e.text, "204, nothing remains")
		assert.Regexp(t, `skipped +\d+ checks +not run: interrupted`, e.text)
		assert.Equal(t, []string{"Morning digest", "Evening digest"}, agentTitles(t, sb))
	}
}

// An agent that can't be deleted is reported with its id and title.
func TestFailedCleanupIsReported(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	sb := newSandbox(t)
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodDelete {
			return respond(r, http.StatusForbidden, `{"detail": "No."}`), nil
		}
		return base.RoundTrip(r)
	}), sb.URL, withWrite)
	f := e.find(t, deleteAgent)
	assert.Equal(t, Failed, e.Verdict)
	assert.Equal(t, Failed, f.Status)
	require.Len(t, f.Details, 1)
	assert.Regexp(t, `The agent \d+, "iblai doctor \w+", may still exist. It is disabled.`, f.Details[0])
	assert.True(t, strings.HasPrefix(f.Advice, "Delete that agent manually."))
	assert.Len(t, agentTitles(t, sb), 3)
}

func TestCreationFails(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	sb := newSandbox(t)
	for name, test := range map[string]struct {
		listing bool
		status  Status
		found   string
	}{
		"it was not executed":       {true, OK, "the agent was not created"},
		"it may have been executed": {false, Failed, `the agent "iblai doctor `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lost := false
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				lost = lost || r.Method == http.MethodPost
				if lost && (r.Method == http.MethodPost || !test.listing) {
					return respond(r, http.StatusInternalServerError, ""), nil
				}
				return base.RoundTrip(r)
			}), sb.URL, withWrite)
			assert.Equal(t, Failed, e.Verdict)
			assert.Regexp(t, string(test.status)+` +cleanup +`+test.found, e.text)
		})
	}
	t.Run("was refused", func(t *testing.T) {
		t.Parallel()
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				return respond(r, http.StatusBadRequest, `{"title": ["This field may not be blank."]}`), nil
			}
			return base.RoundTrip(r)
		}), sb.URL, withWrite)
		assert.Equal(t, []string{"title: This field may not be blank."}, e.find(t, createAgent).Details)
		assert.NotContains(t, e.text, cleanup)
	})
}
