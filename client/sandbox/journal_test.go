package sandbox_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

func requestIDs(requests []sandbox.Request) (ids []int64) {
	for _, request := range requests {
		ids = append(ids, request.ID)
	}
	return ids
}

func TestRequestsForwardAndBackward(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	assert.Empty(t, requestsOf(sb))
	assert.Empty(t, slices.Collect(sb.RequestsBackward()))
	var want []int64
	for n := range 600 { // more than the journal copies at once
		record(sb, listRequest())
		want = append(want, int64(n+1))
		if n%100 != 0 {
			continue
		}
		assert.Equal(t, want, requestIDs(requestsOf(sb)))
		backward := slices.Collect(sb.RequestsBackward())
		slices.Reverse(backward)
		assert.Equal(t, want, requestIDs(backward))
	}
}

// A loop doesn't yield requests that are recorded meanwhile.
func TestRequestsRecordedDuringLoop(t *testing.T) {
	t.Parallel()
	sb := newSandbox(t)
	const before = 600
	for range before {
		record(sb, listRequest())
	}
	all := sb.Requests()
	record(sb, listRequest())
	count := 0
	for request := range all {
		count++
		assert.EqualValues(t, count, request.ID)
		record(sb, listRequest())
	}
	assert.Equal(t, before+1, count, "up to the latest at the start of the loop")

	last := int64(0)
	for request := range sb.RequestsBackward() {
		if last == 0 {
			last = request.ID + 1
		}
		last--
		assert.Equal(t, last, request.ID)
		record(sb, listRequest())
	}
	assert.EqualValues(t, 1, last)

	for request := range sb.Requests() {
		count = int(request.ID)
		if count == 300 {
			break
		}
	}
	assert.Equal(t, 300, count)
	for request := range sb.RequestsBackward() {
		if count = int(request.ID); count == 700 {
			break
		}
	}
	assert.Equal(t, 700, count)
}

// A loop skips requests that are removed meanwhile.
func TestRequestsRemovedDuringLoop(t *testing.T) {
	t.Parallel()
	const most = 100_000
	sb := newSandbox(t, sandbox.WithFaults(sandbox.Fault{Effect: sandbox.RequestEffect{Reset: sandbox.ResetBefore}}))
	request := listRequest()
	request.Header = nil
	add := func(n int) {
		for range n {
			record(sb, request)
		}
	}
	add(most)
	seen := 0
	for range sb.RequestsBackward() {
		if seen++; seen == 1 {
			add(most - 100)
		}
	}
	assert.Less(t, seen, 1000)
	assert.Greater(t, seen, 99)

	var found []int64
	for request := range sb.Requests() {
		if found = append(found, request.ID); len(found) == 1 {
			add(most - 100)
		}
	}
	assert.Less(t, len(found), 1000)
	assert.Greater(t, len(found), 99)
	assert.True(t, slices.IsSorted(found))
	assert.EqualValues(t, 2*most-100, found[len(found)-1])
}

func TestDeliveriesForwardAndBackward(t *testing.T) {
	t.Parallel()
	server, _ := newFaultyReceiver(t)
	for range 3 {
		runNow(t, server, 1, sandbox.Outcome{})
	}
	all := deliveriesOf(server)
	require.Len(t, all, 3)
	assert.EqualValues(t, 1, all[0].ID)
	slices.Reverse(all)
	assert.Equal(t, all, slices.Collect(server.DeliveriesBackward()))
}
