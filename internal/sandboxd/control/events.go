package control

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/iblai/iblai-go/internal/document"
)

const (
	// heartbeatInterval is the time between comments, which detect disconnected
	// clients.
	heartbeatInterval = 15 * time.Second
	// writeTimeout limits how long a write waits for a slow client.
	writeTimeout = 30 * time.Second
	// maxInterval limits how long events can be coalesced.
	maxInterval = time.Minute
)

type helloBody struct {
	clockBody

	Boot string `json:"boot"`
}

// streamEvents sends events until the client disconnects or the server is closed.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request) {
	interval, err := parseInterval(r)
	if err != nil {
		writeJSON(w, errorStatus(err), errorBody{err.Error()})
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("X-Accel-Buffering", "no") // otherwise nginx buffers the events
	if r.Method == http.MethodHead {
		return
	}
	stream := &eventStream{server: s, writer: w, controller: http.NewResponseController(w), interval: interval, position: s.feed.position()}
	if !stream.send("hello", helloBody{newClockBody(s.Sandbox()), s.boot}) {
		return
	}
	if last := r.Header.Get("Last-Event-ID"); last != "" && !stream.resume(last) {
		return
	}
	stream.run(r)
}

// parseInterval returns the time for which events are coalesced. The default,
// 0, sends each event immediately.
func parseInterval(r *http.Request) (time.Duration, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return 0, errorf(http.StatusBadRequest, "the query can't be parsed: %v", err)
	}
	if !values.Has("interval") {
		return 0, nil
	}
	interval, err := time.ParseDuration(values.Get("interval"))
	if err != nil || interval < 0 || interval > maxInterval {
		return 0, errorf(http.StatusBadRequest, "the parameter interval must be a duration from 0s to %v, such as 250ms, not %s", maxInterval, document.Quote(values.Get("interval")))
	}
	return interval, nil
}

// An eventStream sends server-sent events to a client.
type eventStream struct {
	server     *Server
	writer     http.ResponseWriter
	controller *http.ResponseController
	interval   time.Duration
	position   int64 // number of the latest event read from the feed

	pending []*event // coalesced events, one of each kind
}

// resume continues after the last event that the client received. If events are
// missing, it sends lost.
func (s *eventStream) resume(id string) bool {
	number, ok := s.server.eventNumber(id)
	if !ok || number > s.position {
		return s.send("lost", eventBody{At: s.server.Sandbox().Now().UTC()})
	}
	s.position = number
	return true
}

// run sends events and heartbeats until the client disconnects or the server is
// closed.
func (s *eventStream) run(r *http.Request) {
	beats := time.NewTicker(heartbeatInterval)
	defer beats.Stop()
	flush := time.NewTimer(0)
	defer flush.Stop()
	<-flush.C
	for open := true; open; {
		events, complete, changed := s.server.feed.after(s.position)
		s.position += int64(len(events))
		if !complete {
			s.position = s.server.feed.position()
			events = append(events[:0], event{s.position, "lost", eventBody{At: s.server.Sandbox().Now().UTC()}})
		}
		if len(events) > 0 {
			open = s.add(events, flush)
			continue
		}
		select {
		case <-changed:
		case <-flush.C:
			open = s.flush()
		case <-beats.C:
			open = s.write(":\n\n")
		case <-r.Context().Done():
			open = false
		case <-s.server.ctx.Done():
			open = false
		}
	}
}

// add sends events immediately, or coalesces them until the timer fires.
func (s *eventStream) add(events []event, flush *time.Timer) bool {
	if s.interval == 0 {
		for i := range events {
			if !s.sendEvent(&events[i]) {
				return false
			}
		}
		return true
	}
	if len(s.pending) == 0 {
		flush.Reset(s.interval)
	}
	for i := range events {
		s.coalesce(&events[i])
	}
	return true
}

// coalesce replaces the pending event of the same kind, and counts both.
func (s *eventStream) coalesce(e *event) {
	for _, p := range s.pending {
		if p.kind == e.kind {
			count := p.body.Count + 1
			*p = *e
			p.body.Count = count
			return
		}
	}
	e.body.Count = 1
	s.pending = append(s.pending, e)
}

// flush sends the pending events.
func (s *eventStream) flush() bool {
	pending := s.pending
	s.pending = nil
	for _, e := range pending {
		e.number = s.position // a client that resumes here has missed nothing
		if !s.sendEvent(e) {
			return false
		}
	}
	return true
}

func (s *eventStream) sendEvent(e *event) bool {
	text, _ := json.Marshal(e.body) // strings, numbers and times can always be encoded
	return s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", s.server.eventID(e.number), e.kind, text))
}

// send sends an event that is not in the feed.
func (s *eventStream) send(kind string, body any) bool {
	text, _ := json.Marshal(body)
	return s.write(fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", s.server.eventID(s.position), kind, text))
}

func (s *eventStream) write(text string) bool {
	_ = s.controller.SetWriteDeadline(time.Now().Add(writeTimeout)) // some writers don't support deadlines
	if _, err := io.WriteString(s.writer, text); err != nil {
		return false
	}
	return s.controller.Flush() == nil
}
