package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestFaultStates(t *testing.T) {
	t.Parallel()
	slow := sandbox.Fault{ID: "slow", Match: sandbox.RequestMatch{Method: http.MethodPut}, Effect: sandbox.RequestEffect{Latency: time.Nanosecond}}
	outage := sandbox.Fault{ID: "outage", Selection: sandbox.Selection{Skip: 1, Times: 1}, Effect: sandbox.RespondWith(http.StatusServiceUnavailable)}
	sb := newTestServer(t, sandbox.WithFaults(slow, outage))
	statuses := func(n int) (statuses []int) {
		for range n {
			statuses = append(statuses, send(t, sb, http.MethodGet, "/", "").status)
		}
		return statuses
	}
	assert.Equal(t, []int{404, 503, 404}, statuses(3))
	assert.Equal(t, []sandbox.FaultState{{Fault: slow}, {Fault: outage, Matched: 3, Applied: 1}}, sb.FaultStates())
	var ids []string
	for r := range sb.Requests() {
		ids = append(ids, r.FaultID)
	}
	assert.Equal(t, []string{"", "outage", ""}, ids)

	// Another program adds a fault and disables the first one. The counters of the
	// outage stay.
	limit := sandbox.Fault{ID: "limit", Effect: sandbox.RespondWith(http.StatusTooManyRequests)}
	disabled := slow
	disabled.Disabled = true
	require.NoError(t, sb.EditFaults(func(faults []sandbox.Fault) []sandbox.Fault {
		assert.Equal(t, []sandbox.Fault{slow, outage}, faults)
		faults[0] = disabled
		return append(faults, limit)
	}))
	assert.Equal(t, []sandbox.FaultState{{Fault: disabled}, {Fault: outage, Matched: 3, Applied: 1}, {Fault: limit}}, sb.FaultStates())
	assert.Equal(t, []int{429}, statuses(1))

	err := sb.EditFaults(func(faults []sandbox.Fault) []sandbox.Fault { return append(faults, outage) })
	argument, ok := err.(*api.ArgumentError) //nolint:errorlint // it is not wrapped
	require.True(t, ok, err)
	assert.Equal(t, "faults[3].ID", argument.Argument)
	assert.Len(t, sb.Faults(), 3, "nothing was changed")
	require.NoError(t, sb.SetFaults(sandbox.Fault{Disabled: true, Effect: sandbox.RespondWith(500)}))
	assert.Equal(t, []int{404}, statuses(1))
}

func TestDeliveryFaultStates(t *testing.T) {
	t.Parallel()
	request := digest()
	request.CallbackURL = new("http://127.0.0.1:1/")
	drop := sandbox.DeliveryFault{ID: "drop", Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Drop: true}}
	sb, err := sandbox.New(sandbox.WithPeriodicAgent("acme", request), sandbox.WithDeliveryFaults(drop))
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	for _, want := range []string{"drop", ""} {
		result, err := sb.RunNow(t.Context(), 1, sandbox.Outcome{})
		require.NoError(t, err)
		assert.Equal(t, want, result.Delivery.FaultID)
		assert.Equal(t, want == "drop", result.Delivery.Header == nil, "a dropped callback was not posted")
	}
	assert.Equal(t, []sandbox.DeliveryFaultState{{DeliveryFault: drop, Matched: 2, Applied: 1}}, sb.DeliveryFaultStates())
	late := sandbox.DeliveryFault{ID: "late", Effect: sandbox.DeliveryEffect{Delay: time.Minute}}
	require.NoError(t, sb.EditDeliveryFaults(func(faults []sandbox.DeliveryFault) []sandbox.DeliveryFault { return append(faults, late) }))
	assert.Equal(t, []sandbox.DeliveryFaultState{{DeliveryFault: drop, Matched: 2, Applied: 1}, {DeliveryFault: late}}, sb.DeliveryFaultStates())
	require.Error(t, sb.EditDeliveryFaults(func(faults []sandbox.DeliveryFault) []sandbox.DeliveryFault { return append(faults, late) }))
}

func TestRunDetails(t *testing.T) {
	t.Parallel()
	var prompts []string
	server := newTestServer(t, withNumberedOutputs(&prompts), withSchedule(t, "0 11 * * *"), sandbox.WithPeriodicAgent("acme", after(t, "0 10 * * *", 1, "success")))
	advance(t, server, 155*time.Minute)
	result := runNow(t, server, 2, sandbox.Outcome{Output: "By hand.", Log: "Answered."})
	day := start.Truncate(24 * time.Hour)
	for _, want := range []sandbox.RunDetails{
		{LogID: 1, AgentID: 1, Cause: sandbox.RunCauseSchedule, DueAt: day.Add(11 * time.Hour), Output: "Answer 1."},
		{LogID: 2, AgentID: 2, Cause: sandbox.RunCauseChain, DueAt: day.Add(10 * time.Hour), Prompt: "Go on.\n\nAnswer 1.", PreviousLogID: 1, Output: "Answer 2."},
		{LogID: result.Log.ID, AgentID: 2, Cause: sandbox.RunCauseCall, Prompt: "Go on.\n\nAnswer 1.", PreviousLogID: 1, Output: "By hand.", Log: "Answered."},
	} {
		details, ok := server.RunDetails(want.LogID)
		require.True(t, ok, want.LogID)
		if want.Log == "" {
			details.Log = ""
		}
		want.Org = "acme"
		assert.Equal(t, want, details)
	}
	_, ok := server.RunDetails(99)
	assert.False(t, ok)
}
