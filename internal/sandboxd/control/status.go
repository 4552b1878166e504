package control

import (
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

type statusBody struct {
	Name      string        `json:"name"`
	StartedAt time.Time     `json:"started_at"`
	Boot      string        `json:"boot"`
	URL       string        `json:"url"`
	InboxURL  string        `json:"inbox_url"`
	Clock     clockBody     `json:"clock"`
	Accounts  []accountBody `json:"accounts"`
	Counts    countsBody    `json:"counts"`
}

type accountBody struct {
	Org      string `json:"org"`
	Username string `json:"username"`
	Admin    bool   `json:"admin"`
	APIKey   string `json:"api_key"`
}

func newAccountBody(a sandbox.Account) accountBody {
	return accountBody{a.Org, a.Username, !a.Member, a.APIKey.Reveal()}
}

type countsBody struct {
	Requests   int64 `json:"requests"`   // number of requests so far
	Deliveries int64 `json:"deliveries"` // number of deliveries so far
	Faults     int   `json:"faults"`     // number of rules that can still apply
}

func (c *call) status() (any, error) { return c.newStatusBody(c.sandbox), nil }

func (s *Server) newStatusBody(sb *sandbox.Sandbox) statusBody {
	body := statusBody{
		Name:      "iblai-go sandbox",
		StartedAt: s.startedAt,
		Boot:      s.boot,
		URL:       s.url,
		Clock:     newClockBody(sb),
		InboxURL:  s.inboxURL(),
		Counts:    countsBody{Faults: countActiveFaults(sb)},
	}
	for r := range sb.RequestsBackward() { // the id of the latest request is their number
		body.Counts.Requests = r.ID
		break
	}
	for d := range sb.DeliveriesBackward() {
		body.Counts.Deliveries = d.ID
		break
	}
	for _, a := range sb.Accounts() {
		body.Accounts = append(body.Accounts, newAccountBody(a))
	}
	return body
}
