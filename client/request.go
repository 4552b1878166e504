package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/oapi-codegen/runtime"

	"github.com/iblai/iblai-go/client/api"
)

// Operation identifies an operation of the API, for errors, logs, metrics and
// traces. It holds no id, org or user, so its cardinality is low.
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

// request is an operation's request. The generated builders make it, and
// transport.go sends it. finish returns its first error.
type request struct {
	Operation

	rest  string          // of the path template, not expanded yet
	path  strings.Builder // escaped
	query []byte          // escaped
	body  any             // or nil
	err   error

	secrets []string // of the encoded body
}

func newRequest(operationID, method, pathTemplate string) *request {
	r := &request{
		Operation: Operation{ID: operationID, Method: method, PathTemplate: pathTemplate},
		rest:      pathTemplate,
	}
	r.path.Grow(len(pathTemplate) + 32) // the row of the small call in internal/benchmark needs it
	return r
}

// pathText expands the path template up to and including {name}.
func (r *request) pathText(name, value string) {
	if r.err == nil {
		r.err = checkPathText(name, value)
	}
	r.expand(name, url.PathEscape(value))
}

// pathID expands the path template up to and including {name}. Ids start at 1.
func (r *request) pathID(name string, id int64) { //nolint:unparam // the contract says the name
	if r.err == nil && id < 1 {
		r.err = &api.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %d, but ids start at 1", id)}
	}
	r.expand(name, strconv.FormatInt(id, 10))
}

// expand replaces the template's next parameter, which must have this name.
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

// checkPathText refuses values with which a path would address another object: an
// empty segment, a dot segment, or one with a slash.
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
		r.err = &api.ArgumentError{Argument: name, Reason: "can't be encoded in a query", Err: err}
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

// setQuery sets parameters, and replaces those with the same names.
func (r *request) setQuery(values url.Values) error {
	if len(values) == 0 {
		return nil
	}
	query, err := url.ParseQuery(string(r.query))
	if err != nil {
		return &api.ArgumentError{Argument: "query", Reason: "has an invalid percent-encoding", Err: err}
	}
	maps.Copy(query, values)
	r.query = []byte(query.Encode())
	return nil
}

// finish completes the path, and returns the first error.
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

// url returns the address of r below base, whose RawPath is set as parseBaseURL
// sets it.
func (r *request) url(base *url.URL) (url.URL, error) {
	escaped := base.RawPath + r.path.String()
	path, err := escaped, error(nil)
	if strings.Contains(escaped, "%") {
		path, err = url.PathUnescape(escaped)
	}
	if err != nil {
		return url.URL{}, &api.ArgumentError{Argument: "path", Reason: "has an invalid percent-encoding", Err: err}
	}
	return url.URL{Scheme: base.Scheme, Host: base.Host, Path: path, RawPath: escaped, RawQuery: string(r.query)}, nil
}

// encodeBody returns the body as JSON. Extra fields are added, and replace the
// body's own. It returns nil if there is no body.
func (r *request) encodeBody(extra map[string]any) ([]byte, error) {
	if r.body == nil {
		return nil, nil
	}
	if err := checkTexts(r.body, extra); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if body, ok := r.body.(encodable); ok {
		var e encoder
		if body.encode(&e); e.err != nil {
			return nil, &api.ArgumentError{Argument: "body", Reason: "can't be encoded as JSON", Err: e.err}
		}
		out, r.secrets = e.out, e.secrets
	} else if err := writeJSON(&out, r.body); err != nil {
		return nil, &api.ArgumentError{Argument: "body", Reason: "can't be encoded as JSON", Err: err}
	}
	encoded := out.Bytes()
	if len(extra) > 0 {
		var err error
		if encoded, err = mergeFields(encoded, extra); err != nil {
			return nil, &api.ArgumentError{Argument: "body", Reason: "can't be encoded as a JSON object", Err: err}
		}
	}
	if !utf8.Valid(encoded) {
		return nil, &api.ArgumentError{Argument: "body", Reason: "is not valid UTF-8"}
	}
	return encoded, nil
}

// mergeFields adds extra fields to an encoded body, and replaces those with the
// same names.
func mergeFields(body []byte, extra map[string]any) ([]byte, error) {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("it is null")
	}
	maps.Copy(fields, extra)
	var out bytes.Buffer
	err := writeJSON(&out, fields)
	return out.Bytes(), err
}
