package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// doctor makes the checks, one after the other.
type doctor struct {
	httpClient *http.Client
	timeout    time.Duration
	write      bool
	settings   []client.Option
	apiKey     string

	// client puts the word before the key that the service has accepted.
	client *client.Client
	report report
	// stopped is why the checks that follow make no sense any more.
	stopped string
}

// newDoctor takes the settings from the environment.
func newDoctor(w world, timeout time.Duration, write bool) (*doctor, error) {
	key, org, username := w.getenv(client.EnvAPIKey), w.getenv(client.EnvOrg), w.getenv(client.EnvUsername)
	var missing []string
	for _, name := range []string{client.EnvAPIKey, client.EnvOrg, client.EnvUsername} {
		if w.getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("set %s in the environment", strings.Join(missing, ", "))
	}
	settings := []client.Option{
		client.WithAPIKey(key),
		client.WithOrg(org),
		client.WithUsername(username),
		client.WithHTTPClient(w.httpClient),
		client.WithUserAgent("doctor"),
		client.WithAttemptTimeout(timeout),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 1}), // a fault that a retry hides is not found
	}
	if address := w.getenv(client.EnvBaseURL); address != "" {
		settings = append(settings, client.WithBaseURL(address))
	}
	c, err := client.New(settings...)
	if err != nil {
		return nil, inTermsOfEnvironment(err)
	}
	return &doctor{
		httpClient: w.httpClient,
		timeout:    timeout,
		write:      write,
		settings:   settings,
		apiKey:     key,
		client:     c,
		report:     report{BaseURL: c.BaseURL().String(), Org: org, Username: username},
	}, nil
}

// inTermsOfEnvironment names the variable or the flag instead of the option
// that it became.
func inTermsOfEnvironment(err error) error {
	names := map[string]string{
		"WithAPIKey":         client.EnvAPIKey,
		"WithOrg":            client.EnvOrg,
		"WithUsername":       client.EnvUsername,
		"WithBaseURL":        client.EnvBaseURL,
		"WithAttemptTimeout": "-timeout",
	}
	if fault, is := errors.AsType[*api.ArgumentError](err); is && names[fault.Argument] != "" {
		return fmt.Errorf("%s %s", names[fault.Argument], fault.Reason)
	}
	return err
}

// examine makes the checks whose turn comes. Those that an earlier fault makes
// pointless are skipped.
func (d *doctor) examine(ctx context.Context) {
	d.checkConnection(ctx)
	d.checkKey(ctx)
	d.checkAccess(ctx)
	mentor := d.checkReading(ctx)
	d.checkWriting(ctx, mentor)
	d.checkPaging(ctx)
	if ctx.Err() != nil {
		d.add(failed, "examination", 0, diagnosis{Found: "interrupted", Meaning: "Not everything was checked.", Advice: "Run it again."})
	}
}

func (d *doctor) add(s status, check string, took time.Duration, found diagnosis) {
	d.report.Findings = append(d.report.Findings, finding{Check: check, Status: s, Took: milliseconds(took), diagnosis: found.without(d.apiKey)})
}

// fail adds what an error means, and stops where nothing more may be asked.
func (d *doctor) fail(check string, took time.Duration, err error, response *client.Response) {
	response.Body = redact(response.Body, d.apiKey) // before any of it is cut short
	d.add(failed, check, took, explain(err, response))
	if errors.Is(err, client.ErrRateLimited) {
		d.stopped = "the service asked to wait"
	}
}

// notTried begins why a check was skipped that an earlier fault makes pointless.
const notTried = "not tried: "

func (d *doctor) skip(check, why string) {
	d.add(skipped, check, 0, diagnosis{Found: why})
}

// skipAll skips the checks if they make no sense any more, and tells whether.
func (d *doctor) skipAll(ctx context.Context, checks ...string) bool {
	if ctx.Err() != nil {
		d.stopped = "interrupted"
	}
	if d.stopped == "" {
		return false
	}
	for _, check := range checks {
		d.skip(check, notTried+d.stopped)
	}
	return true
}
