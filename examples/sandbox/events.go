package main

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
	// maxWrite is how long a client may take nothing at all.
	maxWrite = 30 * time.Second
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

// events streams what happens, until the client goes or the program ends.
func (c *call) events() (any, error) { return http.HandlerFunc(c.stream), nil }

func (p *program) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	s := &stream{writer: w, controller: http.NewResponseController(w)}
	for sb := p.current.Load(); ; sb = p.current.Load() {
		events := forward(ctx, sb.Watch(ctx)) // before anything is told, so that nothing is missed
		var open bool
		if s.sent == 0 {
			open = s.send("hello", helloBody{clockOf(sb), p.boot})
		} else {
			open = s.send("replaced", eventBody{At: sb.Now().UTC()})
		}
		if !open || !s.relay(events, beat.C) {
			cancel()
		}
		for range events { // until its goroutine has ended
		}
		if ctx.Err() != nil || p.isClosed() {
			return
		}
	}
}

// forward has a goroutine that ends with the context or with the events.
func forward(ctx context.Context, watched iter.Seq[sandbox.Event]) <-chan sandbox.Event {
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

// A stream writes server-sent events.
type stream struct {
	writer     http.ResponseWriter
	controller *http.ResponseController
	sent       int
}

// relay sends events until there are no more, and a sign of life now and then. It
// returns false if the client takes no more.
func (s *stream) relay(events <-chan sandbox.Event, beat <-chan time.Time) bool {
	for {
		select {
		case event, ok := <-events:
			if !ok {
				return true
			}
			if !s.send(string(event.Type), bodyOf(event)) {
				return false
			}
		case <-beat:
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

func (s *stream) send(kind string, body any) bool {
	text, _ := json.Marshal(body) // of texts, numbers and times
	s.sent++
	return s.write(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", s.sent, kind, text))
}

func (s *stream) write(text string) bool {
	_ = s.controller.SetWriteDeadline(time.Now().Add(maxWrite)) // where it isn't supported, there is none
	if _, err := io.WriteString(s.writer, text); err != nil {
		return false
	}
	return s.controller.Flush() == nil
}
