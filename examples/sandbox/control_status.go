package main

import (
	_ "embed"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

type statusBody struct {
	Name      string        `json:"name"`
	StartedAt time.Time     `json:"started_at"`
	Boot      string        `json:"boot"`
	URL       string        `json:"url"`
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

type countsBody struct {
	Requests   int64 `json:"requests"`   // that there have been
	Deliveries int64 `json:"deliveries"` // that there have been
	Faults     int   `json:"faults"`
}

func (c *call) status() (any, error) { return c.statusOf(c.sandbox), nil }

func (p *program) statusOf(sb *sandbox.Sandbox) statusBody {
	body := statusBody{
		Name:      "iblai-go sandbox",
		StartedAt: p.startedAt,
		Boot:      p.boot,
		URL:       p.url,
		Clock:     clockOf(sb),
		Counts: countsBody{
			Faults: len(sb.Faults()) + len(sb.DeliveryFaults()),
		},
	}
	for r := range sb.RequestsBackward() { // their ids count them
		body.Counts.Requests = r.ID
		break
	}
	for d := range sb.DeliveriesBackward() {
		body.Counts.Deliveries = d.ID
		break
	}
	for _, a := range sb.Accounts() {
		body.Accounts = append(body.Accounts, accountBody{a.Org, a.Username, !a.Member, a.APIKey.Reveal()})
	}
	return body
}

//go:embed control.yaml
var controlDescription []byte

// description is the control API in OpenAPI's words.
func (*call) description() (any, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(controlDescription)
	}), nil
}
