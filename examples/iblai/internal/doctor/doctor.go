// Package doctor examines a deployment of the platform from this machine: the
// connection, the API key, the org, the user and its role, the release, and every
// operation. It reports its findings, their meaning, and what to do.
//
// It only reads, unless Settings.Write is set. No report contains a secret.
package doctor

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// Settings are the settings of an examination.
type Settings struct {
	// APIKey, Org and Username are required.
	APIKey, Org, Username string
	// BaseURL is the address of the deployment, by default that of production.
	BaseURL string
	// HTTPClient is the HTTP client used for requests.
	HTTPClient *http.Client
	// Timeout limits the time of one request. The default is 15 seconds.
	Timeout time.Duration
	// Now returns this machine's time, by default time.Now.
	Now func() time.Time
	// Write also creates a disabled agent, changes it and deletes it.
	Write bool
}

// examination is the state of one examination.
type examination struct {
	Settings

	options []client.Option
	client  *client.Client // uses the accepted authentication scheme once it is known
	known   facts
	report  Report
	list    string // path of a list for the check of the key, below userPath
	stopped string // reason for skipping the remaining checks; empty to run them
}

// facts are proven by earlier checks. Advice is based only on them.
type facts struct {
	service  bool // the service itself has responded
	key      bool // the key is accepted
	account  bool // the org and the user exist, and the key is theirs
	release  *release
	missing  map[string]bool // lists that the service does not have
	mentorID string          // unique id of a mentor
	// withoutKey is the service's response to a request without a key.
	withoutKey *client.Response
}

// Examine examines a deployment. If a setting is invalid, it sends nothing and
// returns an *api.ArgumentError.
func Examine(ctx context.Context, settings Settings) (*Report, error) {
	if settings.Timeout == 0 {
		settings.Timeout = 15 * time.Second
	}
	if settings.Now == nil {
		settings.Now = time.Now
	}
	options := []client.Option{
		client.WithAPIKey(settings.APIKey),
		client.WithOrg(settings.Org),
		client.WithUsername(settings.Username),
		client.WithHTTPClient(settings.HTTPClient),
		client.WithUserAgent("iblai-doctor"),
		client.WithAttemptTimeout(settings.Timeout),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}), // a retry would hide an error
	}
	if settings.BaseURL != "" {
		options = append(options, client.WithBaseURL(settings.BaseURL))
	}
	c, err := client.New(options...)
	if err != nil {
		return nil, err
	}
	e := &examination{
		Settings: settings,
		options:  options,
		client:   c,
		list:     agentsPath,
		known:    facts{missing: map[string]bool{}},
		report:   Report{BaseURL: c.BaseURL().String(), Org: settings.Org, Username: settings.Username},
	}
	e.run(ctx)
	e.report.Verdict = e.report.verdict()
	return &e.report, nil
}

// run runs the checks in order. It skips checks that can't succeed after an
// earlier error.
func (e *examination) run(ctx context.Context) {
	e.checkConnection(ctx)
	e.checkKey(ctx)
	e.checkAccount(ctx)
	e.checkRelease(ctx)
	e.checkReading(ctx)
	e.checkWriting(ctx)
	e.checkPaging(ctx)
	if ctx.Err() != nil {
		e.add(Failed, "examination", 0, Diagnosis{Found: "interrupted", Meaning: "Some checks did not run.", Advice: "Run it again."})
	}
}

// newClient creates a client with one more option.
func (e *examination) newClient(option client.Option) (*client.Client, error) {
	return client.New(append(slices.Clip(e.options), option)...)
}

func (e *examination) add(s Status, check string, took time.Duration, d Diagnosis) {
	e.report.Findings = append(e.report.Findings, Finding{Check: check, Status: s, Latency: Milliseconds(took), Diagnosis: d.redacted(e.APIKey)})
}

// fail adds the diagnosis of an error.
func (e *examination) fail(check string, took time.Duration, err error, response *client.Response) {
	e.add(Failed, check, took, e.explain(err, response))
}

func (e *examination) skip(check, why string) {
	e.add(Skipped, check, 0, Diagnosis{Found: why})
}

// skipAll reports whether the examination has stopped. If it has, skipAll skips
// the checks.
func (e *examination) skipAll(ctx context.Context, checks ...string) bool {
	if ctx.Err() != nil {
		e.stopped = "interrupted"
	}
	if e.stopped == "" {
		return false
	}
	for _, check := range checks {
		e.skip(check, notRun+e.stopped)
	}
	return true
}
