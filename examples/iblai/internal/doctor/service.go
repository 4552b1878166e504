package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/iblai/iblai-go/client"
)

// userPath is the path of the API's operations.
const userPath = "/api/ai-mentor/orgs/{org}/users/{user_id}"

// The paths of lists below userPath.
const (
	agentsPath  = "/periodic-agents/"
	logsPath    = "/periodic-agent-logs/"
	mentorsPath = "/"
)

// lists are the lists of the API. Every release has at least one of them.
var lists = []string{agentsPath, mentorsPath, logsPath}

// address returns the URL of a list below a base URL.
func (e *examination) address(base *url.URL, list string) string {
	path := strings.NewReplacer("{org}", url.PathEscape(e.Org), "{user_id}", url.PathEscape(e.Username)).Replace(userPath)
	return base.JoinPath(path, list).String()
}

// reportService reports the response to a request without a key.
func (e *examination) reportService(ctx context.Context, p *probe) {
	took := p.received.Sub(p.sent)
	switch r := p.response; {
	case isServiceRefusal(r):
		e.known.service, e.known.withoutKey = true, r
		e.add(OK, checkService, took, Diagnosis{Found: fmt.Sprintf("responds %d without a key%s", r.StatusCode, requiredScheme(r.Header))})
	case r.StatusCode == http.StatusOK && isList(r.Body):
		e.known.service = true
		e.add(Warning, checkService, took, Diagnosis{
			Found:   "responds 200 without a key",
			Meaning: "This is not a real deployment. The documentation's mock server responds this way.",
			Advice:  "Check " + client.EnvBaseURL + ", unless you want to use the mock server.",
		})
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		e.add(Warning, checkService, took, Diagnosis{
			Found:   fmt.Sprintf("%d %s: %s", r.StatusCode, http.StatusText(r.StatusCode), summarize(r.Body)),
			Meaning: "A proxy in front of the service rejects requests without a key.",
			Advice:  "If the key is accepted below, do nothing. Otherwise ask the service's operators what their proxy requires.",
		})
	default:
		e.findService(ctx, p)
	}
}

// findService searches for the service after the response of another program.
// It tries the other lists below the base URL, then the base URL without a
// prefix and with the prefix of the gateway.
func (e *examination) findService(ctx context.Context, p *probe) {
	r, took := p.response, p.received.Sub(p.sent)
	switch {
	case r.StatusCode == http.StatusTooManyRequests:
		e.stopped = "the service limits the rate of requests"
	case r.StatusCode >= 500:
		e.stopped = "the service does not work"
	}
	if e.stopped != "" {
		e.add(Failed, checkService, took, e.explainStatus(r))
		return
	}
	base := e.client.BaseURL()
	for _, list := range lists[1:] {
		if e.respondsLikeService(ctx, base, list) {
			e.known.service, e.list = true, list
			e.known.missing[agentsPath] = true
			e.add(Failed, checkService, took, Diagnosis{
				Found:   fmt.Sprintf("responds at %s, but not at %s: %d %s", list, agentsPath, r.StatusCode, summarize(r.Body)),
				Meaning: "The service has no periodic agents, or a proxy does not forward that path.",
				Advice:  "Ask the service's operators for the release, and for the paths that their proxy forwards.",
			})
			return
		}
	}
	found := e.explainStatus(r)
	if r.StatusCode < 300 {
		found = e.explainNotJSON(r)
	}
	for _, prefix := range []string{"", "/dm"} {
		candidate := &url.URL{Scheme: base.Scheme, Host: base.Host, Path: prefix}
		if candidate.Path != base.Path && e.respondsLikeService(ctx, candidate, agentsPath) {
			found.Advice = "Set " + client.EnvBaseURL + " to " + candidate.String() + ", where the service responds."
			break
		}
	}
	e.stopped = "another program responds instead of the service"
	e.add(Failed, checkService, took, found)
}

func (e *examination) respondsLikeService(ctx context.Context, base *url.URL, list string) bool {
	p := e.probe(ctx, e.address(base, list))
	return p.response != nil && isServiceRefusal(p.response)
}

// requiredScheme returns the authentication scheme that the service requires.
func requiredScheme(header http.Header) string {
	if scheme := header.Get("WWW-Authenticate"); scheme != "" {
		return fmt.Sprintf(", and requires the authentication scheme %q", shorten(scheme))
	}
	return ""
}
