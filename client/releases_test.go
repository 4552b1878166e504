package client_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const (
	releaseSession = "9b2cbd0a-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	otherSession   = "11111111-6a4b-4a3d-8c3b-0a3c6f0d9c51"
	releaseMentor  = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
)

// release is a service of one release. It responds to every operation with what
// the release documents.
type release struct {
	name       string
	mentor     string            // as the release sends it
	pins       map[string]string // the pages of GET pin-message
	statistics bool              // whether it has the operation
	old        bool              // whether it writes mentors by their numeric id, and lacks fields

	bodies map[string]string // of the requests, by method and the path's end
}

const (
	oldMentor = `{"name": "Coach", "unique_id": "` + releaseMentor + `", "google_voice": 5, "mcp_servers": [{"url": "https://mcp.example.edu/", "headers": {"X-Key": "in-headers"}, "transport": "sse"}]}`
	midMentor = `{"id": 3, "name": "Coach", "unique_id": "` + releaseMentor + `", "types": [{"id": 1, "name": "Tutor"}], "subjects": [], "mcp_servers": [{"id": 1, "extra_headers": {"X-Key": "in-headers"}}]}`
	newMentor = `{"id": 3, "name": "Coach", "unique_id": "` + releaseMentor + `", "types": [], "subjects": [], "starter_prompts": "guided_prompt", "embed_icon_selection_data": null,
		"call_configuration": {"id": 1, "language": "en", "tts_provider": "azure_openai", "llm_provider": "azure_openai"},
		"mcp_servers": [{"id": 1, "extra_headers": {"X-Key": "in-headers"}, "auth_scope": "mentor", "mentor": 3, "oauth_service_data": {"name": "x"}, "mcp_server_connections": []}]}`
	futureMentor = `{"id": 3, "name": "Coach", "unique_id": "` + releaseMentor + `", "personality": {"warm": true}, "greeting_method": "song",
		"mcp_servers": [{"id": 1, "extra_headers": {"X-Key": "in-headers"}, "transport": "pigeon", "auth_type": "handshake"}]}`

	oldPins    = `[{"session_id": "` + releaseSession + `", "mentor": ` + oldMentor + `, "messages": [{"id": 1}, {"id": 2, "document_sources": {"a": 1}}]}]`
	nestedPins = `[[{"session_id": "` + releaseSession + `", "mentor": "` + releaseMentor + `", "messages": [{"id": 1}]}]]`
)

// summary is a row of GET pin-message from release 4.202 on.
func summary(session string) string {
	return fmt.Sprintf(`{"session_id": %q, "mentor_unique_id": %q, "mentor": {"unique_id": %q}, "title": null, "messages": [{"id": 1, "artifact_versions": []}]}`, session, releaseMentor, releaseMentor)
}

func releases() []*release {
	paged := map[string]string{
		"":  `{"count": 3, "next": "http://manager/?page=2&session_id=` + releaseSession + `", "previous": null, "results": [` + summary(otherSession) + `, ` + summary("22222222-6a4b-4a3d-8c3b-0a3c6f0d9c51") + `]}`,
		"2": `{"count": 3, "next": null, "previous": "http://manager/", "results": [` + summary(strings.ToUpper(releaseSession)) + `]}`,
	}
	return []*release{
		{name: "3.54", old: true, mentor: oldMentor, pins: map[string]string{"": oldPins}},
		{name: "3.59.0", old: true, mentor: oldMentor, pins: map[string]string{"": oldPins}},
		{name: "4.84.1", mentor: midMentor, pins: map[string]string{"": nestedPins}, statistics: true},
		{name: "4.90.4", mentor: midMentor, pins: map[string]string{"": oldPins}, statistics: true},
		{name: "4.95.3", mentor: midMentor, pins: map[string]string{"": oldPins}, statistics: true},
		{name: "4.202.0", mentor: newMentor, pins: map[string]string{"": `[` + summary(otherSession) + `, ` + summary(releaseSession) + `]`}, statistics: true},
		{name: "4.205.0", mentor: newMentor, pins: paged, statistics: true},
		{name: "a later one", mentor: futureMentor, pins: paged, statistics: true},
	}
}

// agent returns an agent as the release sends it.
func (s *release) agent(mentor string) string {
	if s.old {
		return `{"id": 7, "mentor": ` + mentor + `, "title": "Digest", "username": "ada", "prompt": "p", "modified_at": "2026-01-05T09:00:00Z",
		"enabled": true, "one_off": false, "pathway": "", "callback_url": "", "callback_secret": "", "parent_session_id": "", "parent_mentor_id": null,
		"previous_agent": null, "previous_agent_status": "success", "previous_agent_output": "",
		"task": {"name": "n", "one_off": false, "start_time": null, "enabled": true, "crontab": {"minute": "0", "hour": "8", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}}}`
	}
	return `{"id": 7, "mentor": ` + mentor + `, "title": "Digest", "username": "ada", "description": "", "prompt": "p", "created_at": "2026-01-05T09:00:00Z", "modified_at": "2026-01-05T09:00:00Z",
		"enabled": true, "one_off": false, "platform_key": "acme", "pathway": "", "callback_url": "", "callback_secret": "", "parent_session_id": "", "parent_mentor_id": null,
		"previous_agent": null, "previous_agent_status": "success", "previous_agent_output": "",
		"task": {"id": 11, "name": "n", "one_off": false, "start_time": null, "enabled": true, "crontab": {"minute": "0", "hour": "8", "day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}}}`
}

// written returns the response to a written agent.
func (s *release) written() string {
	if s.old {
		return s.agent("3")
	}
	return s.agent(`"` + releaseMentor + `"`)
}

func (s *release) RoundTrip(r *http.Request) (*http.Response, error) {
	_, path, _ := strings.Cut(r.URL.Path, "/users/ada/")
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.bodies[r.Method+" "+path] = string(body)
	}
	page := func(items string) string {
		return `{"count": 1, "next": null, "previous": null, "results": [` + items + `]}`
	}
	const log = `{"id": 42, "content": "Done.", "status": "success", "start_time": "2026-01-06T08:00:00Z", "end_time": null, "created_at": "2026-01-06T08:00:00Z", "modified_at": "2026-01-06T08:00:00Z", "periodic_agent": 7}`
	switch r.Method + " " + path {
	case "GET ":
		return respond(r, http.StatusOK, page(s.mentor)), nil
	case "GET periodic-agents/":
		return respond(r, http.StatusOK, page(s.agent(s.mentor))), nil
	case "GET periodic-agents/7/":
		return respond(r, http.StatusOK, s.agent(s.mentor)), nil
	case "POST periodic-agents/":
		return respond(r, http.StatusCreated, s.written()), nil
	case "PUT periodic-agents/7/", "PATCH periodic-agents/7/":
		return respond(r, http.StatusOK, s.written()), nil
	case "DELETE periodic-agents/7/":
		return respond(r, http.StatusNoContent, ""), nil
	case "GET periodic-agents/statistics/":
		if s.statistics {
			return respond(r, http.StatusOK, `{"total_tasks": 1, "succeeded_tasks": 1, "failed_tasks": 0, "running_tasks": 0, "pending_tasks": 0}`), nil
		}
	case "GET periodic-agent-logs/":
		return respond(r, http.StatusOK, page(log)), nil
	case "GET periodic-agent-logs/42/":
		return respond(r, http.StatusOK, log), nil
	case "GET pin-message/":
		return respond(r, http.StatusOK, s.pins[r.URL.Query().Get("page")]), nil
	case "POST pin-message/":
		return respond(r, http.StatusCreated, `{"id": 5, "platform": "acme", "username": "ada", "session_id": "`+releaseSession+`"}`), nil
	case "DELETE pin-message/":
		return respond(r, http.StatusNoContent, ""), nil
	}
	return respond(r, http.StatusNotFound, `{"detail": "Not found."}`), nil
}

// The client reads from and writes to every release that is known, and to one that
// has fields and values that nobody knows yet.
func TestReleases(t *testing.T) {
	t.Parallel()
	for _, s := range releases() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.bodies = map[string]string{}
			c := newClient(t, client.WithHTTPClient(&http.Client{Transport: s}), retries(1))

			requireMentor := func(mentor *client.Mentor) {
				require.Equal(t, releaseMentor, mentor.UniqueID)
				require.Equal(t, "Coach", mentor.Name)
				server := mentor.MCPServers[0]
				headers := server.ExtraHeaders.Reveal() + server.Headers.Reveal()
				require.Contains(t, headers, "in-headers", "the headers have another name in older releases")
			}
			mentors, err := client.Collect(c.Mentors.All(t.Context(), nil), 10)
			require.NoError(t, err)
			requireMentor(mentors[0])
			agents, err := client.Collect(c.PeriodicAgents.All(t.Context(), nil), 10)
			require.NoError(t, err)
			requireMentor(&agents[0].Mentor)
			agent, err := c.PeriodicAgents.Get(t.Context(), 7)
			require.NoError(t, err)
			requireMentor(&agent.Mentor)

			mentor, writtenMentor := releaseMentor, client.Mentor{UniqueID: releaseMentor}
			if s.old {
				mentor, writtenMentor = "3", client.Mentor{ID: 3}
			}
			request := &client.PeriodicAgentCreateRequest{Mentor: mentor, Title: "Digest", Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Hour: "8"}}}
			created, err := c.PeriodicAgents.Create(t.Context(), request)
			require.NoError(t, err)
			assert.Equal(t, writtenMentor, created.Mentor)
			replaced, err := c.PeriodicAgents.Replace(t.Context(), 7, request)
			require.NoError(t, err)
			assert.Equal(t, "Digest", replaced.Title)
			assert.Equal(t, writtenMentor, replaced.Mentor)
			updated, err := c.PeriodicAgents.Update(t.Context(), 7, &client.PeriodicAgentUpdateRequest{Prompt: new("p")})
			require.NoError(t, err)
			assert.Equal(t, "p", updated.Prompt)
			assert.Equal(t, writtenMentor, updated.Mentor)
			require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 7))
			statistics, err := c.PeriodicAgents.Statistics(t.Context(), nil)
			if s.statistics {
				require.NoError(t, err)
				assert.EqualValues(t, 1, statistics.SucceededTasks)
			} else {
				require.ErrorIs(t, err, client.ErrNotFound)
			}

			logs, err := client.Collect(c.PeriodicAgentLogs.All(t.Context(), nil), 10)
			require.NoError(t, err)
			assert.Equal(t, "Done.", logs[0].Content)
			log, err := c.PeriodicAgentLogs.Get(t.Context(), 42)
			require.NoError(t, err)
			assert.Equal(t, api.StatusSuccess, log.Status)
			assert.Equal(t, time.Date(2026, 1, 6, 8, 0, 0, 0, time.UTC), log.StartTime.Time)

			pinned, err := c.PinnedMessages.List(t.Context(), releaseSession)
			require.NoError(t, err)
			require.Len(t, pinned.Results, 1, "the session that was requested, and no other")
			assert.EqualValues(t, 1, pinned.Count)
			session := pinned.Results[0]
			assert.True(t, strings.EqualFold(releaseSession, session.SessionID))
			assert.Equal(t, releaseMentor, session.Mentor.UniqueID)
			assert.EqualValues(t, 1, session.Messages[0].ID)
			none, err := c.PinnedMessages.List(t.Context(), "33333333-6a4b-4a3d-8c3b-0a3c6f0d9c51")
			require.NoError(t, err)
			assert.Empty(t, none.Results)
			pin, err := c.PinnedMessages.Create(t.Context(), releaseSession)
			require.NoError(t, err)
			assert.Equal(t, new(releaseSession), pin.SessionID)
			require.NoError(t, c.PinnedMessages.Delete(t.Context(), releaseSession))

			assert.JSONEq(t, `{"session_id": "`+releaseSession+`"}`, s.bodies["POST pin-message/"])
			assert.JSONEq(t, `{"session_id": "`+releaseSession+`"}`, s.bodies["DELETE pin-message/"])
			assert.JSONEq(t, `{"prompt": "p"}`, s.bodies["PATCH periodic-agents/7/"])
			for _, method := range []string{"POST periodic-agents/", "PUT periodic-agents/7/"} {
				assert.Contains(t, s.bodies[method], `"mentor":"`+mentor+`"`)
			}
		})
	}
}

// A page of pinned sessions that fails is an error that names it, and so is not
// taken for the end.
func TestPinnedMessagesOnAPageThatFails(t *testing.T) {
	t.Parallel()
	for _, failing := range []string{"", "2"} {
		s := releases()[6]
		c := newClient(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("page") == failing {
				return respond(r, http.StatusForbidden, `{"detail": "No."}`), nil
			}
			return s.RoundTrip(r)
		}), retries(1))
		page, err := c.PinnedMessages.List(t.Context(), releaseSession)
		require.ErrorIs(t, err, client.ErrForbidden)
		assert.Nil(t, page)
		_, direct := err.(*client.Error) //nolint:errorlint // it is wrapped if it isn't the first page
		assert.Equal(t, failing == "", direct)
	}
}
