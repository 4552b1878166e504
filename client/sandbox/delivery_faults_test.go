package sandbox_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

const secret = "a-long-random-secret"

// newFaultyReceiver returns a server with two agents that run every hour, the
// second five minutes after the first, and the callbacks that it posts: the log's
// id, the time, and whether the signature is wrong.
func newFaultyReceiver(t *testing.T, opts ...sandbox.Option) (*sandbox.Server, *[]string) {
	t.Helper()
	posted := &[]string{}
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	require.NoError(t, err)
	var server *sandbox.Server
	receiver := withReceiver(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		event, err := callback.ParseEvent(body)
		assert.NoError(t, err)
		text := fmt.Sprintf("%d at %s", event.LogID, server.Now().Format("15:04:05"))
		if verifier.Verify(body, r.Header.Get(callback.SignatureHeader)) != nil {
			text += " forged"
		}
		*posted = append(*posted, text)
		return respond(http.StatusNoContent, ""), nil
	})
	first, second := withCallback("http://127.0.0.1/", secret), withCallback("http://127.0.0.1/", secret)
	first.Task.Crontab, second.Task.Crontab = scheduled(t, "0 * * * *").Task.Crontab, scheduled(t, "5 * * * *").Task.Crontab
	options := append([]sandbox.Option{receiver, sandbox.WithPeriodicAgent("acme", second, first)}, opts...)
	server = newTestServer(t, options...)
	return server, posted
}

func TestDeliveryFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults  []sandbox.DeliveryFault
		want    []string // in two hours
		effects []string // effects of the deliveries
	}{
		"none":            {nil, []string{"1 at 09:05:00", "2 at 10:00:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "", "", ""}},
		"delay":           {[]sandbox.DeliveryFault{{Match: sandbox.DeliveryMatch{AgentID: 2}, Effect: sandbox.DeliveryEffect{Delay: 301 * time.Second}}}, []string{"1 at 09:05:00", "3 at 10:05:00", "2 at 10:05:01"}, []string{"", "", "delayed"}},
		"duplicate":       {[]sandbox.DeliveryFault{{Match: sandbox.DeliveryMatch{AgentID: 2}, Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Duplicate: true}}}, []string{"1 at 09:05:00", "2 at 10:00:00", "2 at 10:00:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "duplicate", "duplicate", "", ""}},
		"reorder":         {[]sandbox.DeliveryFault{{Selection: sandbox.Selection{Skip: 1, Times: 1}, Effect: sandbox.DeliveryEffect{Reorder: true}}}, []string{"1 at 09:05:00", "2 at 10:01:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "reordered", "", ""}},
		"drop":            {[]sandbox.DeliveryFault{{Match: sandbox.DeliveryMatch{AgentID: 1}, Effect: sandbox.DeliveryEffect{Drop: true}}}, []string{"2 at 10:00:00", "4 at 11:00:00"}, []string{"dropped", "", "dropped", ""}},
		"wrong signature": {[]sandbox.DeliveryFault{{Selection: sandbox.Times(2), Effect: sandbox.DeliveryEffect{WrongSignature: true}}}, []string{"1 at 09:05:00 forged", "2 at 10:00:00 forged", "3 at 10:05:00", "4 at 11:00:00"}, []string{"wrong signature", "wrong signature", "", ""}},
		"several":         {[]sandbox.DeliveryFault{{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Drop: true}}, {Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{WrongSignature: true, Duplicate: true, Delay: time.Second}}, {Selection: sandbox.Selection{Skip: 1}, Effect: sandbox.DeliveryEffect{Drop: true}}}, []string{"2 at 10:00:01 forged", "2 at 10:00:01 forged", "3 at 10:05:00"}, []string{"dropped", "delayed, duplicate, wrong signature", "delayed, duplicate, wrong signature", "", "dropped"}},
	} {
		server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(test.faults...))
		assert.Equal(t, 4, advance(t, server, 2*time.Hour), name)
		assert.Equal(t, test.want, *posted, name)
		var effects []string
		for i, delivery := range deliveriesOf(server) {
			effects = append(effects, delivery.Effect.String())
			assert.EqualValues(t, i+1, delivery.ID, name)
			if delivery.Effect.Drop {
				require.ErrorIs(t, delivery.Err, sandbox.ErrDeliveryDropped, name)
				assert.NotEmpty(t, delivery.Body, name)
			} else {
				require.NoError(t, delivery.Err, name)
			}
		}
		assert.Equal(t, test.effects, effects, name)
	}
}

// A callback can be both reordered and duplicated.
func TestReorderAndDuplicate(t *testing.T) {
	t.Parallel()
	fault := sandbox.DeliveryFault{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Reorder: true, Duplicate: true}}
	server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(fault))
	for range 2 {
		runNow(t, server, 1, sandbox.Outcome{})
	}
	assert.Equal(t, []string{"2 at 09:00:00", "1 at 09:00:00", "1 at 09:00:00"}, *posted)

	require.NoError(t, server.SetDeliveryFaults(fault))
	runNow(t, server, 1, sandbox.Outcome{})
	advance(t, server, time.Minute)
	assert.Equal(t, []string{"3 at 09:01:00", "3 at 09:01:00"}, (*posted)[3:])
}

// A callback that is held back is posted after the next one.
func TestReorderWithinAMinute(t *testing.T) {
	t.Parallel()
	server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Reorder: true}}))
	for range 2 {
		runNow(t, server, 1, sandbox.Outcome{})
	}
	assert.Equal(t, []string{"2 at 09:00:00", "1 at 09:00:00"}, *posted)
	advance(t, server, time.Minute)
	assert.Len(t, *posted, 2, "no callback is posted twice")
}

func TestRandomSeed(t *testing.T) {
	t.Parallel()
	pattern := func(seed uint64) string {
		server, _ := newFaultyReceiver(t, sandbox.WithRandomSeed(seed), sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Selection: sandbox.Selection{Probability: 0.5}, Effect: sandbox.DeliveryEffect{Drop: true}}))
		advance(t, server, 24*time.Hour)
		var b strings.Builder
		for _, delivery := range deliveriesOf(server) {
			b.WriteString(strings.Repeat("x", min(1, len(delivery.Effect.String()))) + ".")
		}
		return b.String()
	}
	seventh := pattern(7)
	assert.Equal(t, seventh, pattern(7))
	assert.NotEqual(t, seventh, pattern(8))
	dropped := strings.Count(seventh, "x")
	assert.InDelta(t, 24, dropped, 12, "about half of 48")
}

func TestSetDeliveryFaults(t *testing.T) {
	t.Parallel()
	server, posted := newFaultyReceiver(t)
	faults := []sandbox.DeliveryFault{{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Drop: true}}}
	require.NoError(t, server.SetDeliveryFaults(faults...))
	assert.Equal(t, faults, server.DeliveryFaults())
	for range 2 {
		runNow(t, server, 1, sandbox.Outcome{})
	}
	assert.Len(t, *posted, 1)
	require.NoError(t, server.SetDeliveryFaults(faults...), "counting starts again")
	runNow(t, server, 1, sandbox.Outcome{})
	assert.Len(t, *posted, 1)
	require.NoError(t, server.SetDeliveryFaults())
	runNow(t, server, 1, sandbox.Outcome{})
	assert.Len(t, *posted, 2)
}

func TestInvalidDeliveryFaults(t *testing.T) {
	t.Parallel()
	drop := sandbox.DeliveryEffect{Drop: true}
	for want, fault := range map[string]sandbox.DeliveryFault{
		"Match.AgentID is -1, but ids start at 1":                                {Match: sandbox.DeliveryMatch{AgentID: -1}, Effect: drop},
		"Selection.Skip is -1, but must not be negative":                         {Selection: sandbox.Selection{Skip: -1}, Effect: drop},
		"Selection.Times is -1, but must not be negative":                        {Selection: sandbox.Times(-1), Effect: drop},
		"Selection.Probability is 1.5, but must be from 0 to 1":                  {Selection: sandbox.Selection{Probability: 1.5}, Effect: drop},
		"Selection.Probability is NaN, but must be from 0 to 1":                  {Selection: sandbox.Selection{Probability: math.NaN()}, Effect: drop},
		"Effect.Delay is -1ns, but must not be negative":                         {Effect: sandbox.DeliveryEffect{Delay: -1}},
		"Effect.Reorder can't be combined with Delay":                            {Effect: sandbox.DeliveryEffect{Delay: 1, Reorder: true}},
		"Effect.Drop can't be combined with another effect":                      {Effect: sandbox.DeliveryEffect{Drop: true, Duplicate: true}},
		"Effect is empty: set Delay, Duplicate, Reorder, Drop or WrongSignature": {Match: sandbox.DeliveryMatch{AgentID: 1}},
	} {
		faults := []sandbox.DeliveryFault{{Effect: drop}, fault}
		_, err := sandbox.New(sandbox.WithDeliveryFaults(faults...))
		require.EqualError(t, err, "ibl.ai: WithDeliveryFaults[1]."+want)
		server := newTestServer(t)
		err = server.SetDeliveryFaults(faults...)
		require.EqualError(t, err, "ibl.ai: faults[1]."+want)
		require.ErrorAs(t, err, new(*api.ArgumentError))
		assert.Empty(t, server.DeliveryFaults())
	}
}

func TestRedeliver(t *testing.T) {
	t.Parallel()
	server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Effect: sandbox.DeliveryEffect{WrongSignature: true}}))
	forged := runNow(t, server, 1, sandbox.Outcome{Output: "é"}).Delivery
	again, err := server.Redeliver(t.Context(), forged.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"1 at 09:00:00 forged", "1 at 09:00:00"}, *posted, "it is signed again")
	assert.Equal(t, forged.Body, again.Body)
	assert.Equal(t, forged.ID, again.RedeliveryOf)
	assert.EqualValues(t, 2, again.ID)
	assert.EqualValues(t, 1, again.LogID)
	assert.EqualValues(t, 1, again.AgentID)
	assert.Zero(t, again.Effect)

	send(t, server, http.MethodDelete, "periodic-agents/1/", "")
	for _, id := range []int64{forged.ID, again.ID} {
		_, err = server.Redeliver(t.Context(), id)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"1 at 09:00:00 forged", "1 at 09:00:00"}, (*posted)[2:], "the agent is deleted, so the signature is repeated")

	_, err = server.Redeliver(t.Context(), 99)
	require.EqualError(t, err, "sandbox: there is no delivery 99")
	require.ErrorAs(t, err, new(*sandbox.UnknownDeliveryError))
	server.Close()
	_, err = server.Redeliver(t.Context(), 1)
	require.ErrorIs(t, err, sandbox.ErrClosed)
}

func TestRedeliverDroppedCallback(t *testing.T) {
	t.Parallel()
	server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Effect: sandbox.DeliveryEffect{Drop: true}}))
	dropped := runNow(t, server, 1, sandbox.Outcome{}).Delivery
	require.ErrorIs(t, dropped.Err, sandbox.ErrDeliveryDropped)
	_, err := server.Redeliver(t.Context(), dropped.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"1 at 09:00:00"}, *posted)
}

// The result of RunNow has the delivery of its own run, not of the one that was
// held back for it.
func TestReorderedDeliveryOfRunNow(t *testing.T) {
	t.Parallel()
	server, posted := newFaultyReceiver(t, sandbox.WithDeliveryFaults(
		sandbox.DeliveryFault{Selection: sandbox.Times(1), Effect: sandbox.DeliveryEffect{Reorder: true}}))
	assert.Nil(t, runNow(t, server, 1, sandbox.Outcome{}).Delivery)
	result := runNow(t, server, 2, sandbox.Outcome{})
	require.NotNil(t, result.Delivery)
	assert.Equal(t, result.Log.ID, result.Delivery.LogID)
	assert.Len(t, *posted, 2)
}
