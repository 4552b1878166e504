package doctor

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestDifferences(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		replacements []string
		found        string
		details      []string
		meaning      string
	}{
		"missing":             {[]string{`"prompt":"",`, ``}, "200, 2 of 2 items, 1 missing", []string{"missing: results[].prompt"}, "missing"},
		"deep inside":         {[]string{`"mode":"realtime",`, ``}, "1 missing", []string{"missing: results[].mentor.call_configuration.mode"}, "missing"},
		"new":                 {[]string{`"prompt":"",`, `"prompt":"","owner":"` + testSecret + `",`}, "1 new", []string{"new: results[].owner"}, "unknown to this version"},
		"new value":           {[]string{`"mode":"realtime"`, `"mode":"telepathy"`}, "1 new value", []string{`new value: results[].mentor.call_configuration.mode: "telepathy"`}, "without a constant"},
		"a blank choice":      {[]string{`"mode":"realtime"`, `"mode":""`}, "200, 2 of 2 items", nil, ""},
		"string for a number": {[]string{`"parent_mentor_id":null`, `"parent_mentor_id":"1"`}, "1 other type", []string{"other type: results[].parent_mentor_id: a string instead of an integer"}, "converts"},
		"a fraction":          {[]string{`"parent_mentor_id":null`, `"parent_mentor_id":1.5`}, "1 other type", []string{"other type: results[].parent_mentor_id: a number instead of an integer"}, "converts"},
		"null":                {[]string{`"prompt":""`, `"prompt":null`}, "1 other type", []string{"other type: results[].prompt: null instead of a string"}, "converts"},
		"an object":           {[]string{`"enabled":true`, `"enabled":{}`}, "2 other type", []string{"other type: results[].enabled: an object instead of a boolean, results[].task.enabled: an object instead of a boolean"}, "converts"},
		"a list":              {[]string{`"title":"Morning digest"`, `"title":[]`}, "1 other type", []string{"other type: results[].title: a list instead of a string"}, "converts"},
		"boolean for a time":  {[]string{`"start_time":null`, `"start_time":true`}, "1 other type", []string{"other type: results[].task.start_time: a boolean instead of a string"}, "converts"},
		"no list":             {[]string{`"mcp_servers":[`, `"mcp_servers":{},"x":[`}, "1 new, 1 other type", []string{"new: results[].mentor.x", "other type: results[].mentor.mcp_servers: an object instead of a list"}, "unknown to this version"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, rewriteBodies(base, "/periodic-agents/", strings.NewReplacer(test.replacements...).Replace), address)
			f := e.find(t, "GET /periodic-agents/")
			assert.True(t, strings.HasSuffix(f.Found, test.found), f.Found)
			assert.Equal(t, test.details, f.Details)
			assert.Contains(t, f.Meaning, test.meaning)
			assert.Equal(t, test.meaning == "", f.Status == OK)
			assert.Equal(t, test.meaning == "", f.Advice == "")
			assert.NotEqual(t, Failed, e.Verdict, "the SDK decodes it")
		})
	}
}

func TestPinnedMessagesAsDocumented(t *testing.T) {
	t.Parallel()
	const message = `{"id":1,"message":{},"inserted_at":"2026-01-06T08:01:00Z","title":null,"feedback":{},"document_sources":null,"files":[]}`
	e := examine(t, rewriteBodies(newTransport(t), "/pin-message/", func(string) string {
		return `[[{"session_id":"9b2cbd0a","mentor":"497f6eca","messages":[` + message + `]}]]`
	}), newSandbox(t).URL)
	f := e.find(t, "GET /pin-message/")
	assert.Equal(t, []string{"other type: [][].mentor: a string instead of an object"}, f.Details)
}

func TestOperationFails(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	address := newSandbox(t).URL
	for name, test := range map[string]struct {
		status  int
		body    string
		header  []string
		found   string
		details []string
		advice  string
	}{
		"refused":         {400, `{"mentor_id": ["Must be a valid UUID."]}`, nil, "400 Bad Request: 40 bytes", []string{"mentor_id: Must be a valid UUID."}, "service's operators"},
		"fails":           {500, `<h1>Server Error (500)</h1>`, nil, "500 Internal Server Error: an HTML page", nil, "Try again in a minute"},
		"website":         {200, loginPage, nil, "200, but not the documented JSON", nil, "which program responds at this path"},
		"repeats the key": {200, "<title>" + strings.Repeat("!", 70) + testKey + "</title>", nil, "an HTML page", nil, "which program responds at this path"},
		"moved":           {302, "", []string{"Location", "https://other.example/?key=1"}, "redirected to https://other.example/", nil, "redirects this path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.URL.Path, "/statistics/") {
					return respond(r, test.status, test.body, test.header...), nil
				}
				return base.RoundTrip(r)
			}), address)
			f := e.find(t, "GET /periodic-agents/statistics/")
			assert.Equal(t, Failed, f.Status)
			assert.Contains(t, f.Found, test.found)
			assert.Equal(t, test.details, f.Details)
			assert.Contains(t, f.Advice, test.advice)
			assert.Equal(t, Failed, e.Verdict)
			assert.Equal(t, OK, e.find(t, "GET /periodic-agent-logs/").Status, "the other operations are checked")
		})
	}
}

// After a 429 response, no more requests are sent.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	base := newTransport(t)
	limited := false
	e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		assert.False(t, limited, "%s was requested afterwards", r.URL)
		if limited = strings.HasSuffix(r.URL.Path, "/statistics/"); limited {
			return respond(r, http.StatusTooManyRequests, "", "Retry-After", "60"), nil
		}
		return base.RoundTrip(r)
	}), newSandbox(t).URL)
	assert.Equal(t, Failed, e.Verdict)
	assert.Contains(t, e.text, "429 Too Many Requests")
	assert.Regexp(t, `skipped +\d+ checks +not run: the service limits the rate of requests`, e.text)
}

func TestEmptyOrg(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.Start(sandbox.WithAccount(sandbox.Account{Org: testOrg, Username: testUser, APIKey: api.NewSecret(testKey)}))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	e := examine(t, rewriteBodies(newTransport(t), "/ada/", func(string) string { return `{"count":0,"next":null,"previous":null,"results":[]}` }), sb.URL, withWrite)
	assert.NotEqual(t, Failed, e.Verdict)
	for check, why := range map[string]string{
		"GET /periodic-agents/{id}/":     "the list has no agent with an id",
		"GET /periodic-agent-logs/{id}/": "the list has no log with an id",
		createAgent:                      "the org has no mentor for an agent",
		checkNext:                        "no list has a second page",
		checkPageSize:                    "no list has two items",
	} {
		f := e.find(t, check)
		assert.Equal(t, Skipped, f.Status)
		assert.Equal(t, why, f.Found)
	}
}

func TestNoSession(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.Start(sandbox.WithAccount(sandbox.Account{Org: testOrg, Username: testUser, APIKey: api.NewSecret(testKey)}))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	base := newTransport(t)
	for code, want := range map[int]Status{404: Skipped, 400: Skipped, 403: Failed} {
		e := examine(t, overrideResponses(base, "/pin-message/", code, `{"detail": "No."}`), sb.URL)
		assert.Equal(t, want, e.find(t, "GET /pin-message/").Status)
	}
}

// In a synctest bubble, the clock advances immediately.
func TestSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		platform, err := sandbox.New(sandbox.WithAccount(sandbox.Account{Org: testOrg, Username: testUser, APIKey: api.NewSecret(testKey)}))
		require.NoError(t, err)
		defer platform.Close()
		e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/statistics/") {
				time.Sleep(6 * time.Second)
			}
			r = r.Clone(r.Context())
			r.Body = http.NoBody // as a handler expects
			recorder := httptest.NewRecorder()
			platform.ServeHTTP(recorder, r)
			return recorder.Result(), nil
		}), "https://ibl.example")
		f := e.find(t, "GET /periodic-agents/statistics/")
		assert.Equal(t, Warning, f.Status)
		assert.Equal(t, "200, slowly", f.Found)
		assert.Contains(t, e.text, " 6000 ms ")
		assert.NotEqual(t, Failed, e.Verdict)
	})
}

// The known values must match the constants in the SDK's source.
func TestKnownValues(t *testing.T) {
	t.Parallel()
	constants := map[string][]string{}
	for _, source := range []string{"../../../../client/models.gen.go", "../../../../client/api/status.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, is := n.(*ast.ValueSpec); is && spec.Type != nil && len(spec.Values) == 1 {
				text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err)
				name := spec.Type.(*ast.Ident).Name
				constants[name] = append(constants[name], text)
			}
			return true
		})
	}
	known := map[string][]string{}
	for enumeration, values := range knownValues {
		known[enumeration.Name()] = slices.Sorted(slices.Values(values))
	}
	for name := range constants {
		slices.Sort(constants[name])
	}
	assert.Equal(t, constants, known)
}

func TestDifferencesHaveNoValues(t *testing.T) {
	t.Parallel()
	var raw any
	require.NoError(t, json.Unmarshal([]byte(`{"callback_secret": ["`+testSecret+`"], "prompt": ["`+testSecret+`"], "title": {"x": "`+testSecret+`"}}`), &raw))
	var found Diagnosis
	compare(raw, reflect.TypeFor[client.PeriodicAgent]()).explain(&found)
	text, err := json.Marshal(found)
	require.NoError(t, err)
	assert.NotContains(t, string(text), testSecret)
	assert.Contains(t, string(text), "prompt: a list instead of a string")
}

// The doctor warns of agents whose callback_url has a password, and doesn't repeat it.
func TestCallbackURLs(t *testing.T) {
	t.Parallel()
	agent := func(callbackURL string) sandbox.Option {
		return sandbox.WithPeriodicAgent(testOrg, client.PeriodicAgentCreateRequest{Title: "Report", CallbackURL: &callbackURL, Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}}})
	}
	e := examine(t, newTransport(t), newSandbox(t, agent("https://hooks.example.com/runs"), agent("https://ada:"+testSecret+"@hooks.example.com/runs")).URL)
	f := e.find(t, "callback URLs")
	assert.Equal(t, Warning, f.Status)
	assert.Equal(t, []string{"agent 4: callback_url must not have a user or password in it; have the callbacks signed with a secret"}, f.Details)
	e = examine(t, newTransport(t), newSandbox(t, agent("https://hooks.example.com/runs")).URL)
	assert.NotContains(t, e.text, "callback URLs")
}
