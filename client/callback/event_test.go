package callback_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func parse(t testing.TB, body string) *callback.Event {
	t.Helper()
	event, err := callback.ParseEvent([]byte(body))
	require.NoError(t, err, "%s", body)
	require.Equal(t, body, string(event.Raw))
	return event
}

// unknown returns the unknown fields of an event and their JSON.
func unknown(event *callback.Event) map[string]string {
	fields := make(map[string]string)
	for name, value := range event.Unknown.All() {
		fields[name] = string(value)
	}
	return fields
}

func TestParseRecorded(t *testing.T) {
	t.Parallel()
	for _, rec := range recorded[:3] {
		event := parse(t, rec.body)
		assert.True(t, at.Add(123456*time.Microsecond).Equal(event.Timestamp))
		assert.Equal(t, api.StatusSuccess, event.Status)
		assert.Equal(t, "Résumé of the week 📚", event.Prompt)
		assert.Equal(t, `Three "threads" need an answer.`, event.AgentOutput)
		assert.Equal(t, "step 1\nstep 2\t✓", event.Log)
		assert.EqualValues(t, 4711, event.LogID)
		assert.Nil(t, event.Unknown)
	}

	event := parse(t, recorded[3].body)
	assert.True(t, at.Add(123456*time.Microsecond).Equal(event.Timestamp))
	assert.Equal(t, api.StatusError, event.Status)
	assert.Empty(t, event.AgentOutput)
	assert.EqualValues(t, 4712, event.LogID)
	assert.Empty(t, event.Log)
	assert.Equal(t, map[string]string{"log": `{"steps": [1, 2]}`, "run_ms": `12.5`}, unknown(event))

	event = parse(t, recorded[4].body)
	assert.Equal(t, "half \uFFFD surrogate", event.Log)
	assert.EqualValues(t, 12, event.LogID)
}

func TestEventTimestamp(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-01-02T03:04:05Z":             at,
		"2026-01-02T05:04:05+02:00":        at,
		"2026-01-02T03:04:05.123456Z":      at.Add(123456 * time.Microsecond),
		"2026-01-02 03:04:05.123456+00:00": at.Add(123456 * time.Microsecond),
		"2026-01-02 03:04:05+00:00":        at,
		"2026-01-02 03:04:05":              at,
		"2026-01-02T03:04:05":              at,
	} {
		event := parse(t, `{"timestamp": "`+text+`"}`)
		assert.True(t, want.Equal(event.Timestamp), "%s: %v", text, event.Timestamp)
		assert.Nil(t, event.Unknown)
	}
	for _, value := range []string{`"yesterday"`, `""`, `1767323045`, `[2026, 1, 2]`, `true`, `{}`} {
		event := parse(t, `{"timestamp": `+value+`, "log": "kept"}`)
		assert.True(t, event.Timestamp.IsZero(), value)
		assert.Equal(t, value, unknown(event)["timestamp"])
		assert.Equal(t, "kept", event.Log)
	}
}

func TestEventLogID(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]int64{
		`4711`: 4711, `"4711"`: 4711, `12.0`: 12, `"12.0"`: 12, `12.000`: 12, `-3`: -3, `0`: 0, `null`: 0,
		`9223372036854775807`: 9223372036854775807, `"\u0034711"`: 4711,
	} {
		event := parse(t, `{"log_id": `+value+`}`)
		assert.Equal(t, want, event.LogID, value)
		assert.Nil(t, event.Unknown, value)
	}
	for _, value := range []string{
		`12.5`, `1e3`, `9223372036854775808`, `"run-12"`, `""`, `" 12"`, `"12."`, `".0"`, `true`, `[12]`, `{"id": 12}`, `"0x12"`, `"1_2"`,
	} {
		event := parse(t, `{"log_id": `+value+`}`)
		assert.Zero(t, event.LogID, value)
		assert.Equal(t, value, unknown(event)["log_id"])
	}
}

func TestEventFieldsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, " {\n} ", `{"timestamp": null, "status": null, "prompt": null, "agent_output": null, "log": null, "log_id": null}`,
	} {
		assert.Equal(t, &callback.Event{Raw: []byte(body)}, parse(t, body))
	}
	for _, name := range []string{"status", "prompt", "agent_output", "log"} {
		for _, value := range []string{`5`, `false`, `[1, "2"]`, `{"a": {"b": null}}`} {
			event := parse(t, `{"before": 1, "`+name+`": `+value+`, "log_id": 4711}`)
			assert.Equal(t, value, unknown(event)[name])
			assert.EqualValues(t, 4711, event.LogID)
			event.Unknown, event.Raw, event.LogID = nil, nil, 0
			assert.Equal(t, &callback.Event{}, event)
		}
	}
	assert.Equal(t, api.Status("paused"), parse(t, `{"status": "paused"}`).Status)
	assert.Equal(t, `null`, unknown(parse(t, `{"run": null}`))["run"])
	assert.Equal(t, `1`, unknown(parse(t, `{"Log_ID": 1}`))["Log_ID"], "names are case-sensitive")
	assert.EqualValues(t, 7, parse(t, `{"log\u005fid": 7}`).LogID)
}

func TestEventUsesTheLastOfRepeatedFields(t *testing.T) {
	t.Parallel()
	event := parse(t, `{"log": {"a": 1}, "log": "text", "log_id": 1, "log_id": [], "x": 1, "x": 2}`)
	assert.Equal(t, "text", event.Log)
	assert.Zero(t, event.LogID)
	assert.Equal(t, map[string]string{"log_id": `[]`, "x": `2`}, unknown(event))
	assert.Nil(t, parse(t, `{"log": {"a": 1}, "log": "text"}`).Unknown)
}

func TestEventOfInvalidUTF8(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"a\xffb":                        "a\uFFFDb",
		"a\xffb\\n":                     "a\uFFFDb\n",
		"\xe2\x82":                      "\uFFFD\uFFFD",
		`a\ud800b`:                      "a\uFFFDb",
		`\udc00`:                        "\uFFFD",
		`\ud83d\ud83d\udcda`:            "\uFFFD📚",
		`\u0000`:                        "\x00",
		`\"\\\/\b\f\n\r\t`:              "\"\\/\b\f\n\r\t",
		strings.Repeat(`\u00e9`, 5_000): strings.Repeat("é", 5_000),
	} {
		event := parse(t, `{"log": "`+raw+`", "status": "success", "`+"\xff"+`": 1}`)
		assert.Equal(t, want, event.Log)
		assert.Equal(t, api.StatusSuccess, event.Status)
		assert.Contains(t, unknown(event), "\uFFFD")
	}
}

func TestParseEventRefuses(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		``, ` `, `null`, `true`, `12`, `"text"`, `[]`, `[{}]`, `{`, `}`, `{"log"}`, `{"log": }`, `{"log": "text`, `{"log": "text"`,
		`{"log": "a` + "\n" + `b"}`, `{"log": "\x"}`, `{log: 1}`, `{'log': 1}`, `{"log": 1,}`, `{"log_id": 012}`,
		`{} {}`, `{}x`, `{}]`, "{}\x00", `payload=%7B%7D`, `<html></html>`,
	} {
		event, err := callback.ParseEvent([]byte(body))
		require.ErrorIs(t, err, callback.ErrMalformedPayload, "%.40q", body)
		require.Nil(t, event)
	}
}

// What Python writes beyond JSON, and what other decoders refuse for its depth,
// costs its own field at most.
func TestUnusualEventIsParsed(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	for body, want := range map[string]map[string]string{
		`{"log_id": 7, "log": NaN}`:                                 {"log": "null"},
		`{"log_id": 7, "usage": {"cost": [-Infinity, "NaN", NaN]}}`: {"usage": `{"cost": [null, "NaN", null]}`},
		`{"log": ` + deep + `, "x": ` + deep + `, "log_id": 7}`:     {},
		"\xef\xbb\xbf" + `{"log_id": 7}`:                            {},
	} {
		event := parse(t, body)
		assert.EqualValues(t, 7, event.LogID)
		assert.Empty(t, event.Log)
		assert.Equal(t, want, unknown(event))
	}
}

func TestEventOwnsItsMemory(t *testing.T) {
	t.Parallel()
	body := []byte(recorded[3].body)
	event, err := callback.ParseEvent(body)
	require.NoError(t, err)
	for i := range body {
		body[i] = 'x'
	}
	assert.Equal(t, recorded[3].body, string(event.Raw))
	assert.Equal(t, `{"steps": [1, 2]}`, unknown(event)["log"])
	assert.Equal(t, api.StatusError, event.Status)

	log, _ := event.Unknown.Get("log")
	log[0] = 'x'
	assert.Equal(t, recorded[3].body, string(event.Raw))
}

func TestEventInLogs(t *testing.T) {
	t.Parallel()
	event := parse(t, `{"timestamp": "2026-01-02T03:04:05Z", "status": "success", "log_id": 4711, "prompt": "private prompt", "agent_output": "private output", "log": "private log", "more": "private too"}`)
	for _, value := range []any{event, *event} {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("run", "event", value)
		assert.NotContains(t, out.String(), "private")
		var line struct{ Event map[string]any }
		require.NoError(t, json.Unmarshal(out.Bytes(), &line))
		assert.Equal(t, map[string]any{
			"log_id": 4711.0, "status": "success", "timestamp": "2026-01-02T03:04:05Z", "prompt_bytes": 14.0,
			"agent_output_bytes": 14.0, "log_bytes": 11.0, "raw_bytes": float64(len(event.Raw)),
			"unknown": []any{"more"},
		}, line.Event)
	}
	assert.NotContains(t, parse(t, event4711).LogValue().String(), "unknown")
}
