package control

import (
	"net/http"
	"time"

	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// addedBody lists what was added to the sandbox.
type addedBody struct {
	Accounts []accountBody `json:"accounts"`
	Mentors  []string      `json:"mentors"`  // unique ids
	Sessions []string      `json:"sessions"` // ids
	Agents   []int64       `json:"agents"`   // ids
	Logs     []int64       `json:"logs"`     // ids
}

func newAddedBody(added *seed.Added) addedBody {
	body := addedBody{
		Accounts: []accountBody{},
		Mentors:  []string{},
		Sessions: append([]string{}, added.Sessions...),
		Agents:   append([]int64{}, added.Agents...),
		Logs:     append([]int64{}, added.Logs...),
	}
	for _, a := range added.Accounts {
		body.Accounts = append(body.Accounts, newAccountBody(a))
	}
	for _, m := range added.Mentors {
		body.Mentors = append(body.Mentors, m.UniqueID)
	}
	return body
}

// add adds the orgs in the body to the sandbox.
func (c *call) add() (any, error) {
	format, err := c.format(seedTypes)
	if err != nil {
		return nil, err
	}
	text, err := c.readBody(maxBodySize)
	if err != nil {
		return nil, err
	}
	added, err := c.current.Load().Add(document.Body("body"), text, format)
	if added != nil {
		c.feed.publish("added", eventBody{At: c.Sandbox().Now().UTC()})
	}
	if err != nil {
		return nil, errorf(http.StatusBadRequest, "%v", err)
	}
	return newAddedBody(added), nil
}

type logDelayBody struct {
	Delay string `json:"delay"`
}

func (c *call) logDelay() (any, error) { return logDelayBody{c.sandbox.LogDelay().String()}, nil }

// setLogDelay sets the time after which logs appear.
func (c *call) setLogDelay() (any, error) {
	var delay time.Duration
	if err := c.body(func(v *document.Value) {
		v.Object(document.Fields{"delay": func(v *document.Value) { delay = v.Duration(seed.MaxLogDelay) }}, "delay")
	}); err != nil {
		return nil, err
	}
	if err := c.sandbox.SetLogDelay(delay); err != nil {
		return nil, err
	}
	c.feed.publish("logs", eventBody{At: c.sandbox.Now().UTC()})
	return c.logDelay()
}
