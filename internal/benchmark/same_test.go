package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/reveal"
)

// A comparison is worthless if a contestant does less of the work.

func TestAllContestantsMakeTheSame(t *testing.T) {
	for _, subject := range subjects {
		if subject.title == "Paging" || subject.title == "Sandbox" {
			continue // they are slow: see TestPagesComeInOrder and TestSandboxListsLikePlainCode
		}
		parts, err := subject.parts(t.Context())
		require.NoError(t, err)
		for _, part := range parts {
			if comparison, ok := part.(*measure.Comparison); ok {
				t.Run(comparison.Work, func(t *testing.T) { requireSame(t, comparison) })
			}
		}
	}
}

func requireSame(t *testing.T, comparison *measure.Comparison) {
	t.Helper()
	var ours any
	for i, contestant := range comparison.Contestants() {
		made, err := contestant.Run()
		require.NoError(t, err, contestant.Name)
		if i == 0 {
			ours = canonical(t, made, time.Second)
			continue
		}
		assert.Equal(t, ours, canonical(t, made, time.Second), contestant.Name)
	}
}

func TestOursReadsAllThatTheServiceSends(t *testing.T) {
	for work, text := range map[string][]byte{
		"decode a list of 100 agents, 1.13 MB": fixture.Agents(),
		"decode one agent, 11 KB":              fixture.Agent(),
		"decode a page of 100 logs, 0.87 MB":   fixture.Logs(),
		"call: statistics, 0.1 KB":             fixture.Statistics(),
		"receive a callback, 1 KB":             fixture.Callback(1 << 10),
		"receive a callback, 16 KB":            fixture.Callback(16 << 10),
	} {
		t.Run(work, func(t *testing.T) {
			made, err := comparisonOf(t, work).Ours.Run()
			require.NoError(t, err)
			assert.Equal(t, canonical(t, json.RawMessage(text), time.Nanosecond), canonical(t, made, time.Nanosecond))
		})
	}
}

func comparisonOf(t *testing.T, work string) *measure.Comparison {
	t.Helper()
	for _, subject := range subjects {
		parts, err := subject.parts(t.Context())
		require.NoError(t, err)
		for _, part := range parts {
			if comparison, ok := part.(*measure.Comparison); ok && comparison.Work == work {
				return comparison
			}
		}
	}
	require.Fail(t, "there is no such comparison")
	return nil
}

// canonical returns the contents of any contestant's type in a comparable form:
// as JSON, without null and empty members, which some types omit, and with
// times in UTC. Times are truncated to a precision, because ogen decodes
// fractions of seconds but encodes none.
func canonical(t *testing.T, value any, precision time.Duration) any {
	t.Helper()
	if e, ok := value.(*callback.Event); ok { // it has no JSON encoding
		value = event{e.Timestamp, string(e.Status), e.Prompt, e.AgentOutput, e.Log, e.LogID}
	}
	out, err := reveal.JSON(value)
	require.NoError(t, err)
	return canonicalJSON(out, precision)
}

func canonicalJSON(value any, precision time.Duration) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if member == nil || member == "" {
				delete(v, name)
				continue
			}
			v[name] = canonicalJSON(member, precision)
		}
	case []any:
		for i, item := range v {
			v[i] = canonicalJSON(item, precision)
		}
	case string:
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Truncate(precision).Format(time.RFC3339Nano)
		}
	}
	return value
}
