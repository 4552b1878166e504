package client

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/iblai/iblai-go/client/api"
)

// Request describes a call of an endpoint that the SDK has no method for.
type Request struct {
	// Method is the HTTP method.
	Method string
	// PathTemplate is the path below the base URL, with its parameters in
	// braces, as in /api/ai-mentor/orgs/{org}/users/{user_id}/things/{id}/. The
	// client fills in {org} and {user_id}.
	PathTemplate string
	// PathParams are the values of the path's other parameters.
	PathParams map[string]string
	// Query holds the query parameters.
	Query url.Values
	// Body is sent as JSON, unless it is nil. It must not hold an [api.Secret],
	// or an unknown field with the name of a secret: pass its text.
	Body any
}

// Do calls an endpoint that the SDK has no method for, with the same
// authentication, limits, retries and errors. Package encoding/json encodes the
// request's body and decodes the response into out, a pointer. A value that
// doesn't fit into out is a [DecodeError], and leaves the zero value in out. If
// out is nil, the response may have any body, or none.
func (c *Client) Do(ctx context.Context, r Request, out any, opts ...CallOption) error {
	if target := reflect.ValueOf(out); out != nil && (target.Kind() != reflect.Pointer || target.IsNil()) {
		return &api.ArgumentError{Argument: "out", Reason: "must be a pointer that is not nil"}
	}
	s, err := settingsFor(c, opts, CallOption.applyToCall)
	if err != nil {
		return err
	}
	if out != nil {
		out = standardJSON{out}
	}
	_, err = c.send(ctx, s, r.build, out)
	return err
}

func (r Request) build(org, userID string) (*request, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	built := newRequest(r.Method+" "+r.PathTemplate, r.Method, r.PathTemplate)
	for {
		_, rest, ok := strings.Cut(built.rest, "{")
		if !ok {
			break
		}
		name, _, _ := strings.Cut(rest, "}")
		value := r.PathParams[name]
		switch name {
		case "org":
			value = org
		case "user_id":
			value = userID
		}
		built.pathText(name, value)
	}
	built.query = []byte(r.Query.Encode())
	built.body = r.Body
	return built.finish()
}

func (r Request) check() error {
	refuse := func(field, reason string) error {
		return &api.ArgumentError{Argument: "Request." + field, Reason: reason}
	}
	if r.Method == "" || strings.ContainsFunc(r.Method, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return refuse("Method", fmt.Sprintf("is %q, but must be in capitals", r.Method))
	}
	path, err := url.PathUnescape(r.PathTemplate)
	if err != nil {
		return refuse("PathTemplate", "has an invalid percent-encoding")
	}
	segments := strings.Split(path, "/")
	switch {
	case !strings.HasPrefix(r.PathTemplate, "/"):
		return refuse("PathTemplate", "must begin with a slash")
	case strings.ContainsAny(r.PathTemplate, `?#\`):
		return refuse("PathTemplate", "must not have a query, a fragment or a backslash")
	case slices.Contains(segments, ".") || slices.Contains(segments, ".."):
		return refuse("PathTemplate", "must not have . or .. segments")
	case slices.Contains(segments[1:max(1, len(segments)-1)], ""):
		return refuse("PathTemplate", "has an empty segment")
	}
	for rest := r.PathTemplate; rest != ""; {
		before, after, _ := strings.Cut(rest, "{")
		name, end, closed := strings.Cut(after, "}")
		if strings.Contains(before, "}") || strings.Contains(rest, "{") && (!closed || name == "" || strings.ContainsAny(name, "{/")) {
			return refuse("PathTemplate", "has braces without a name")
		}
		rest = end
	}
	for name := range r.PathParams {
		if !strings.Contains(r.PathTemplate, "{"+name+"}") {
			return refuse("PathParams", fmt.Sprintf("has %q, which is not in the path", name))
		}
	}
	if holdsSecret(r.Body) {
		return refuse("Body", maskedReason)
	}
	return nil
}
