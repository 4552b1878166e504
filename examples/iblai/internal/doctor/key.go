package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
)

const checkKey = "key"

// platformKey is the form of the platform's API keys.
var platformKey = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// schemes are the authentication schemes used in documentation and scripts. The
// first one is the SDK's default. The empty scheme means the key alone.
var schemes = []string{client.DefaultAuthScheme, "Token", "Bearer", "Api-Key", ""}

// checkKey finds an authentication scheme with which the service accepts the
// key.
func (e *examination) checkKey(ctx context.Context) {
	if e.skipAll(ctx, checkKey) {
		return
	}
	var refusal error
	var refused client.Response
	begin := time.Now()
	for _, scheme := range schemes {
		c, err := e.newClient(client.WithAuthScheme(scheme))
		if err != nil {
			e.stopped = "the settings are invalid"
			e.add(Failed, checkKey, 0, Diagnosis{Found: err.Error()})
			return
		}
		e.client = c
		p := e.page(ctx, e.list, 1)
		if !errors.Is(p.err, client.ErrUnauthorized) {
			e.reportScheme(scheme, time.Since(begin), p)
			return
		}
		if scheme == client.DefaultAuthScheme {
			refusal, refused = p.err, p.response // the service explains its own scheme best
		}
	}
	e.reportRefusal(time.Since(begin), refusal, &refused)
}

// reportScheme reports a response other than 401. Only a response of the
// service itself, other than its response without a key, proves that the key is
// accepted.
func (e *examination) reportScheme(scheme string, took time.Duration, p page) {
	if p.err != nil && !isServiceRefusal(&p.response) {
		e.fail(checkKey, took, p.err, &p.response)
		if e.stopped == "" {
			e.stopped = "the key could not be checked"
		}
		return
	}
	if plain := e.known.withoutKey; p.err != nil && plain != nil && plain.StatusCode == p.response.StatusCode && bytes.Equal(plain.Body, p.response.Body) {
		e.add(Failed, checkKey, took, Diagnosis{
			Found:   fmt.Sprintf("%d %s: %s, as without a key", p.response.StatusCode, http.StatusText(p.response.StatusCode), summarize(p.response.Body)),
			Meaning: "The response does not depend on the key, so it does not show whether the key is accepted.",
			Advice:  "Check " + client.EnvBaseURL + ". If it is right, ask the service's operators whether they serve periodic agents there.",
		})
		e.stopped = "the key could not be checked"
		return
	}
	e.known.service, e.known.key = true, true
	found := Diagnosis{Found: fmt.Sprintf("accepted with the authentication scheme %q", scheme)}
	if scheme == client.DefaultAuthScheme {
		e.add(OK, checkKey, took, found)
		return
	}
	if scheme == "" {
		found.Found = "accepted without an authentication scheme"
	}
	found.Meaning = fmt.Sprintf("This deployment rejects the SDK's default scheme, %q.", client.DefaultAuthScheme)
	found.Advice = fmt.Sprintf("Pass client.WithAuthScheme(%q) to client.New.", scheme)
	e.add(Warning, checkKey, took, found)
}

// reportRefusal reports that the key is rejected with every scheme.
func (e *examination) reportRefusal(took time.Duration, err error, response *client.Response) {
	found := e.explain(err, response)
	found.Details = append(found.Details, "Tried the authentication schemes "+strings.Join(schemes[:len(schemes)-1], ", ")+", and none.")
	if !platformKey.MatchString(e.APIKey) {
		found.Meaning += " Platform keys have 64 hexadecimal digits; this key does not."
	}
	e.add(Failed, checkKey, took, found)
	e.stopped = "the key is refused"
}
