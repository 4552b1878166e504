package client_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// captureTransport keeps the last request and responds with {}.
type captureTransport struct {
	sent   int
	method string
	url    *url.URL
	header http.Header
	body   string
}

func (s *captureTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s.sent++
	s.method, s.url, s.header, s.body = r.Method, r.URL, r.Header, ""
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.body = string(body)
	}
	return respond(r, http.StatusOK, anySuccess), nil
}

func newCaptureClient(t *testing.T, opts ...client.Option) (*captureTransport, *client.Client) {
	t.Helper()
	s := &captureTransport{}
	return s, newClient(t, append([]client.Option{client.WithHTTPClient(&http.Client{Transport: s})}, opts...)...)
}

func TestUpdateSendsSetFields(t *testing.T) {
	t.Parallel()
	start := time.Date(2027, 1, 4, 8, 0, 0, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		name    string
		changes client.PeriodicAgentUpdateRequest
		want    string
	}{
		{"nothing", client.PeriodicAgentUpdateRequest{}, `{}`},
		{"false", client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false), OneOff: new(false)}}, `{"task": {"enabled": false, "one_off": false}}`},
		{"empty texts", client.PeriodicAgentUpdateRequest{Title: new(""), Description: new(""), CallbackURL: new(""), CallbackSecret: new(api.NewSecret("")), PreviousAgentStatus: new(api.Status(""))}, `{"title": "", "description": "", "callback_url": "", "callback_secret": "", "previous_agent_status": ""}`},
		{"null", client.PeriodicAgentUpdateRequest{PreviousAgent: client.Null[int64](), ParentMentorID: client.Null[int64](), Task: &client.PeriodicTaskUpdateRequest{StartTime: client.Null[time.Time]()}}, `{"previous_agent": null, "parent_mentor_id": null, "task": {"start_time": null}}`},
		{"values", client.PeriodicAgentUpdateRequest{PreviousAgent: client.Value[int64](0), ParentMentorID: client.Value[int64](math.MaxInt64), Task: &client.PeriodicTaskUpdateRequest{StartTime: client.Value(start)}}, `{"previous_agent": 0, "parent_mentor_id": 9223372036854775807, "task": {"start_time": "2027-01-04T08:00:00+01:00"}}`},
		{"a part of the crontab", client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{Crontab: &client.CrontabSchedule{Hour: "9"}}}, `{"task": {"crontab": {"hour": "9"}}}`},
		{"an empty task", client.PeriodicAgentUpdateRequest{Task: &client.PeriodicTaskUpdateRequest{}}, `{"task": {}}`},
		{"a secret", client.PeriodicAgentUpdateRequest{CallbackSecret: new(api.NewSecret("a&b<c>"))}, `{"callback_secret": "a&b<c>"}`},
	} {
		s, cl := newCaptureClient(t)
		_, err := cl.PeriodicAgents.Update(t.Context(), 7, &c.changes)
		require.NoError(t, err, c.name)
		assert.JSONEq(t, c.want, s.body, c.name)
		assert.Equal(t, "application/json", s.header.Get("Content-Type"))
	}
}

// Required fields that are unset are left out: the service validates them.
func TestCreateLeavesOutUnsetFields(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, s.body)
	_, err = c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{Task: client.PeriodicTaskRequest{Enabled: new(false)}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"task": {"enabled": false}}`, s.body)
	_, err = c.PeriodicAgents.Replace(t.Context(), 1, &client.PeriodicAgentCreateRequest{Title: "T", Mentor: "m"}, client.WithBodyField("task", nil))
	require.NoError(t, err)
	assert.JSONEq(t, `{"title": "T", "mentor": "m", "task": null}`, s.body)
}

// Characters that HTML escapes are sent unescaped.
func TestBodiesAreNotEscapedForHTML(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	const prompt = "1 < 2 && \"x\" \u2028 ünï \U0001f511"
	for _, opts := range [][]client.WriteOption{nil, {client.WithBodyField("extra", "<&>")}} {
		_, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{Prompt: new(prompt)}, opts...)
		require.NoError(t, err)
		assert.Contains(t, s.body, "1 < 2 &&")
		var sent struct {
			Prompt string `json:"prompt"`
		}
		require.NoError(t, json.Unmarshal([]byte(s.body), &sent))
		assert.Equal(t, prompt, sent.Prompt)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		s, c := newCaptureClient(t, client.WithUserAgent("gradebook/2.1"))
		require.NoError(t, op.call(t.Context(), c))
		assert.Equal(t, "application/json", s.header.Get("Accept"), op.name)
		assert.Equal(t, "gradebook/2.1 iblai-go/"+client.Version, s.header.Get("User-Agent"))
		assert.Equal(t, []string{"Api-Token " + testKey}, s.header["Authorization"])
		if op.hasBody {
			assert.Equal(t, "application/json", s.header.Get("Content-Type"), op.name)
			assert.NotEmpty(t, s.body)
		} else {
			assert.Empty(t, s.header.Get("Content-Type"), op.name)
		}
	}
}

func TestAuthSchemes(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{"Token": "Token " + testKey, "Bearer": "Bearer " + testKey, "Api-Key": "Api-Key " + testKey, "": testKey} {
		s, c := newCaptureClient(t, client.WithAuthScheme(scheme))
		_, err := c.PeriodicAgents.Get(t.Context(), 1)
		require.NoError(t, err)
		assert.Equal(t, want, s.header.Get("Authorization"))
	}
}

func TestFiltersAreSent(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{
		Enabled: new(false), MentorID: "m", Ordering: "-created_at", Page: 2, PageSize: 50, ParentMentorID: 3, ParentSessionID: "s",
		PreviousAgent: 4, PreviousAgentStatus: api.StatusError, Search: "a&b=c d+e/ü", Status: api.StatusPending, Title: "T", Username: "ada",
	})
	require.NoError(t, err)
	assert.Equal(t, url.Values{
		"enabled": {"false"}, "mentor_id": {"m"}, "ordering": {"-created_at"}, "page": {"2"}, "page_size": {"50"}, "parent_mentor_id": {"3"}, "parent_session_id": {"s"},
		"previous_agent": {"4"}, "previous_agent_status": {"error"}, "search": {"a&b=c d+e/ü"}, "status": {"pending"}, "title": {"T"}, "username": {"ada"},
	}, s.url.Query())

	_, err = c.Mentors.List(t.Context(), &client.MentorListParams{IsFeatured: new(false)})
	require.NoError(t, err)
	assert.Equal(t, url.Values{"is_featured": {"false"}}, s.url.Query(), "false differs from unset")

	_, err = c.PeriodicAgents.Statistics(t.Context(), &client.PeriodicAgentStatisticsParams{MentorID: "497f6eca-6276-4993-bfeb-53cbbbba6f08"})
	require.NoError(t, err)
	assert.Equal(t, "mentor_id=497f6eca-6276-4993-bfeb-53cbbbba6f08", s.url.RawQuery)

	require.NoError(t, c.PinnedMessages.Delete(t.Context(), "a b"))
	assert.Equal(t, url.Values{"session_id": {"a b"}}, s.url.Query(), "the query has the session")
	assert.JSONEq(t, `{"session_id": "a b"}`, s.body, "so has the body")

	for _, op := range operations(t) {
		if op.method == http.MethodGet {
			require.NoError(t, op.call(t.Context(), c))
			for name := range s.url.Query() {
				assert.True(t, name == "session_id" || name == "ordering" && strings.HasSuffix(op.name, ".Since"), "%s sends the unset filter %s", op.name, name)
			}
		}
	}
}

// A call's options replace the client's, for this call only.
func TestOptionsOfCallReplaceOptionsOfClient(t *testing.T) {
	t.Parallel()
	for _, op := range operations(t) {
		s, c := newCaptureClient(
			t, client.WithOrg("org-1"), client.WithUsername("user-1"),
			client.WithHeader("X-A", "1"), client.WithHeader("X-B", "1"),
		)
		require.NoError(t, op.call(
			t.Context(), c, client.WithOrg("org-2"), client.WithUsername("user-2"),
			client.WithHeader("x-b", "2"), client.WithHeader("X-C", "2"), client.WithQuery("b", "2&c"), client.WithBodyField("b", nil), client.WithBodyField("c", []int{2}),
		))
		assert.Contains(t, s.url.Path, "/orgs/org-2/users/user-2/", op.name)
		assert.Equal(t, []string{"1", "2", "2"}, []string{s.header.Get("X-A"), s.header.Get("X-B"), s.header.Get("X-C")})
		assert.Equal(t, "2&c", s.url.Query().Get("b"))
		if op.hasBody {
			var body map[string]any
			require.NoError(t, json.Unmarshal([]byte(s.body), &body), op.name)
			assert.Contains(t, body, "b")
			assert.Nil(t, body["b"])
			assert.Equal(t, []any{2.0}, body["c"])
		}

		require.NoError(t, op.call(t.Context(), c))
		assert.Contains(t, s.url.Path, "/orgs/org-1/users/user-1/", "a call's options don't affect the next")
		assert.Equal(t, []string{"1", "1", ""}, []string{s.header.Get("X-A"), s.header.Get("X-B"), s.header.Get("X-C")})
		assert.False(t, s.url.Query().Has("b"))
		assert.NotContains(t, s.body, `"c":`)
	}
}

// WithBodyField replaces one field and leaves the others unchanged: large
// numbers keep their digits.
func TestWithBodyFieldReplacesField(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.Create(
		t.Context(), &client.PeriodicAgentCreateRequest{Title: "T", ParentMentorID: client.Value[int64](9007199254740993)},
		client.WithBodyField("title", "U"), client.WithBodyField("retries", json.RawMessage(`12345678901234567890`)),
	)
	require.NoError(t, err)
	assert.Contains(t, s.body, "9007199254740993")
	assert.Contains(t, s.body, "12345678901234567890")
	assert.Contains(t, s.body, `"title":"U"`)
}

// A body that is no object has no fields.
func TestWithBodyFieldNeedsAnObject(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	for _, body := range []any{[]int{1}, "text", 1, map[string]int(nil), json.RawMessage("null"), json.RawMessage(nil)} {
		err := c.Do(t.Context(), client.Request{Method: http.MethodPost, PathTemplate: "/x/", Body: body}, nil, client.WithBodyField("a", 1))
		assert.Contains(t, requireArgumentError(t, err).Reason, "as a JSON object", body)
	}
	assert.Zero(t, s.sent)
}

func TestWithQueryReplacesParameter(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	_, err := c.PeriodicAgents.List(t.Context(), &client.PeriodicAgentListParams{Search: "a", Page: 3}, client.WithQuery("start_date", "2027-01-01"), client.WithQuery("search", "b"))
	require.NoError(t, err)
	assert.Equal(t, url.Values{"search": {"b"}, "page": {"3"}, "start_date": {"2027-01-01"}}, s.url.Query())
}

// Unusual but valid values are sent unchanged.
func TestUnusualOptionsAreAccepted(t *testing.T) {
	t.Parallel()
	s, c := newCaptureClient(t)
	for _, value := range []string{"", " ", "two words", "a\ttab", "ü", "~"} {
		_, err := c.PeriodicAgents.Get(t.Context(), 1, client.WithHeader("X-!#$%&'*+.^_`|~-Z", value))
		require.NoError(t, err, value)
		assert.Equal(t, value, s.header.Get("X-!#$%&'*+.^_`|~-Z"))
	}
	require.NoError(t, c.Do(t.Context(), client.Request{Method: "QUIZ", PathTemplate: "/"}, nil))
	assert.Equal(t, "QUIZ", s.method)
	_, err := newClient(t, client.WithMaxBody(1)).PeriodicAgents.Get(t.Context(), 0)
	assert.Equal(t, "id", requireArgumentError(t, err).Argument, "a limit of 1 is valid")
	_, err = newClient(t, client.WithMaxErrorBody(1)).PeriodicAgents.Get(t.Context(), 0)
	assert.Equal(t, "id", requireArgumentError(t, err).Argument)
	assert.Equal(t, "client for no address", fmt.Sprint(client.Client{}))
}
