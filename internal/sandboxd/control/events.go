package control

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	heartbeat = 15 * time.Second
	// writeTimeout limits how long a client may read nothing.
	writeTimeout = 30 * time.Second
)

type helloBody struct {
	clockBody

	Boot string `json:"boot"`
}

type eventBody struct {
	Org        string    `json:"org,omitempty"`
	AgentID    int64     `json:"agent_id,omitempty"`
	LogID      int64     `json:"log_id,omitempty"`
	DeliveryID int64     `json:"delivery_id,omitempty"`
	RequestID  int64     `json:"request_id,omitempty"`
	Status     string    `json:"status,omitempty"`
	At         time.Time `json:"at"`
}

// streamEvents sends events until the client disconnects or the server is closed.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	stream := &eventStream{writer: w, controller: http.NewResponseController(w)}
	for sb := s.Sandbox(); ; sb = s.Sandbox() {
		events := receive(ctx, sb.Watch(ctx)) // first, so that no event is missed
		var open bool
		if stream.sent == 0 {
			open = stream.send("hello", helloBody{clockOf(sb), s.boot})
		} else {
			open = stream.send("replaced", eventBody{At: sb.Now().UTC()})
		}
		if !open || !stream.relay(events, ticker.C) {
			cancel()
		}
		for range events { // until its goroutine has finished
		}
		if ctx.Err() != nil || s.isClosed() {
			return
		}
	}
}

// receive sends events to a channel until the context or the events end.
func receive(ctx context.Context, watched iter.Seq[sandbox.Event]) <-chan sandbox.Event {
	events := make(chan sandbox.Event)
	go func() {
		defer close(events)
		for event := range watched {
			select {
			case events <- event:
			case <-ctx.Done():
				return
			}
		}
	}()
	return events
}

// An eventStream writes server-sent events.
type eventStream struct {
	writer     http.ResponseWriter
	controller *http.ResponseController
	sent       int
}

// relay sends events until there are no more, and a comment at each heartbeat. It
// returns false if the client has disconnected.
func (s *eventStream) relay(events <-chan sandbox.Event, heartbeats <-chan time.Time) bool {
	for {
		select {
		case event, ok := <-events:
			if !ok {
				return true
			}
			if !s.send(string(event.Type), bodyOf(event)) {
				return false
			}
		case <-heartbeats:
			if !s.write(":\n\n") {
				return false
			}
		}
	}
}

func bodyOf(event sandbox.Event) eventBody {
	return eventBody{
		Org:        event.Org,
		AgentID:    event.AgentID,
		LogID:      event.LogID,
		DeliveryID: event.DeliveryID,
		RequestID:  event.RequestID,
		Status:     string(event.Status),
		At:         event.Time.UTC(),
	}
}

func (s *eventStream) send(kind string, body any) bool {
	text, _ := json.Marshal(body) // strings, numbers and times can always be encoded
	s.sent++
	return s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", s.sent, kind, text))
}

func (s *eventStream) write(text string) bool {
	_ = s.controller.SetWriteDeadline(time.Now().Add(writeTimeout)) // without one if it isn't supported
	if _, err := io.WriteString(s.writer, text); err != nil {
		return false
	}
	return s.controller.Flush() == nil
}
