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

// newFaulty is a server with two agents that run every hour, the second five
// minutes after the first, and what it posts: which log, and whether the
// signature is right.
func newFaulty(t *testing.T, opts ...sandbox.Option) (*sandbox.Server, *[]string) {
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
	first, second := calling("http://127.0.0.1/", secret), calling("http://127.0.0.1/", secret)
	first.Task.Crontab, second.Task.Crontab = scheduled(t, "0 * * * *").Task.Crontab, scheduled(t, "5 * * * *").Task.Crontab
	options := append([]sandbox.Option{receiver, sandbox.WithPeriodicAgent("acme", second, first)}, opts...)
	server = newAda(t, options...)
	return server, posted
}

func TestDeliveryFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults []sandbox.DeliveryFault
		want   []string // in two hours
		told   []string // faults of the deliveries
	}{
		"none":            {nil, []string{"1 at 09:05:00", "2 at 10:00:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "", "", ""}},
		"delay":           {[]sandbox.DeliveryFault{{AgentID: 2, Delay: 301 * time.Second}}, []string{"1 at 09:05:00", "3 at 10:05:00", "2 at 10:05:01"}, []string{"", "", "delayed"}},
		"duplicate":       {[]sandbox.DeliveryFault{{AgentID: 2, Duplicate: true, Times: 1}}, []string{"1 at 09:05:00", "2 at 10:00:00", "2 at 10:00:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "duplicate", "duplicate", "", ""}},
		"reorder":         {[]sandbox.DeliveryFault{{Reorder: true, After: 1, Times: 1}}, []string{"1 at 09:05:00", "2 at 10:01:00", "3 at 10:05:00", "4 at 11:00:00"}, []string{"", "reordered", "", ""}},
		"drop":            {[]sandbox.DeliveryFault{{AgentID: 1, Drop: true}}, []string{"2 at 10:00:00", "4 at 11:00:00"}, []string{"dropped", "", "dropped", ""}},
		"wrong signature": {[]sandbox.DeliveryFault{{WrongSignature: true, Times: 2}}, []string{"1 at 09:05:00 forged", "2 at 10:00:00 forged", "3 at 10:05:00", "4 at 11:00:00"}, []string{"wrong signature", "wrong signature", "", ""}},
		"several":         {[]sandbox.DeliveryFault{{Drop: true, Times: 1}, {WrongSignature: true, Duplicate: true, Delay: time.Second, Times: 1}, {Drop: true, After: 1}}, []string{"2 at 10:00:01 forged", "2 at 10:00:01 forged", "3 at 10:05:00"}, []string{"dropped", "delayed, duplicate, wrong signature", "delayed, duplicate, wrong signature", "", "dropped"}},
	} {
		server, posted := newFaulty(t, sandbox.WithDeliveryFaults(test.faults...))
		assert.Equal(t, 4, advance(t, server, 2*time.Hour), name)
		assert.Equal(t, test.want, *posted, name)
		var told []string
		for i, delivery := range server.Deliveries() {
			told = append(told, delivery.Fault)
			assert.EqualValues(t, i+1, delivery.ID, name)
			if delivery.Fault == "dropped" {
				require.ErrorIs(t, delivery.Err, sandbox.ErrDropped, name)
				assert.NotEmpty(t, delivery.Body, name)
			} else {
				require.NoError(t, delivery.Err, name)
			}
		}
		assert.Equal(t, test.told, told, name)
	}
}

// What is held back and doubled is still both.
func TestReorderedTwice(t *testing.T) {
	t.Parallel()
	fault := sandbox.DeliveryFault{Reorder: true, Duplicate: true, Times: 1}
	server, posted := newFaulty(t, sandbox.WithDeliveryFaults(fault))
	for range 2 {
		fire(t, server, 1, sandbox.Outcome{})
	}
	assert.Equal(t, []string{"2 at 09:00:00", "1 at 09:00:00", "1 at 09:00:00"}, *posted)

	require.NoError(t, server.SetDeliveryFaults(fault))
	fire(t, server, 1, sandbox.Outcome{})
	advance(t, server, time.Minute)
	assert.Equal(t, []string{"3 at 09:01:00", "3 at 09:01:00"}, (*posted)[3:])
}

// What is held back goes out behind what comes next.
func TestReorderedWithinTheMinute(t *testing.T) {
	t.Parallel()
	server, posted := newFaulty(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Reorder: true, Times: 1}))
	for range 2 {
		fire(t, server, 1, sandbox.Outcome{})
	}
	assert.Equal(t, []string{"2 at 09:00:00", "1 at 09:00:00"}, *posted)
	advance(t, server, time.Minute)
	assert.Len(t, *posted, 2, "and not once more")
}

func TestSeedDecides(t *testing.T) {
	t.Parallel()
	pattern := func(seed uint64) string {
		server, _ := newFaulty(t, sandbox.WithSeed(seed), sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Drop: true, Probability: 0.5}))
		advance(t, server, 24*time.Hour)
		var b strings.Builder
		for _, delivery := range server.Deliveries() {
			b.WriteString(strings.Repeat("x", min(1, len(delivery.Fault))) + ".")
		}
		return b.String()
	}
	seventh := pattern(7)
	assert.Equal(t, seventh, pattern(7))
	assert.NotEqual(t, seventh, pattern(8))
	dropped := strings.Count(seventh, "x")
	assert.InDelta(t, 24, dropped, 12, "about a half of 48")
}

func TestSetDeliveryFaults(t *testing.T) {
	t.Parallel()
	server, posted := newFaulty(t)
	faults := []sandbox.DeliveryFault{{Drop: true, Times: 1}}
	require.NoError(t, server.SetDeliveryFaults(faults...))
	assert.Equal(t, faults, server.DeliveryFaults())
	for range 2 {
		fire(t, server, 1, sandbox.Outcome{})
	}
	assert.Len(t, *posted, 1)
	require.NoError(t, server.SetDeliveryFaults(faults...), "counts anew")
	fire(t, server, 1, sandbox.Outcome{})
	assert.Len(t, *posted, 1)
	require.NoError(t, server.SetDeliveryFaults())
	fire(t, server, 1, sandbox.Outcome{})
	assert.Len(t, *posted, 2)
}

func TestDeliveryFaultsRefuse(t *testing.T) {
	t.Parallel()
	for want, fault := range map[string]sandbox.DeliveryFault{
		"1 has After -1, but it must not be negative":                           {Drop: true, After: -1},
		"1 has Times -1, but it must not be negative":                           {Drop: true, Times: -1},
		"1 has the Probability 1.5, but it must be from 0 to 1":                 {Drop: true, Probability: 1.5},
		"1 has the Probability NaN, but it must be from 0 to 1":                 {Drop: true, Probability: math.NaN()},
		"1 has the Delay -1ns, but it must not be negative":                     {Delay: -1},
		"1 has both Delay and Reorder: choose one":                              {Delay: 1, Reorder: true},
		"1 has Drop and something that needs it to be sent: choose one":         {Drop: true, Duplicate: true},
		"1 does nothing: set Delay, Duplicate, Reorder, Drop or WrongSignature": {AgentID: 1},
	} {
		_, err := sandbox.New(sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Drop: true}, fault))
		require.EqualError(t, err, "sandbox: WithDeliveryFaults "+want)
		server := newAda(t)
		err = server.SetDeliveryFaults(sandbox.DeliveryFault{Drop: true}, fault)
		require.EqualError(t, err, "sandbox: SetDeliveryFaults "+want)
		require.ErrorAs(t, err, new(*sandbox.OptionError))
		assert.Empty(t, server.DeliveryFaults())
	}
}

func TestResend(t *testing.T) {
	t.Parallel()
	server, posted := newFaulty(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{WrongSignature: true}))
	forged := fire(t, server, 1, sandbox.Outcome{Output: "é"}).Delivery
	again, err := server.Resend(t.Context(), forged.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"1 at 09:00:00 forged", "1 at 09:00:00"}, *posted, "it is signed anew")
	assert.Equal(t, forged.Body, again.Body)
	assert.Equal(t, forged.ID, again.ResentFrom)
	assert.EqualValues(t, 2, again.ID)
	assert.EqualValues(t, 1, again.LogID)
	assert.EqualValues(t, 1, again.AgentID)
	assert.Empty(t, again.Fault)

	send(t, server, http.MethodDelete, "periodic-agents/1/", "")
	for _, id := range []int64{forged.ID, again.ID} {
		_, err = server.Resend(t.Context(), id)
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"1 at 09:00:00 forged", "1 at 09:00:00"}, (*posted)[2:], "it goes out as it was, since the agent is gone")

	_, err = server.Resend(t.Context(), 99)
	require.EqualError(t, err, "sandbox: there is no delivery 99")
	require.ErrorAs(t, err, new(*sandbox.UnknownDeliveryError))
	server.Close()
	_, err = server.Resend(t.Context(), 1)
	require.ErrorIs(t, err, sandbox.ErrClosed)
}

func TestDroppedCallbackCanBeResent(t *testing.T) {
	t.Parallel()
	server, posted := newFaulty(t, sandbox.WithDeliveryFaults(sandbox.DeliveryFault{Drop: true}))
	dropped := fire(t, server, 1, sandbox.Outcome{}).Delivery
	require.ErrorIs(t, dropped.Err, sandbox.ErrDropped)
	_, err := server.Resend(t.Context(), dropped.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{"1 at 09:00:00"}, *posted)
}
