package control

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

// maxFeed is the number of events that can be read after they happened.
const maxFeed = 4096

// An event is something that happened, with its number.
type event struct {
	number int64
	kind   string
	body   eventBody
}

// eventBody has the fields that apply to the event.
type eventBody struct {
	Org        string    `json:"org,omitempty"`
	AgentID    int64     `json:"agent_id,omitempty"`
	LogID      int64     `json:"log_id,omitempty"`
	DeliveryID int64     `json:"delivery_id,omitempty"`
	RequestID  int64     `json:"request_id,omitempty"`
	JobID      int64     `json:"job_id,omitempty"`
	InboxID    int64     `json:"inbox_id,omitempty"`
	Status     string    `json:"status,omitempty"`
	Count      int       `json:"count,omitempty"` // of the events that were coalesced
	At         time.Time `json:"at"`
}

// A feed has the latest events of a server, whatever sandbox they come from. It is
// safe for concurrent use.
type feed struct {
	mu      sync.Mutex
	events  []event // the latest, with consecutive numbers
	last    int64   // number of the last event
	changed chan struct{}
}

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

func (f *feed) publish(kind string, body eventBody) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	if len(f.events) == 2*maxFeed {
		f.events = append(f.events[:0], f.events[maxFeed:]...)
	}
	f.events = append(f.events, event{f.last, kind, body})
	close(f.changed)
	f.changed = make(chan struct{})
}

// after returns the events after a number. If some of them are missing, complete is
// false. The channel is closed at the next event.
func (f *feed) after(number int64) (events []event, complete bool, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missing := max(0, int(f.last-number)-len(f.events))
	kept := f.events[max(0, len(f.events)-int(f.last-number)):]
	return append([]event(nil), kept...), missing == 0 && number <= f.last, f.changed
}

// position returns the number of the last event.
func (f *feed) position() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// follow publishes the events of a sandbox until it is closed.
func (s *Server) follow(sb *sandbox.Sandbox) {
	events := sb.Watch(context.Background()) // from now on
	go func() {
		for e := range events {
			s.feed.publish(string(e.Type), eventBody{
				Org:        e.Org,
				AgentID:    e.AgentID,
				LogID:      e.LogID,
				DeliveryID: e.DeliveryID,
				RequestID:  e.RequestID,
				Status:     string(e.Status),
				At:         e.Time.UTC(),
			})
		}
	}()
}

// eventID returns the id of an event in a stream. Numbers start again when the
// program restarts.
func (s *Server) eventID(number int64) string { return s.boot + "-" + strconv.FormatInt(number, 10) }

// eventNumber returns the number of the event with an id. It returns false if the id
// is from before a restart.
func (s *Server) eventNumber(id string) (number int64, ok bool) {
	text, ok := strings.CutPrefix(id, s.boot+"-")
	number, err := strconv.ParseInt(text, 10, 64)
	return number, ok && err == nil
}
