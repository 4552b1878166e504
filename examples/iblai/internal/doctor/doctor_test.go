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
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestEverythingWorks(t *testing.T) {
	t.Parallel()
	e := examine(t, newTransport(t), newSandbox(t).URL)
	assert.Equal(t, OK, e.Verdict, e.text)
	assert.Contains(t, e.text, "Everything works.")
	assert.Equal(t, testOrg, e.Org)
	assert.Equal(t, testUser, e.Username)
	for _, f := range e.Findings {
		assert.NotEmpty(t, f.Found, f.Check)
		assert.Empty(t, f.Advice, "%s is fine and needs no advice", f.Check)
	}
}

// The report has every operation of the API. Every operation is called, but
// those that write only with Settings.Write.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	for _, changes := range [][]func(*Settings){nil, {withWrite}} {
		called := map[string]bool{}
		base := newTransport(t)
		watch := roundTripper(func(r *http.Request) (*http.Response, error) {
			if operation, is := client.OperationFromContext(r.Context()); is {
				called[operation.Method+" "+operation.PathTemplate] = true
			}
			return base.RoundTrip(r)
		})
		e := examine(t, watch, newSandbox(t).URL, changes...)
		for _, operation := range sandbox.Operations() {
			f := e.find(t, operation.Method+" "+strings.TrimPrefix(operation.PathTemplate, userPath))
			want := operation.Method == http.MethodGet || changes != nil && !strings.HasSuffix(operation.PathTemplate, "/pin-message/")
			assert.Equal(t, want, called[operation.Method+" "+operation.PathTemplate], operation.ID)
			assert.Equal(t, want, f.Status == OK, "%s: %s", operation.ID, f.Found)
		}
		assert.NotEqual(t, Failed, e.Verdict, e.text)
	}
}

func TestInvalidSettingsSendNothing(t *testing.T) {
	t.Parallel()
	unused := roundTripper(func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was requested", r.URL)
		return nil, errors.New("unreachable")
	})
	for argument, settings := range map[string]Settings{
		"WithAPIKey":         {APIKey: "", Org: testOrg, Username: testUser},
		"WithOrg":            {APIKey: testKey, Org: "a/b", Username: testUser},
		"WithUsername":       {APIKey: testKey, Org: testOrg},
		"WithBaseURL":        {APIKey: testKey, Org: testOrg, Username: testUser, BaseURL: "http://ibl.example"},
		"WithAttemptTimeout": {APIKey: testKey, Org: testOrg, Username: testUser, Timeout: -1},
	} {
		settings.HTTPClient = &http.Client{Transport: unused}
		_, err := Examine(t.Context(), settings)
		invalid, is := errors.AsType[*api.ArgumentError](err)
		require.True(t, is, "%s: %v", argument, err)
		assert.Equal(t, argument, invalid.Argument)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	base := newTransport(t)
	transport := roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/statistics/") {
			interrupt()
		}
		return base.RoundTrip(r)
	})
	e := examineContext(ctx, t, transport, newSandbox(t).URL)
	assert.Equal(t, Failed, e.Verdict)
	assert.Regexp(t, `failed +GET /periodic-agents/statistics/ .* interrupted`, e.text)
	assert.Regexp(t, `skipped +\d+ checks +not run: interrupted`, e.text)
	assert.Regexp(t, `failed +examination +interrupted`, e.text)
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestReportCannotBeWritten(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, new(Report).WriteText(fullDisk{}), "no space left on device")
}
