package main

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

// agentsOf are the titles of the agents that are there.
func agentsOf(t *testing.T, sb *sandbox.Server) []string {
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

func TestWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	lost := errors.New("the answer was lost")
	for name, test := range map[string]struct {
		method  string
		instead func(*http.Request) (*http.Response, error) // after the sandbox has done it
		check   string
		status  status
		found   string
	}{
		"as it should be": {check: deleteAgent, status: ok, found: "204, nothing is left behind"},
		"answer of create is lost": {
			http.MethodPost, func(*http.Request) (*http.Response, error) { return nil, lost },
			cleanup, ok, "204, nothing is left behind",
		},
		"a proxy gives up on create": {
			http.MethodPost, func(r *http.Request) (*http.Response, error) { return answer(r, 504, badGateway), nil },
			cleanup, ok, "204, nothing is left behind",
		},
		"create answers without an id": {
			http.MethodPost, func(r *http.Request) (*http.Response, error) { return answer(r, 201, "{}"), nil },
			cleanup, ok, "204, nothing is left behind",
		},
		"update fails": {
			http.MethodPatch, func(r *http.Request) (*http.Response, error) { return answer(r, 500, ""), nil },
			deleteAgent, ok, "204, nothing is left behind",
		},
		"throttled after create": {
			http.MethodPatch, func(r *http.Request) (*http.Response, error) { return answer(r, 429, "", "Retry-After", "1"), nil },
			deleteAgent, ok, "204, nothing is left behind",
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
			}), sb.URL, "-write")
			f := e.find(t, test.check)
			assert.Equal(t, test.status, f.Status, e.text)
			assert.Equal(t, test.found, f.Found)
			assert.Equal(t, []string{"Morning digest", "Evening digest"}, agentsOf(t, sb))
			assert.Equal(t, test.method != "", e.count(failed)+e.count(warning) > 0)
		})
	}
}

func TestInterruptedWriteLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPatch} {
		ctx, interrupt := context.WithCancel(t.Context())
		base := newTransport(t)
		sb := newSandbox(t)
		e, printed := runDoctor(ctx, roundTripper(func(r *http.Request) (*http.Response, error) {
			response, err := base.RoundTrip(r)
			if r.Method == method {
				interrupt()
			}
			return response, err
		}), environment(sb.URL), "-write")
		assert.Equal(t, exitFailed, e.code)
		assert.Contains(t, printed, "204, nothing is left behind")
		assert.Regexp(t, `skipped +\d+ checks +not tried: interrupted`, printed)
		assert.Equal(t, []string{"Morning digest", "Evening digest"}, agentsOf(t, sb))
	}
}

// What can't be removed is told by id and title.
func TestWriteTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	sb := newSandbox(t)
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodDelete {
			return answer(r, http.StatusForbidden, `{"detail": "No."}`), nil
		}
		return base.RoundTrip(r)
	}), sb.URL, "-write")
	f := e.find(t, deleteAgent)
	assert.Equal(t, exitFailed, e.code)
	assert.Equal(t, failed, f.Status)
	require.Len(t, f.Details, 1)
	assert.Regexp(t, `The agent \d+, "iblai-go doctor \w+", may still be there. It is disabled.`, f.Details[0])
	assert.True(t, strings.HasPrefix(f.Advice, "Delete that agent by hand."))
	assert.Len(t, agentsOf(t, sb), 4, "the two examinations have left one each")
}

func TestWriteThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	sb := newSandbox(t)
	for name, test := range map[string]struct {
		listing bool
		status  status
		found   string
	}{
		"was not done":    {true, ok, "the agent was not created"},
		"nobody can tell": {false, failed, `the agent "iblai-go doctor `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lost := false
			e, printed := runDoctor(t.Context(), roundTripper(func(r *http.Request) (*http.Response, error) {
				lost = lost || r.Method == http.MethodPost
				if lost && (r.Method == http.MethodPost || !test.listing) {
					return answer(r, http.StatusInternalServerError, ""), nil
				}
				return base.RoundTrip(r)
			}), environment(sb.URL), "-write")
			assert.Equal(t, exitFailed, e.code)
			assert.Regexp(t, string(test.status)+` +cleanup +`+test.found, printed)
		})
	}
	t.Run("was refused", func(t *testing.T) {
		t.Parallel()
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				return answer(r, http.StatusBadRequest, `{"title": ["This field may not be blank."]}`), nil
			}
			return base.RoundTrip(r)
		}), sb.URL, "-write")
		assert.Equal(t, []string{"title: This field may not be blank."}, e.find(t, createAgent).Details)
		assert.NotContains(t, e.text, cleanup)
	})
}
