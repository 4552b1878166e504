package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain is the program itself where a test asks for it.
func TestMain(m *testing.M) {
	if root := os.Getenv("TEST_GENERATE_ROOT"); root != "" {
		os.Args = []string{"generate", root}
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// edit is a change to a text, which must be possible in one place.
type edit struct{ before, after string }

func (e edit) apply(t *testing.T, text string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(text, e.before), "%q", e.before)
	return strings.Replace(text, e.before, e.after, 1)
}

const (
	postTarget = "  - target: $.paths['/orgs/{org}/things/{id}/'].post\n    update: { operationId: ThingCreate }\n"
	postBody   = "requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/ThingRequest' } } } }"
	readText   = "        text: { type: string }\n"
	written    = "        o_text: { type: string }\n"
	listText   = "{ name: text, in: query, description: A text., schema: { type: string } }"
	firstMark  = "actions:\n"
)

// mark adds an action to the overlay.
func mark(target, update string) edit {
	return edit{firstMark, firstMark + "  - target: " + target + "\n    update: { " + update + " }\n"}
}

// Tests that generate are not parallel: oapi-codegen has a state of its own.
func TestRefusals(t *testing.T) {
	same := edit{firstMark, firstMark} // of the overlay
	none := edit{"openapi: 3.0.3\n", "openapi: 3.0.3\n"}
	read := func(property string) edit { return edit{readText, readText + "        " + property + "\n"} }
	write := func(property string) edit { return edit{written, written + "        " + property + "\n"} }
	filter := func(parameter string) edit { return edit{listText, "{ " + parameter + " }"} }
	for name, test := range map[string]struct {
		contract, overlay edit
		place, advice     string
	}{
		"OpenAPI 3.1":                         {edit{"openapi: 3.0.3", "openapi: 3.1.0"}, same, "openapi.yaml", "must be 3.0"},
		"a release beside a $ref":             {read("other: { $ref: '#/components/schemas/Inner', x-since: '2' }"), same, "components.schemas.Thing.other", "into an allOf"},
		"a release without quotes":            {read("other: { type: string, x-until: 4.90 }"), same, "components.schemas.Thing.other", "its release 4.9 must be in quotes"},
		"a mark for nothing":                  {none, mark("$.paths['/nowhere/'].get", "operationId: Nowhere"), "overlay.yaml", "/nowhere/"},
		"a mark that does nothing":            {none, mark("$.components.schemas.Inner", "type: object"), "overlay.yaml", "does nothing"},
		"a misspelled mark of an operation":   {none, mark("$.paths['/orgs/{org}/things/{id}/'].get", "x-methods: X"), "GET /orgs/{org}/things/{id}/", "x-methods"},
		"a misspelled mark of a parameter":    {none, mark("$.paths.*.*.parameters[?@.name == 'text']", "x-secret: false"), "GET /orgs/{org}/things/{id}/, parameter text", "x-secret"},
		"a misspelled mark of a schema":       {none, mark("$.components.schemas.Inner", "x-read-like: Thing"), "components.schemas.Inner", "x-read-like"},
		"a misspelled mark of a property":     {none, mark("$.components.schemas.Inner.properties.name", "x-gotype: Thing"), "components.schemas.Inner.name", "x-gotype"},
		"an operation without an id":          {edit{"      operationId: things_create\n", ""}, same, "POST /orgs/{org}/things/{id}/", "no operationId"},
		"an operation without a Go name":      {none, edit{postTarget, ""}, "POST /orgs/{org}/things/{id}/", "overlay.yaml, set operationId"},
		"an operation with a bad name":        {none, edit{"operationId: ThingCreate", "operationId: thing-create"}, "POST /orgs/{org}/things/{id}/", "no exported Go name"},
		"two operations with one name":        {none, edit{"operationId: ThingCreate", "operationId: ThingDelete"}, "POST /orgs/{org}/things/{id}/", "is that of DELETE /orgs/{org}/things/{id}/"},
		"filters without their method":        {none, edit{", x-method: ThingsService.List", ""}, "GET /orgs/{org}/things/{id}/", "set x-method"},
		"a body of another type":              {edit{postBody, strings.Replace(postBody, "application/json", "multipart/form-data", 1)}, same, "POST /orgs/{org}/things/{id}/, requestBody", "only application/json"},
		"a body of two types":                 {edit{postBody, "requestBody: { content: { application/json: { schema: {} }, text/plain: { schema: {} } } }"}, same, "POST /orgs/{org}/things/{id}/, requestBody", "application/json, text/plain"},
		"a body without a name":               {edit{postBody, "requestBody: { content: { application/json: { schema: { type: object, properties: { a: { type: string } } } } } }"}, same, "POST /orgs/{org}/things/{id}/, requestBody", "must be a $ref"},
		"a body that is no object":            {edit{postBody, "requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/ColourEnum' } } } }"}, same, "POST /orgs/{org}/things/{id}/, requestBody", "must be a $ref to an object"},
		"a body that is read":                 {edit{postBody, strings.Replace(postBody, "ThingRequest", "Thing", 1)}, same, "components.schemas.Thing", "both read and written"},
		"a part of a body that is read":       {write("inner: { $ref: '#/components/schemas/Inner' }"), same, "components.schemas.Inner", "both read and written"},
		"more than texts read and written":    {edit{"minute: { type: string }", "minute: { type: integer }"}, same, "components.schemas.Schedule.minute", "an integer"},
		"null in what is read and written":    {edit{"minute: { type: string }", "minute: { type: string, nullable: true }"}, same, "components.schemas.Schedule.minute", "make a schema for each"},
		"a read-only field in a body":         {write("id: { type: integer, readOnly: true }"), same, "components.schemas.ThingRequest.id", "read-only"},
		"a date in a body":                    {write("day: { type: string, format: date }"), same, "components.schemas.ThingRequest.day", "a date"},
		"an object in a body without a name":  {write("inner: { type: object, properties: { a: { type: string } } }"), same, "components.schemas.ThingRequest.inner", "a schema of its own"},
		"objects in a body without a name":    {write("inner: { type: array, items: { type: object, properties: { a: { type: string } } } }"), same, "components.schemas.ThingRequest.inner", "a schema of their own"},
		"null for an enumeration of no name":  {write("order: { type: string, enum: [up], nullable: true }"), same, "components.schemas.ThingRequest.order", "a schema of its own"},
		"a type that no encoder knows":        {write("at: { type: string }"), mark("$.components.schemas.ThingRequest.properties.at", "x-go-type: Time"), "ThingRequest.At", "add it to (*encoders).write"},
		"secrets in a map in a body":          {write("map: { type: object, additionalProperties: { type: string, x-go-type: api.Secret } }"), same, "ThingRequest.Map", "can't write"},
		"a pointer that would be null":        {write("at: { type: string }"), mark("$.components.schemas.ThingRequest.properties.at", "x-omitempty: false"), "ThingRequest.At", "null"},
		"a field of an unknown format":        {read("file: { type: string, format: binary }"), same, "components.schemas.Thing.file", "no branch"},
		"a field of several schemas":          {read("both: { allOf: [{ $ref: '#/components/schemas/Inner' }, { $ref: '#/components/schemas/Schedule' }] }"), same, "components.schemas.Thing.both", "no branch"},
		"a field that is a union":             {read("fault: { $ref: '#/components/schemas/Fault' }"), same, "components.schemas.Thing.fault", "a union"},
		"a list of lists":                     {read("lists: { type: array, items: { type: array, items: { type: string } } }"), same, "components.schemas.Thing.lists", "a list"},
		"a field without a type's name":       {read("inner2: { type: object, properties: { a: { type: string } } }"), same, "Thing.Inner2", "a schema of its own"},
		"a type of another module":            {none, mark("$.components.schemas.Thing.properties.text", "x-go-type: openapi_types.Date"), "Thing.Text", "openapi_types.Date"},
		"a type that nothing declares":        {none, mark("$.components.schemas.Thing.properties.text", "x-go-type: Strange"), "Thing.Text", "nothing declares"},
		"properties beside others":            {edit{"      description: A thing, as it is read.\n", "      additionalProperties: true\n"}, same, "components.schemas.Thing", "additionalProperties"},
		"deprecated without a reason":         {none, edit{"x-deprecated-reason: there is a new one.", "x-go-name: Older"}, "components.schemas.Thing.old", "x-deprecated-reason"},
		"required by nothing":                 {none, edit{"x-required-any: [id]", "x-required-any: [text]"}, "components.schemas.Thing", "not among its required properties"},
		"required of some releases":           {edit{"id: { type: integer, readOnly: true }", "id: { type: integer, x-since: '4' }"}, same, "components.schemas.Thing", "some releases leave out"},
		"bare without a property":             {none, edit{"x-bare: [name]", "x-bare: [id]"}, "components.schemas.Inner", "not among its properties"},
		"bare of another type":                {edit{"        name: { type: string }\n", "        name: { type: boolean }\n"}, same, "", "only texts and integers can be bare"},
		"read as nothing":                     {none, edit{"x-read-as: Thing", "x-read-as: Strange"}, "components.schemas.ThingCreated", "x-read-as"},
		"a body that is read as another":      {none, mark("$.components.schemas.InnerRequest", "x-read-as: Thing"), "components.schemas.InnerRequest", "not written"},
		"a secret that is read":               {read("password: { type: string }"), same, "components.schemas.Thing.password", "set x-go-type to api.Secret"},
		"a secret that is written":            {write("webhook_secret: { type: string }"), same, "components.schemas.ThingRequest.webhook_secret", "set x-go-type to api.Secret"},
		"secrets in a list":                   {read("accessKeys: { type: array, items: { type: string } }"), same, "components.schemas.Thing.accessKeys", "looks like a secret"},
		"headers":                             {read("requestHeaders: {}"), same, "components.schemas.Thing.requestHeaders", "looks like a secret"},
		"a secret in a schema that is shared": {edit{"minute: { type: string }", "token: { type: string }"}, same, "components.schemas.Schedule.token", "looks like a secret"},
		"a secret in an address":              {filter("name: api_token, in: query, schema: { type: string }"), same, "GET /orgs/{org}/things/{id}/, parameter api_token", "must not be in an address"},
		"a header":                            {filter("name: X-Trace, in: header, schema: { type: string }"), same, "GET /orgs/{org}/things/{id}/, parameter X-Trace", "in header"},
		"a parameter without a schema":        {filter("name: filter, in: query, content: { application/json: { schema: {} } }"), same, "GET /orgs/{org}/things/{id}/, parameter filter", "no schema"},
		"an object in a query":                {filter("name: filter, in: query, schema: { type: object, properties: { a: { type: string } } }"), same, "GET /orgs/{org}/things/{id}/, parameter filter", "an object"},
		"an unknown format in a query":        {filter("name: filter, in: query, schema: { type: string, format: byte }"), same, "GET /orgs/{org}/things/{id}/, parameter filter", "unknown"},
		"any JSON in a query":                 {filter("name: filter, in: query, schema: { anyOf: [{ type: string }, { type: integer }] }"), same, "GET /orgs/{org}/things/{id}/, parameter filter", "any JSON"},
		"dates in a list":                     {filter("name: days, in: query, schema: { type: array, items: { type: string, format: date } }"), same, "GET /orgs/{org}/things/{id}/, parameter days", "its items are a date"},
		"another style":                       {filter("name: ids, in: query, style: pipeDelimited, schema: { type: array, items: { type: integer } }"), same, "GET /orgs/{org}/things/{id}/, parameter ids", "pipeDelimited"},
		"a filter that is required":           {filter("name: day, in: query, required: true, schema: { type: string }"), same, "GET /orgs/{org}/things/{id}/, parameter day", "x-params-as-arguments"},
		"a boolean argument":                  {edit{"{ name: number, in: query, schema: { type: integer } }\n      responses: { '204'", "{ name: number, in: query, schema: { type: boolean } }\n      responses: { '204'"}, same, "DELETE /orgs/{org}/things/{id}/, parameter number", "a boolean"},
		"an argument that hides another":      {edit{"{ name: number, in: query, schema: { type: integer } }\n      responses: { '204'", "{ name: body, in: query, schema: { type: integer } }\n      responses: { '204'"}, same, "DELETE /orgs/{org}/things/{id}/, parameter body", "taken"},
		"a date in a path":                    {edit{"{ name: id, in: path, required: true, schema: { type: integer } }", "{ name: id, in: path, required: true, schema: { type: string, format: date } }"}, same, "GET /orgs/{org}/things/{id}/, parameter id", "a date"},
	} {
		t.Run(name, func(t *testing.T) {
			contract := test.contract.apply(t, readFile(t, "testdata/small/openapi.yaml"))
			overlay := test.overlay.apply(t, readFile(t, "testdata/small/overlay.yaml"))
			root := newRoot(t, contract, overlay)
			err := generate(root)
			require.ErrorContains(t, err, test.place)
			line := ""
			for each := range strings.SplitSeq(err.Error(), "\n") {
				if strings.Contains(each, test.place) && strings.Contains(each, test.advice) {
					line = each
				}
			}
			assert.NotEmpty(t, line, "%s: %s in %v", test.place, test.advice, err)
			written, err := filepath.Glob(root + "/client/*")
			require.NoError(t, err)
			assert.Empty(t, written, "nothing is written")
		})
	}
}

func TestAllRefusalsAreReportedAtOnce(t *testing.T) {
	contract := readFile(t, "testdata/small/openapi.yaml")
	root := newRoot(t, edit{readText, readText + "        password: { type: string }\n"}.apply(t, contract), edit{postTarget, ""}.apply(t, readFile(t, "testdata/small/overlay.yaml")))
	err := generate(root)
	require.Error(t, err)
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 2)
	assert.True(t, strings.HasPrefix(lines[0], "POST "), lines[0])
	assert.True(t, strings.HasPrefix(lines[1], "components."), lines[1])
}

// A refusal is an exit status that stops go generate.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	contract, overlay := readFile(t, "testdata/small/openapi.yaml"), readFile(t, "testdata/small/overlay.yaml")
	run := func(root string) (string, error) {
		command := exec.CommandContext(t.Context(), program)
		command.Env = append(os.Environ(), "TEST_GENERATE_ROOT="+root)
		output, err := command.CombinedOutput()
		return string(output), err
	}
	output, err := run(newRoot(t, contract, overlay))
	require.NoError(t, err, output)
	output, err = run(newRoot(t, contract, edit{postTarget, ""}.apply(t, overlay)))
	failure := &exec.ExitError{}
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, 1, failure.ExitCode())
	assert.Contains(t, output, "generate: POST /orgs/{org}/things/{id}/: ")
}

func TestUnknownSettingIsRefused(t *testing.T) {
	root := newRoot(t, readFile(t, "testdata/small/openapi.yaml"), readFile(t, "testdata/small/overlay.yaml"))
	name := root + "/internal/codegen/config.yaml"
	writeFile(t, name, readFile(t, name)+"output-option: {}\n")
	require.ErrorContains(t, generate(root), "output-option")
}
