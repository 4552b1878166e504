// Package client is generated from openapi.yaml, with the hand-written parts of
// the real client that generated code needs.
package client

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

type ArgumentError = api.ArgumentError

func queryOf(t *testing.T, r *request, err error) string {
	t.Helper()
	require.NoError(t, err)
	query, err := url.QueryUnescape(string(r.query))
	require.NoError(t, err)
	return query
}

func TestParametersOfEveryType(t *testing.T) {
	at := time.Date(2026, 1, 5, 23, 59, 0, 0, time.FixedZone("", -3600))
	r, err := newThingListRequest("acme", 7, &ThingListParams{
		Text: "a", UUID: "b", Email: "c", Integer: 1, Number: 0.5, Truth: new(false), PlainTruth: true, Date: at, OptionalDate: &at, Moment: at, Colour: ColourRed,
		Order: ThingListParamsOrderDown, Status: api.StatusError, Texts: []string{"x", "y"}, Integers: []int64{1, 2}, Colours: []Colour{ColourRed, ColourGreen},
		Statuses: []api.Status{api.StatusError}, MaxTokens: 9,
	})
	assert.Equal(t, "text=a&uuid=b&email=c&integer=1&number=0.5&truth=false&plain_truth=true&date=2026-01-05&optional_date=2026-01-05&moment=2026-01-05T23:59:00-01:00"+
		"&colour=red&order=down&status=error&texts=x&texts=y&integers=1,2&colours=red&colours=green&statuses=error&max_tokens=9", queryOf(t, r, err))
	assert.Equal(t, "/orgs/acme/things/7/", r.path.String())
	assert.Equal(t, Operation{ID: "things_list", Method: "GET", PathTemplate: "/orgs/{org}/things/{id}/"}, r.Operation)
	for _, params := range []*ThingListParams{nil, {}} {
		r, err := newThingListRequest("acme", 7, params)
		assert.Empty(t, queryOf(t, r, err))
	}
	r, err = newThingDeleteRequest("acme", 7, "s", 0)
	assert.Equal(t, "session_id=s", queryOf(t, r, err))
	r, err = newThingDeleteRequest("acme", 7, "", 3)
	assert.Equal(t, "session_id=&number=3", queryOf(t, r, err))
}

func bodyOf(t *testing.T, body *ThingRequest) string {
	t.Helper()
	r, err := newThingCreateRequest("acme", 7, body)
	require.NoError(t, err)
	text, err := r.encodeBody(nil)
	require.NoError(t, err)
	return string(text)
}

func TestFieldsOfEveryType(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	inner := InnerRequest{Secret: new(api.NewSecret("s"))}
	assert.JSONEq(t, `{
		"r_text": "a", "r_truth": true, "r_integer": 1, "r_number": 0.5, "r_moment": "2026-01-05T09:00:00Z", "r_colour": "red", "r_status": "error", "r_texts": ["x"],
		"r_inner": {"secret": "s"}, "r_map": {"a": 1}, "r_any": [1], "r_secret": "s", "r_schedule": {"minute": "0"},
		"o_text": "", "o_truth": false, "o_integer": 0, "o_number": 0, "o_moment": "2026-01-05T09:00:00Z", "o_colour": "red", "o_order": "up", "o_status": "error",
		"o_texts": [], "o_inner": {}, "o_inners": [{"secret": "s"}, {}], "o_map": {}, "o_any": {"a": "<"}, "o_secret": "",
		"n_text": "", "n_truth": false, "n_integer": 0, "n_number": 0, "n_moment": "2026-01-05T09:00:00Z", "n_colour": "red", "n_status": "error", "n_texts": ["x"],
		"n_inner": {"secret": "s"}, "n_inners": [{"secret": "s"}], "n_map": {"a": "b"}, "n_secret": "s", "n_required": "x"}`,
		bodyOf(t, &ThingRequest{
			RText: "a", RTruth: true, RInteger: 1, RNumber: 0.5, RMoment: at, RColour: ColourRed, RStatus: api.StatusError, RTexts: []string{"x"},
			RInner: inner, RMap: map[string]int64{"a": 1}, RAny: json.RawMessage(`[1]`), RSecret: api.NewSecret("s"), RSchedule: Schedule{Minute: "0"},
			OText: new(""), OTruth: new(false), OInteger: new(int64(0)), ONumber: new(0.0), OMoment: &at, OColour: new(ColourRed), OOrder: new(ThingRequestOOrderUp),
			OStatus: new(api.StatusError), OTexts: []string{}, OInner: &InnerRequest{}, OInners: []InnerRequest{inner, {}}, OMap: map[string]string{},
			OAny: json.RawMessage(`{"a": "<"}`), OSecret: new(api.Secret{}),
			NText: Value(""), NTruth: Value(false), NInteger: Value[int64](0), NNumber: Value(0.0), NMoment: Value(at), NColour: Value(ColourRed), NStatus: Value(api.StatusError),
			NTexts: Value([]string{"x"}), NInner: Value(inner), NInners: Value([]InnerRequest{inner}), NMap: Value(map[string]string{"a": "b"}), NSecret: Value(api.NewSecret("s")),
			NRequired: Value("x"),
		}))
	assert.JSONEq(t, `{"r_truth": false, "r_integer": 0, "r_number": 0}`, bodyOf(t, &ThingRequest{}), "the service says which field is missing")
	assert.JSONEq(t, `{"r_truth": false, "r_integer": 0, "r_number": 0, "n_text": null, "n_moment": null, "n_inner": null, "n_inners": null, "n_secret": null}`, bodyOf(t, &ThingRequest{
		NText: Null[string](), NMoment: Null[time.Time](), NInner: Null[InnerRequest](), NInners: Null[[]InnerRequest](), NSecret: Null[api.Secret](),
	}))
}

func TestModelIsPlain(t *testing.T) {
	var read Thing
	require.NoError(t, json.Unmarshal([]byte(`{"id": 7, "n_text": null, "date": "2026-01-05", "any": [12345678901234567890], "anys": [1, "x"], "n_texts": null, "api_key": "k", "n_api_key": null}`), &read))
	assert.Equal(t, 5, read.Date.Day())
	assert.Nil(t, read.NText)
	assert.Equal(t, "[12345678901234567890]", string(read.Any))
	assert.Equal(t, "k", read.APIKey.Reveal())
	assert.Equal(t, "id=7 status=", read.LogValue().Group()[0].String()+" "+read.LogValue().Group()[1].String())
}

// A model of every type is decoded, and encoded again with what it has no field
// for.
func TestModelIsDecoded(t *testing.T) {
	const body = `{"id": 7, "text": "t", "n_text": "n", "moment": "2026-01-05T09:00:00Z", "n_moment": "2026-01-05T09:00:00Z", "date": "2026-01-05T00:00:00Z", "number": 1.5,
		"colour": "red", "status": "success", "inner": {"name": "a", "new": 1}, "n_inner": {"name": "b"}, "inners": [{"name": "c"}, {"name": "d"}], "n_texts": ["x", "y"],
		"map": {"k": "v"}, "any": [1], "any_object": {"a": 1}, "any_of": 1, "anys": [1, "x"], "api_key": "", "n_api_key": "", "has_password": true, "auth_type": "a",
		"old": "o", "schedule": {"minute": "0"}, "new": {"deep": [1]}}`
	var read Thing
	require.NoError(t, json.Unmarshal([]byte(body), &read))
	assert.Equal(t, map[string]string{"k": "v"}, read.Map)
	assert.Equal(t, &Inner{Name: "b"}, read.NInner)
	assert.Equal(t, []string{"new"}, read.Inner.Unknown.Names())
	again, err := json.Marshal(read)
	require.NoError(t, err)
	assert.JSONEq(t, body, string(again))

	var d scan.Decoder
	d.Strict = true
	d.Reset([]byte(`{"text": "t", "map": {"a": "b", "c": []}, "bare": 7, "n_inner": 5}`))
	read = Thing{}
	read.decode(&d)
	require.ErrorContains(t, d.End(), "id is missing")
	assert.Equal(t, map[string]string{"a": "b"}, read.Map)
	assert.Equal(t, []string{"map", "bare", "n_inner"}, read.Unknown.Names())
	d.Reset([]byte(`{"id": 7, "inner": "bare"}`))
	read = Thing{}
	read.decode(&d)
	require.NoError(t, d.End())
	assert.Equal(t, "bare", read.Inner.Name)
}
