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
	// maxInboxCallbacks is the number of stored callbacks.
	maxInboxCallbacks = 500
	// maxInboxBodySize limits the size of stored bodies in bytes.
	maxInboxBodySize = 64 << 10
)

// An inbox stores the latest callbacks that the server received, the newest
// last.
type inbox struct {
	mu    sync.Mutex
	last  int64
	items []fullReceivedCallbackBody
}

type receivedCallbacksBody struct {
	Callbacks []receivedCallbackBody `json:"callbacks"`
	Total     int64                  `json:"total"`
}

type receivedCallbackBody struct {
	ID        int64     `json:"id"`
	At        time.Time `json:"at"`
	Org       string    `json:"org"`      // empty if the run is unknown
	AgentID   int64     `json:"agent_id"` // 0 if the run is unknown
	Title     string    `json:"title"`    // title of the agent
	LogID     int64     `json:"log_id"`
	Status    string    `json:"status"`
	Signature string    `json:"signature"`
}

type fullReceivedCallbackBody struct {
	receivedCallbackBody

	Header    http.Header `json:"header"`
	Body      string      `json:"body"`
	Truncated bool        `json:"truncated"`
}

func (b *inbox) add(item fullReceivedCallbackBody) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	item.ID = b.last
	if len(b.items) == maxInboxCallbacks {
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

// receiveCallback stores a callback. It responds with 401 if the signature is
// invalid.
func (s *Server) receiveCallback(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodySize))
	if err != nil {
		writeJSON(w, http.StatusRequestEntityTooLarge, errorBody{"the callback is too large or incomplete"})
		return
	}
	sb := s.Sandbox()
	var posted struct {
		LogID  int64  `json:"log_id"`
		Status string `json:"status"`
	}
	_ = json.Unmarshal(text, &posted) // a body of another kind has no known run
	details, _ := sb.RunDetails(posted.LogID)
	item := fullReceivedCallbackBody{
		receivedCallbackBody: receivedCallbackBody{
			At: sb.Now().UTC(), Org: details.Org, AgentID: details.AgentID, LogID: posted.LogID, Status: posted.Status,
			Signature: verifySignature(sb, details.AgentID, text, r.Header.Get(callback.SignatureHeader)),
		},
		Header:    r.Header.Clone(),
		Body:      string(text[:min(len(text), maxInboxBodySize)]),
		Truncated: len(text) > maxInboxBodySize,
	}
	item.ID = s.inbox.add(item)
	s.feed.publish("inbox", eventBody{Org: item.Org, AgentID: item.AgentID, LogID: item.LogID, InboxID: item.ID, At: item.At})
	if item.Signature == "invalid" {
		writeJSON(w, http.StatusUnauthorized, errorBody{"the signature doesn't match the body and the agent's secret"})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// verifySignature checks a signature with the agent's current secret. It
// returns valid, invalid or none.
func verifySignature(sb *sandbox.Sandbox, agentID int64, body []byte, signature string) string {
	agent, err := sb.PeriodicAgent(agentID)
	switch {
	case signature == "" && (err != nil || agent.CallbackSecret.IsZero()):
		return "none"
	case err != nil: // the agent and its secret were deleted
		return "invalid"
	}
	verifier, err := callback.NewVerifierAllowShort(agent.CallbackSecret)
	if err != nil || verifier.Verify(body, signature) != nil {
		return "invalid"
	}
	return "valid"
}

// listInbox lists the callbacks in the inbox, newest first.
func (c *call) listInbox() (any, error) {
	limit := c.query.integer("limit", defaultPageSize, 1, maxPageSize)
	if c.query.err != nil {
		return nil, c.query.err
	}
	b := c.inbox
	b.mu.Lock()
	defer b.mu.Unlock()
	body := receivedCallbacksBody{Callbacks: []receivedCallbackBody{}, Total: b.last}
	for _, item := range slices.Backward(b.items) {
		if int64(len(body.Callbacks)) == limit {
			break
		}
		item.Title = c.title(item.AgentID)
		body.Callbacks = append(body.Callbacks, item.receivedCallbackBody)
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
	return nil, errorf(http.StatusNotFound, "there is no callback %d in the inbox, or it is no longer stored", c.id)
}
