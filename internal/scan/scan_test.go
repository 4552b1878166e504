package scan_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

// all has a field of every type.
type all struct {
	Text    string
	Integer int64
	Number  float64
	Truth   bool
	Raw     json.RawMessage
	Pointer *int64
	Texts   []string
	Inner   inner
	Inners  []inner
	Object  *inner
	Map     map[string]int64
	Unknown *api.Fields
}

type inner struct {
	ID      int64
	Unknown *api.Fields
}

func (a *all) decode(d *scan.Decoder) {
	for _, name := range d.Fields(&a.Unknown) {
		switch name {
		case "text":
			a.Text = d.String()
		case "integer":
			a.Integer = d.Int64()
		case "number":
			a.Number = d.Float64()
		case "truth":
			a.Truth = d.Bool()
		case "raw":
			a.Raw = d.Raw()
		case "pointer":
			a.Pointer = scan.Pointer(d, (*scan.Decoder).Int64)
		case "texts":
			a.Texts = scan.List(d, (*scan.Decoder).String)
		case "inner":
			a.Inner = inner{}
			a.Inner.decode(d)
		case "inners":
			a.Inners = scan.Objects(d, (*inner).decode)
		case "object":
			a.Object = scan.Object(d, (*inner).decode)
		case "map":
			a.Map = scan.Map(d, (*scan.Decoder).Int64)
		default:
			d.Keep()
		}
	}
}

func (i *inner) decode(d *scan.Decoder) {
	found := false
	for _, name := range d.Fields(&i.Unknown) {
		switch name {
		case "id":
			i.ID = d.Int64()
			found = d.Found()
		default:
			d.Keep()
		}
	}
	d.RequireFound(found, "id")
}

func decode(t *testing.T, body string) *all {
	t.Helper()
	var d scan.Decoder
	d.Reset([]byte(body))
	a := new(all)
	a.decode(&d)
	require.NoError(t, d.End(), body)
	return a
}

func unknown(fields *api.Fields) map[string]string {
	values := map[string]string{}
	for name, value := range fields.All() {
		values[name] = string(value)
	}
	return values
}

func fields(names ...any) *api.Fields {
	fields := &api.Fields{}
	for i := 0; i < len(names); i += 2 {
		fields.Set(names[i].(string), json.RawMessage(names[i+1].(string))) //nolint:forcetypeassert // in this file
	}
	return fields
}

func TestValuesAreConverted(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]all{
		`{"text": "a", "integer": 1, "number": 1.5, "truth": true}`:          {Text: "a", Integer: 1, Number: 1.5, Truth: true},
		`{"text": 1.50, "integer": "1", "number": " 1.5 ", "truth": "True"}`: {Text: "1.50", Integer: 1, Number: 1.5, Truth: true},
		`{"text": true, "integer": 1.0, "number": "-1e3", "truth": 1}`:       {Text: "true", Integer: 1, Number: -1000, Truth: true},
		`{"text": false, "integer": " -12.00 ", "number": -0, "truth": "0"}`: {Text: "false", Integer: -12, Number: math.Copysign(0, -1)},
		`{"integer": 1.2e1}`:                  {Integer: 12},
		`{"integer": 120e-1}`:                 {Integer: 12},
		`{"integer": 0e9}`:                    {},
		`{"integer": -9223372036854775808}`:   {Integer: math.MinInt64},
		`{"integer": 9223372036854775807.0}`:  {Integer: math.MaxInt64},
		`{"integer": 922337203685477580.7e1}`: {Integer: math.MaxInt64},
		`{"text": null, "integer": null, "number": null, "truth": null, "pointer": null}`:  {},
		`{"texts": null, "inner": null, "inners": null, "object": null, "map": null}`:      {},
		`{"text": "", "integer": "", "number": " ", "truth": "", "pointer": "", "map":""}`: {},
		`{"texts": "", "inner": "", "inners": "", "object": ""}`:                           {},
		`{"raw": null}`:               {},
		`{"raw": [1 ]}`:               {Raw: json.RawMessage("[1 ]")},
		`{"pointer": 0}`:              {Pointer: new(int64(0))},
		`{"texts": [], "inners": []}`: {Texts: []string{}, Inners: []inner{}},
		`{"texts": ["a", 1, null], "inners": [{"id": 1}, null]}`:      {Texts: []string{"a", "1", ""}, Inners: []inner{{ID: 1}, {}}},
		`{"inner": {"id": "1"}, "object": {}, "map": {"a": 1}}`:       {Inner: inner{ID: 1}, Object: &inner{}, Map: map[string]int64{"a": 1}},
		`{"inner": {"id": 1, "id": null, "x": {}}, "x": "\u00e9"}`:    {Inner: inner{Unknown: fields("x", "{}")}, Unknown: fields("x", `"\u00e9"`)},
		`{"inner": {"id": 1, "x": 1}, "inner": {}}`:                   {},
		`{"x": 1, "x": 2, "\u0074ext": "t", "": 0, "a\u0000\"": [0]}`: {Text: "t", Unknown: fields("x", "2", "", "0", "a\x00\"", "[0]")},
	} {
		assert.Equal(t, &want, decode(t, body), body)
	}
}

func TestValuesThatDoNotFitAreKept(t *testing.T) {
	t.Parallel()
	kept := map[string][]string{
		"text":    {`[]`, `{"a": 1}`, `NaN`},
		"integer": {`1.5`, `1e300`, `1e-1`, `1e99999999999999999999`, `9223372036854775808`, `-9223372036854775809`, `"1_0"`, `"0x10"`, `"NaN"`, `"text"`, `"1 2"`, `"e1"`, `"."`, `true`, `[]`, `{}`},
		"number":  {`1e400`, `"NaN"`, `"Infinity"`, `"text"`, `true`, `[]`},
		"truth":   {`2`, `"yes"`, `[]`, `{}`},
		"pointer": {`1.5`, `[]`},
		"texts":   {`"text"`, `{}`, `7`, `["a", {}]`, `[["a"]]`},
		"inner":   {`"text"`, `[]`, `7`, `true`},
		"inners":  {`"text"`, `{}`, `7`, `[7]`, `[{"id": 1}, "x"]`},
		"object":  {`"text"`, `[]`, `7`},
		"map":     {`"text"`, `[]`, `7`, `{"a": 1, "b": []}`},
	}
	for name, values := range kept {
		for _, value := range values {
			a := decode(t, fmt.Sprintf(`{"before": 1, %q: %s, "raw": 2}`, name, value))
			assert.Equal(t, map[string]string{"before": "1", name: strings.ReplaceAll(value, "NaN", map[bool]string{true: "null", false: "NaN"}[value == "NaN"])}, unknown(a.Unknown), value)
			assert.Equal(t, "2", string(a.Raw))
			a = decode(t, fmt.Sprintf(`{%q: %s, %q: null}`, name, value, name))
			assert.Equal(t, &all{}, a, "the last one counts")
		}
	}
	a := decode(t, `{"texts": ["a", {}, "b"], "inners": [{"id": 1}, 7], "map": {"a": 1, "b": []}}`)
	assert.Equal(t, []string{"a", "", "b"}, a.Texts, "the items that fit are there, too")
	assert.Equal(t, []inner{{ID: 1}, {}}, a.Inners)
	assert.Equal(t, map[string]int64{"a": 1}, a.Map)
}

func TestNonFiniteNumbersBecomeNull(t *testing.T) {
	t.Parallel()
	a := decode(t, `{"raw": {"a": NaN, "b": [-Infinity,Infinity , "NaN \" Infinity"]}, "number": NaN, "inners": [{"id": Infinity}, NaN], "text": "t"}`)
	assert.Equal(t, `{"a": null, "b": [null,null , "NaN \" Infinity"]}`, string(a.Raw))
	assert.Equal(t, map[string]string{"number": "null", "inners": `[{"id": null}, null]`}, unknown(a.Unknown))
	assert.Equal(t, "t", a.Text)
	for _, word := range []string{"nan", "NAN", "Nan", "-NaN", "+Infinity", "Inf", "-Inf", "Infini", "--Infinity", "NaNN", "undefined"} {
		for _, body := range []string{`{"raw": ` + word + `}`, `{"text": ` + word + `}`, `{"x": [` + word + `]}`, word} {
			var d scan.Decoder
			d.Reset([]byte(body))
			new(all).decode(&d)
			require.Error(t, d.End(), body)
		}
	}
}

// Depth costs the field that has it, and neither the others nor the stack.
func TestDepth(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for _, levels := range []int{9_999, 10_000, 3_000_000} {
		deep := nested(levels)
		a := decode(t, `{"raw": `+deep+`, "text": `+deep+`, "inner": {"id": 1}, "texts": [`+deep+`], "x": `+strings.Repeat(`{"":`, levels)+"1"+strings.Repeat("}", levels)+`}`)
		assert.Equal(t, levels < 10_000, a.Raw != nil, "%d levels below the object's", levels)
		assert.Equal(t, levels < 10_000, json.Valid(a.Raw))
		_, kept := a.Unknown.Get("text")
		assert.Equal(t, levels < 10_000, kept)
		_, kept = a.Unknown.Get("x")
		assert.Equal(t, levels < 10_000, kept)
		assert.EqualValues(t, 1, a.Inner.ID)
	}
	for _, body := range []string{strings.Repeat("[", 3_000_000), `{"x":` + strings.Repeat(`{"":`, 1_000_000), `{"x":` + nested(10_001)[1:]} {
		var d scan.Decoder
		d.Reset([]byte(body))
		new(all).decode(&d)
		require.Error(t, d.End())
	}
}

func TestErrorNamesThePlace(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                             "the body is empty",
		" \n":                          "the body is empty",
		"null":                         "the body is null instead of an object",
		"[]":                           "the body is an array instead of an object",
		"{} x":                         "the body is not JSON after byte 3",
		`{"text": "a`:                  "text ends too early",
		`{"text": "a\x"}`:              "text is not JSON after byte 11",
		`{"x-secret": ["secret" 7]}`:   "the body is not JSON after byte 23",
		`{"inner": {}}`:                "inner.id is missing, null or of another type",
		`{"inner": {"id": 1.5}}`:       "inner.id is missing, null or of another type",
		`{"inner": {"id": 1, "id":[]}`: "inner.id is missing, null or of another type",
		`{"inners": [{"id": 1}, {"id": 2}, {"secret": "secret"}]}`: "inners[2].id is missing, null or of another type",
		`{"inners": [{"id": 1}, {"id": 2}, {"secret": secret}]}`:   "inners[2] is not JSON after byte 45",
		`{"map": {"secret": 1, "b": tru}}`:                         "map is not JSON after byte 27",
	} {
		d := scan.Decoder{Strict: true}
		d.Reset([]byte(body))
		new(all).decode(&d)
		require.EqualError(t, d.End(), want, body)
	}
}

// What was decoded doesn't change with the body, and equal short texts are one.
func TestNothingRefersToTheBody(t *testing.T) {
	const text = `{"text": "short", "texts": ["short", "a long text, longer than those that are interned, by far"], "raw": {"a": "b"}, "unknown": [1], "map": {"key": 1}}`
	want := decode(t, text)
	var d scan.Decoder
	d.Intern()
	for range 2 {
		body := []byte(text)
		d.Reset(body)
		a := new(all)
		a.decode(&d)
		require.NoError(t, d.End())
		clear(body)
		assert.Equal(t, want, a)
	}
	// The names and the short texts come from the table.
	body := []byte(`{"text": "short", "texts": ["short", "short", "text"]}`)
	texts := make([]string, 0, 4)
	perRun := testing.AllocsPerRun(100, func() {
		d.Reset(body)
		var unknown *api.Fields
		texts = texts[:0]
		for range d.Fields(&unknown) {
			if d.Kind() == scan.KindString {
				texts = append(texts, d.String())
				continue
			}
			for range d.Items() {
				texts = append(texts, d.String())
			}
		}
	})
	assert.Zero(t, perRun)
	assert.Equal(t, []string{"short", "short", "short", "text"}, texts)
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "t", decode(t, "\ufeff"+` {"text": "t"}`).Text)
	var d scan.Decoder
	d.Reset([]byte("\ufeff\ufeff{}"))
	new(all).decode(&d)
	require.Error(t, d.End())
}
