package sandbox_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

func TestLatestRequests(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	for range sb.RequestsBackward() {
		assert.Fail(t, "nothing was asked")
	}
	for n := range 600 { // more than are copied at once
		record(sb, listRequest())
		if n%100 != 0 {
			continue
		}
		all := requestsOf(sb)
		slices.Reverse(all)
		assert.Equal(t, all, slices.Collect(sb.RequestsBackward()))
	}
	want := int64(600)
	for request := range sb.RequestsBackward() {
		assert.Equal(t, want, request.ID)
		want--
		record(sb, listRequest()) // which are not seen
		if want == 300 {
			break
		}
	}
	assert.EqualValues(t, 300, want)
}

// What is forgotten while it is gone through is left out.
func TestLatestRequestsThatAreForgotten(t *testing.T) {
	t.Parallel()
	const most = 100_000
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}))
	request := listRequest()
	request.Header = nil
	for range most {
		record(sb, request)
	}
	seen := 0
	for found := range sb.RequestsBackward() {
		if seen++; seen == 1 {
			for range most - 100 {
				record(sb, request)
			}
		}
		require.Positive(t, found.ID)
	}
	assert.Less(t, seen, 1000)
	assert.Greater(t, seen, 99)
}

func TestLatestDeliveries(t *testing.T) {
	t.Parallel()
	server, _ := newFaulty(t)
	for range 3 {
		fire(t, server, 1, sandbox.Outcome{})
	}
	all := deliveriesOf(server)
	slices.Reverse(all)
	assert.Equal(t, all, slices.Collect(server.DeliveriesBackward()))
}
