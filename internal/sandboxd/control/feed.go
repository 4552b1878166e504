package control

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	// maxFeedEvents is the number of past events that a client can resume from.
	maxFeedEvents = 4096
	// maxFeedBatch is the number of events that a client gets at once, so that many
	// clients that are behind don't have a copy of all events each.
	maxFeedBatch = 64
)

// An event of a feed, with its number.
type event struct {
	number int64
	kind   string
	body   eventBody
}

// eventBody is the data of an event. Fields that don't apply to its kind are
// omitted.
type eventBody struct {
	Org        string    `json:"org,omitempty"`
	AgentID    int64     `json:"agent_id,omitempty"`
	LogID      int64     `json:"log_id,omitempty"`
	DeliveryID int64     `json:"delivery_id,omitempty"`
	RequestID  int64     `json:"request_id,omitempty"`
	JobID      int64     `json:"job_id,omitempty"`
	InboxID    int64     `json:"inbox_id,omitempty"`
	Status     string    `json:"status,omitempty"`
	Count      int       `json:"count,omitempty"` // number of coalesced events
	At         time.Time `json:"at"`
}

// A feed stores the latest events of a server. It continues when the sandbox is
// replaced. It is safe for concurrent use.
type feed struct {
	mu      sync.Mutex
	events  []event // the latest events, with consecutive numbers
	last    int64   // number of the latest event
	changed chan struct{}
}

func newFeed() *feed { return &feed{changed: make(chan struct{})} }

func (f *feed) publish(kind string, body eventBody) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	if len(f.events) == 2*maxFeedEvents {
		f.events = append(f.events[:0], f.events[maxFeedEvents:]...)
	}
	f.events = append(f.events, event{f.last, kind, body})
	close(f.changed)
	f.changed = make(chan struct{})
}

// after returns the first events after a number. If some of them are no longer
// stored, complete is false. The channel is closed at the next event.
func (f *feed) after(number int64) (events []event, complete bool, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	missing := max(0, int(f.last-number)-len(f.events))
	remaining := f.events[max(0, len(f.events)-int(f.last-number)):]
	remaining = remaining[:min(len(remaining), maxFeedBatch)]
	return append([]event(nil), remaining...), missing == 0 && number <= f.last, f.changed
}

// position returns the number of the latest event.
func (f *feed) position() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// publishEvents publishes the events of a sandbox until the sandbox is closed.
func (s *Server) publishEvents(sb *sandbox.Sandbox) {
	events := sb.Watch(context.Background()) // starts here, so that no later event is missed
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

// eventID returns the id of an event in a stream. The id identifies this start
// of the program, since numbers start at 1 again when it restarts.
func (s *Server) eventID(number int64) string { return s.boot + "-" + strconv.FormatInt(number, 10) }

// eventNumber returns the number of the event with an id. It returns false for
// invalid ids, and for ids from before a restart.
func (s *Server) eventNumber(id string) (number int64, ok bool) {
	text, ok := strings.CutPrefix(id, s.boot+"-")
	number, err := strconv.ParseInt(text, 10, 64)
	return number, ok && err == nil
}
