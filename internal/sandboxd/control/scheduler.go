package control

import (
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// maxStops is the number of stored stops.
const maxStops = 1000

type schedulerBody struct {
	Running bool       `json:"running"`
	Stops   []stopBody `json:"stops"`
}

// stopBody is a period in which the scheduler was stopped.
type stopBody struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to"` // nil if the scheduler is still stopped
}

// stops are the latest periods in which the scheduler was stopped.
type stops struct {
	mu  sync.Mutex
	all []stopBody
}

// set stops or starts the scheduler.
func (s *stops) set(sb *sandbox.Sandbox, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch now := sb.Now().UTC(); {
	case running == sb.SchedulerRunning():
	case running:
		sb.StartScheduler()
		s.all[len(s.all)-1].To = &now
	default:
		sb.StopScheduler()
		s.all = append(s.all[max(0, len(s.all)+1-maxStops):], stopBody{From: now})
	}
}

// between returns the stops that overlap a period.
func (s *stops) between(from, to time.Time) []stopBody {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []stopBody{}
	for _, stop := range s.all {
		if stop.From.Before(to) && (stop.To == nil || stop.To.After(from)) {
			found = append(found, stop)
		}
	}
	return found
}

func (s *stops) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
}

func (c *call) scheduler() (any, error) {
	return schedulerBody{c.sandbox.SchedulerRunning(), c.stops.between(document.MinTime(), document.MaxTime())}, nil
}

// setScheduler stops or starts the scheduler.
func (c *call) setScheduler() (any, error) {
	var running bool
	if err := c.body(func(v *document.Value) {
		v.Object(document.Fields{"running": func(v *document.Value) { running = v.Bool() }}, "running")
	}); err != nil {
		return nil, err
	}
	c.stops.set(c.sandbox, running)
	return c.scheduler()
}
