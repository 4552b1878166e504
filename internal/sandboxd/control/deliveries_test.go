package control

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

const hostile = "<script>alert(1)</script>\x1b[31m\u2028\u202e </style>"

func TestDeliveries(t *testing.T) {
	t.Parallel()
	var received []string // written by one delivery at a time
	receiver := newReceiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		received = append(received, string(body))
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, hostile+"\xff")
	})
	s := start(t, withSeed(t, fmt.Sprintf(`
orgs:
- key: acme
  accounts: [{username: ada, admin: true}]
  agents:
  - {title: Signed, task: {crontab: {hour: 5}}, callback_url: %[1]q, callback_secret: s}
  - {title: Unsigned, task: {crontab: {hour: 5}}, callback_url: %[1]q}
  - {title: Silent, task: {crontab: {hour: 5}}}
`, receiver)))
	fire := func(agent int, body string) *client.PeriodicAgentLog {
		return send[logBody](t, s, http.MethodPost, fmt.Sprintf("/_sandbox/agents/%d/fire", agent), body).Log
	}
	first := fire(1, `{"output": "<script>alert(1)</script>"}`)
	fire(2, `{}`)
	send[clockBody](t, s, http.MethodPost, "/_sandbox/clock", `{"advance": "10s"}`)
	fire(3, `{"output": "No callback."}`)
	for range 3 {
		fire(1, `{"status": "error"}`)
	}

	page := get[deliveriesBody](t, s, "/_sandbox/deliveries?limit=2")
	assert.Equal(t, 5, page.Total)
	require.Len(t, page.Deliveries, 2)
	assert.EqualValues(t, 5, page.Deliveries[0].ID, "newest first")
	require.NotNil(t, page.Before)
	page = get[deliveriesBody](t, s, fmt.Sprintf("/_sandbox/deliveries?limit=2&before=%d", *page.Before))
	assert.Equal(t, 5, page.Total)
	assert.EqualValues(t, 3, page.Deliveries[0].ID)
	page = get[deliveriesBody](t, s, fmt.Sprintf("/_sandbox/deliveries?limit=2&before=%d", *page.Before))
	require.Len(t, page.Deliveries, 1)
	assert.Nil(t, page.Before)
	assert.Equal(t, 1, get[deliveriesBody](t, s, "/_sandbox/deliveries?agent=2").Total)
	assert.Equal(t, 1, get[deliveriesBody](t, s, fmt.Sprintf("/_sandbox/deliveries?log=%d", first.ID)).Total)
	assert.Contains(t, s.do(t, http.MethodGet, "/_sandbox/deliveries?agent=3", "").body, `{"deliveries":[],"total":0,"before":null}`)

	delivery := get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1")
	assert.Equal(t, page.Deliveries[0], delivery.deliveryBody)
	assert.Equal(t, deliveryBody{
		ID: 1, AgentID: 1, Title: "Signed", LogID: first.ID, URL: receiver, StatusCode: http.StatusAccepted, Sent: true, Signature: "valid",
		StartedAt: delivery.StartedAt, FinishedAt: delivery.FinishedAt,
	}, delivery.deliveryBody)
	assert.Equal(t, received[0], delivery.Body)
	assert.Contains(t, delivery.Body, "<script>")
	assert.Equal(t, hostile+"\ufffd", delivery.ResponseBody, "invalid UTF-8 is replaced")
	assert.NotEmpty(t, delivery.Header.Get(callback.SignatureHeader))
	assert.Equal(t, "none", get[fullDeliveryBody](t, s, "/_sandbox/deliveries/2").Signature)
	for _, raw := range []string{"<script>", "\x1b", "\u2028", "\u202e"} {
		assert.Equal(t, raw == "\u202e", strings.Contains(s.do(t, http.MethodGet, "/_sandbox/deliveries/1", "").body, raw), "%q", raw)
	}

	again := send[fullDeliveryBody](t, s, http.MethodPost, "/_sandbox/deliveries/1/resend", "{}")
	assert.Equal(t, new(int64(1)), again.ResentFrom)
	assert.EqualValues(t, 6, again.ID)
	assert.Equal(t, received[0], received[5])
	assert.EqualValues(t, 6, get[statusBody](t, s, "/_sandbox/status").Counts.Deliveries)

	c := s.newClient(t)
	_, err := c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{CallbackSecret: new(api.NewSecret("another"))})
	require.NoError(t, err)
	assert.Equal(t, "invalid", get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1").Signature, "the secret has changed")
	assert.Equal(t, "valid", send[fullDeliveryBody](t, s, http.MethodPost, "/_sandbox/deliveries/1/resend", "{}").Signature)
	_, err = c.PeriodicAgents.Update(t.Context(), 1, &client.PeriodicAgentUpdateRequest{CallbackSecret: new(api.NewSecret(""))})
	require.NoError(t, err)
	assert.Equal(t, "invalid", get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1").Signature, "there is no secret")
	require.NoError(t, c.PeriodicAgents.Delete(t.Context(), 1))
	assert.Equal(t, "invalid", get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1").Signature, "the agent was deleted")

	for _, query := range []string{"limit=0", "limit=501", "limit=x", "before=0", "before=x", "agent=x", "log=-1"} {
		a := s.do(t, http.MethodGet, "/_sandbox/deliveries?"+query, "")
		assert.Equal(t, http.StatusBadRequest, a.status, query)
		assert.Contains(t, a.reason(t), "must be an integer", query)
	}
}

func TestFailedDelivery(t *testing.T) {
	t.Parallel()
	s := start(t)
	_, err := s.newClient(t).PeriodicAgents.Update(t.Context(), 2, &client.PeriodicAgentUpdateRequest{CallbackURL: new("http://127.0.0.1:1/runs")})
	require.NoError(t, err)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/2/fire", `{"output": "Hello?"}`)
	failed := get[fullDeliveryBody](t, s, "/_sandbox/deliveries/1")
	assert.Zero(t, failed.StatusCode)
	assert.True(t, failed.Sent)
	assert.Equal(t, "valid", failed.Signature)
	assert.Contains(t, failed.Error, "127.0.0.1:1", "the receiver is unreachable")

	send[faultsBody](t, s, http.MethodPut, "/_sandbox/faults", `{"deliveries": [{"drop": true}]}`)
	send[logBody](t, s, http.MethodPost, "/_sandbox/agents/2/fire", `{"output": "Hello?"}`)
	dropped := get[fullDeliveryBody](t, s, "/_sandbox/deliveries/2")
	assert.Equal(t, "dropped", dropped.Fault)
	assert.Equal(t, "1", dropped.FaultID)
	assert.Contains(t, dropped.Error, "dropped")
	assert.False(t, dropped.Sent)
	assert.Equal(t, "none", dropped.Signature, "nothing was signed")
	assert.Empty(t, dropped.Header)
	assert.Equal(t, 2, get[deliveriesBody](t, s, "/_sandbox/deliveries?status=none").Total)
	assert.Zero(t, get[deliveriesBody](t, s, "/_sandbox/deliveries?status=2xx").Total)
	assert.Equal(t, 2, get[deliveriesBody](t, s, "/_sandbox/deliveries?text=hello").Total)
	assert.Zero(t, get[deliveriesBody](t, s, "/_sandbox/deliveries?text=goodbye").Total)
}
