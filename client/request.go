package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/iblai/iblai-go/client/api"
	"github.com/oapi-codegen/runtime"
)

// Operation identifies an operation of the API, for errors, logs, metrics and
// traces. It has no id, org or user in it, so its cardinality is low.
type Operation struct {
	// ID is the operationId in the service's OpenAPI document. For a call with
	// [Client.Do] it is the method and the path template.
	ID string
	// Method is the HTTP method.
	Method string
	// PathTemplate is the path with its parameters' names, as in
	// /api/ai-mentor/orgs/{org}/users/{user_id}/periodic-agents/{id}/.
	PathTemplate string
}

func (o Operation) attrs() []slog.Attr {
	return []slog.Attr{
		slog.String("operation", o.ID),
		slog.String("method", o.Method),
		slog.String("path", o.PathTemplate),
	}
}

// request is a call before it is signed in: the generated builders make it and
// transport.go sends it. Its first fault is kept until finish.
type request struct {
	Operation

	rest  string          // of the path template, not expanded yet
	path  strings.Builder // escaped
	query []byte          // escaped
	body  any             // nil for none
	err   error

	secrets []string // in the body, once it is written
}

func newRequest(operationID, method, pathTemplate string) *request {
	r := &request{
		Operation: Operation{ID: operationID, Method: method, PathTemplate: pathTemplate},
		rest:      pathTemplate,
	}
	r.path.Grow(len(pathTemplate) + 32)
	return r
}

// pathText expands the path template up to and with {name}.
func (r *request) pathText(name, value string) {
	if r.err == nil {
		r.err = checkPathText(name, value)
	}
	r.expand(name, url.PathEscape(value))
}

// pathID expands the path template up to and with {name}. Ids start at 1.
func (r *request) pathID(name string, id int64) { //nolint:unparam // the contract says the name
	if r.err == nil && id < 1 {
		r.err = &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %d, but ids start at 1", id)}
	}
	r.expand(name, strconv.FormatInt(id, 10))
}

// expand takes the template's next parameter, which must have this name.
func (r *request) expand(name, escaped string) {
	before, rest, _ := strings.Cut(r.rest, "{")
	found, after, _ := strings.Cut(rest, "}")
	if found != name && r.err == nil {
		r.err = &api.ArgumentError{Argument: name, Reason: "is not the path's next parameter"}
	}
	r.path.WriteString(before)
	r.path.WriteString(escaped)
	r.rest = after
}

// checkPathText refuses what would make a path mean another object: an empty or
// dotted segment, or one with a slash, would climb or address a collection.
func checkPathText(name, value string) error {
	switch {
	case value == "":
		return &api.ArgumentError{Argument: name, Reason: "is empty"}
	case value == "." || value == "..":
		return &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %q, which would change the path", value)}
	case strings.Contains(value, "/") || strings.Contains(value, `\`):
		return &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %q, and a slash would change the path", value)}
	}
	return nil
}

// queryParam adds a parameter to the query.
func (r *request) queryParam(name string, value any, style string, explode bool, schemaType, format string) { //nolint:unparam // the contract says the style
	if r.err != nil {
		return
	}
	if v, ok := value.(int64); ok && v < 0 {
		r.err = &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %d, which is below 0", v)}
		return
	}
	fragment, err := runtime.StyleParamWithOptions(style, explode, name, value, runtime.StyleParamOptions{
		ParamLocation: runtime.ParamLocationQuery, Type: schemaType, Format: format,
	})
	if err != nil {
		r.err = &api.ArgumentError{Argument: name, Reason: "can't be written into a query", Err: err}
		return
	}
	r.addQuery(fragment)
}

func (r *request) addQuery(fragment string) {
	if len(r.query) > 0 {
		r.query = append(r.query, '&')
	}
	r.query = append(r.query, fragment...)
}

// setQuery sets parameters in the place of those with the same names.
func (r *request) setQuery(values url.Values) error {
	if len(values) == 0 {
		return nil
	}
	query, err := url.ParseQuery(string(r.query))
	if err != nil {
		return &api.ArgumentError{Argument: "query", Reason: "is not encoded as a query must be", Err: err}
	}
	maps.Copy(query, values)
	r.query = []byte(query.Encode())
	return nil
}

// finish ends the path, and returns the first fault.
func (r *request) finish() (*request, error) {
	if r.err != nil {
		return nil, r.err
	}
	if body := reflect.ValueOf(r.body); body.Kind() == reflect.Pointer && body.IsNil() {
		return nil, &api.ArgumentError{Argument: "body", Reason: "is nil"}
	}
	r.path.WriteString(r.rest)
	r.rest = ""
	return r, nil
}

// url is the address of r below base, which has its path in RawPath too, as
// parseBaseURL makes it.
func (r *request) url(base *url.URL) (url.URL, error) {
	escaped := base.RawPath + r.path.String()
	path, err := escaped, error(nil)
	if strings.Contains(escaped, "%") {
		path, err = url.PathUnescape(escaped)
	}
	if err != nil {
		return url.URL{}, &api.ArgumentError{Argument: "path", Reason: "is not escaped as a path must be", Err: err}
	}
	return url.URL{Scheme: base.Scheme, Host: base.Host, Path: path, RawPath: escaped, RawQuery: string(r.query)}, nil
}

// encodeBody writes the body as JSON, with extra fields beside or instead of
// its own. It is nil where there is no body.
func (r *request) encodeBody(extra map[string]any) ([]byte, error) {
	if r.body == nil {
		return nil, nil
	}
	var out bytes.Buffer
	if body, ok := r.body.(encodable); ok {
		var e encoder
		if body.encode(&e); e.err != nil {
			return nil, &api.ArgumentError{Argument: "body", Reason: "can't be written as JSON", Err: e.err}
		}
		out, r.secrets = e.out, e.secrets
	} else if err := writeJSON(&out, r.body); err != nil {
		return nil, &api.ArgumentError{Argument: "body", Reason: "can't be written as JSON", Err: err}
	}
	if len(extra) == 0 {
		return out.Bytes(), nil
	}
	merged, err := mergeFields(out.Bytes(), extra)
	if err != nil {
		return nil, &api.ArgumentError{Argument: "body", Reason: "can't be written as a JSON object", Err: err}
	}
	return merged, nil
}

// mergeFields writes the fields of a body that is written already, with those
// in extra beside or instead of them.
func mergeFields(body []byte, extra map[string]any) ([]byte, error) {
	fields := map[string]any{}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	maps.Copy(fields, extra)
	var out bytes.Buffer
	err := writeJSON(&out, fields)
	return out.Bytes(), err
}
