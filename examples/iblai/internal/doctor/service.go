package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/iblai/iblai-go/client"
)

// userPath is where the API's operations stand.
const userPath = "/api/ai-mentor/orgs/{org}/users/{user_id}"

// address is where the user's mentors are listed, if base is the API's.
func (d *doctor) address(base *url.URL) string {
	path := strings.NewReplacer("{org}", url.PathEscape(d.report.Org), "{user_id}", url.PathEscape(d.report.Username)).Replace(userPath)
	return base.JoinPath(path, "/").String()
}

// foundService judges who has answered the request without a key.
func (d *doctor) foundService(ctx context.Context, p *probe) {
	took := p.answered.Sub(p.sent)
	switch r := p.response; {
	case speaksAPI(r):
		d.add(ok, checkService, took, diagnosis{Found: fmt.Sprintf("answers %d without a key%s", r.StatusCode, wanted(r.Header))})
	case r.StatusCode == http.StatusOK && isList(r.Body):
		d.add(warning, checkService, took, diagnosis{
			Found:   "answers 200 without a key",
			Meaning: "This is no real deployment: the documentation's mock server does so.",
			Advice:  "Check " + client.EnvBaseURL + ", unless it is meant to be the mock server's.",
		})
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		d.add(warning, checkService, took, diagnosis{
			Found:   fmt.Sprintf("%d %s: %s", r.StatusCode, http.StatusText(r.StatusCode), says(r.Body)),
			Meaning: "It is not the service that refuses a request without a key, but something in front of it.",
			Advice:  "If the key is accepted below, nothing. Otherwise ask the service's operators what else it takes.",
		})
	default:
		d.foundStranger(ctx, p)
	}
}

// foundStranger ends the examination: the key is for the service only.
func (d *doctor) foundStranger(ctx context.Context, p *probe) {
	r := p.response
	found := explainStatus(r)
	d.stopped = "it is not the service that answers"
	switch {
	case r.StatusCode == http.StatusTooManyRequests:
		d.stopped = "the service asked to wait"
	case r.StatusCode >= 500:
		d.stopped = "the service is not well"
	default:
		if r.StatusCode < 300 {
			found = explainNotJSON(r)
		}
		if base := d.findService(ctx); base != "" {
			found.Advice = "Set " + client.EnvBaseURL + " to " + base + ", where the service answers."
		}
	}
	d.add(failed, checkService, p.answered.Sub(p.sent), found)
}

// findService looks for the service at the usual prefixes of the same server:
// none, and the gateway's.
func (d *doctor) findService(ctx context.Context) string {
	base := d.client.BaseURL()
	for _, prefix := range []string{"", "/dm"} {
		candidate := &url.URL{Scheme: base.Scheme, Host: base.Host, Path: prefix}
		if candidate.Path == base.Path {
			continue
		}
		if p := d.probe(ctx, d.address(candidate)); p.response != nil && speaksAPI(p.response) {
			return candidate.String()
		}
	}
	return ""
}

// speaksAPI reports whether a request without a key was answered as the service
// does.
func speaksAPI(r *client.Response) bool {
	return isFromService(r.Body) && r.StatusCode >= 400 && r.StatusCode < 500 && r.StatusCode != http.StatusTooManyRequests
}

// isList reports whether a body is a page of a list, or a list.
func isList(body []byte) bool {
	var page struct {
		Results *[]json.RawMessage `json:"results"`
	}
	if json.Unmarshal(body, &page) == nil {
		return page.Results != nil
	}
	return json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("["))
}

// wanted is the word that the service wants before the key.
func wanted(header http.Header) string {
	if word := header.Get("WWW-Authenticate"); word != "" {
		return fmt.Sprintf(", and wants one after the word %q", shorten(word))
	}
	return ""
}
