package control

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	// maxInbox is the number of callbacks that the inbox keeps.
	maxInbox = 500
	// maxInboxBody limits the bodies that it keeps, in bytes.
	maxInboxBody = 64 << 10
)

// An inbox has the callbacks that the server has received itself, the latest last.
type inbox struct {
	mu    sync.Mutex
	last  int64
	items []fullInboxBody
}

type inboxesBody struct {
	Callbacks []inboxBody `json:"callbacks"`
	Total     int64       `json:"total"`
}

type inboxBody struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Org       string    `json:"org"` // empty if the run is unknown, like the next one
	AgentID   int64     `json:"agent_id"`
	Title     string    `json:"title"` // of the agent
	LogID     int64     `json:"log_id"`
	Status    string    `json:"status"`
	Signature string    `json:"signature"`
}

type fullInboxBody struct {
	inboxBody

	Header    http.Header `json:"header"`
	Body      string      `json:"body"`
	Truncated bool        `json:"truncated"`
}

func (b *inbox) add(item fullInboxBody) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	item.ID = b.last
	if len(b.items) == maxInbox {
		b.items = slices.Delete(b.items, 0, 1)
	}
	b.items = append(b.items, item)
	return item.ID
}

func (b *inbox) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last, b.items = 0, nil
}

// receive is a receiver of callbacks. Like a good one, it verifies the signature
// before it does anything else.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeJSON(w, http.StatusRequestEntityTooLarge, errorBody{"the callback is too long, or broke off"})
		return
	}
	sb := s.Sandbox()
	var posted struct {
		LogID  int64  `json:"log_id"`
		Status string `json:"status"`
	}
	_ = json.Unmarshal(text, &posted) // the run is unknown if it is not a callback
	details, _ := sb.RunDetails(posted.LogID)
	item := fullInboxBody{
		inboxBody: inboxBody{
			At: sb.Now().UTC(), Org: details.Org, AgentID: details.AgentID, LogID: posted.LogID, Status: posted.Status,
			Signature: verify(sb, details.AgentID, text, r.Header.Get(callback.SignatureHeader)),
		},
		Header:    r.Header.Clone(),
		Body:      string(text[:min(len(text), maxInboxBody)]),
		Truncated: len(text) > maxInboxBody,
	}
	item.ID = s.inbox.add(item)
	s.feed.publish("inbox", eventBody{Org: item.Org, AgentID: item.AgentID, LogID: item.LogID, InboxID: item.ID, At: item.At})
	if item.Signature == "invalid" {
		writeJSON(w, http.StatusUnauthorized, errorBody{"the signature is not that of the body with the agent's secret"})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// verify reports whether a signature is valid with the agent's current secret.
func verify(sb *sandbox.Sandbox, agentID int64, body []byte, signature string) string {
	agent, err := sb.PeriodicAgent(agentID)
	switch {
	case signature == "" && (err != nil || agent.CallbackSecret.IsZero()):
		return "none"
	case err != nil: // it was deleted, and its secret with it
		return "invalid"
	}
	verifier, err := callback.NewVerifierAllowShort(agent.CallbackSecret)
	if err != nil || verifier.Verify(body, signature) != nil {
		return "invalid"
	}
	return "valid"
}

// listInbox lists the callbacks in the inbox, the latest first.
func (c *call) listInbox() (any, error) {
	limit := c.query.integer("limit", defaultPage, 1, maxPage)
	if c.query.err != nil {
		return nil, c.query.err
	}
	b := c.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	body := inboxesBody{Callbacks: []inboxBody{}, Total: b.last}
	for _, item := range slices.Backward(b.items) {
		if int64(len(body.Callbacks)) == limit {
			break
		}
		item.Title = c.title(item.AgentID)
		body.Callbacks = append(body.Callbacks, item.inboxBody)
	}
	return body, nil
}

func (c *call) inboxByID() (any, error) {
	b := c.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.items {
		if b.items[i].ID == c.id {
			item := b.items[i]
			item.Title = c.title(item.AgentID)
			return item, nil
		}
	}
	return nil, errorf(http.StatusNotFound, "the inbox has no callback %d, or not any more", c.id)
}
