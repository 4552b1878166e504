package sandbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// An Outcome is how a run goes. The zero Outcome is a success.
type Outcome struct {
	// Status is how the run ends: success if it is empty. A run that is left
	// running has no end, and tells nobody.
	Status api.Status
	// Output is what the mentor answers at the end.
	Output string
	// Log is what the run logs, from start to end; a line is made up if it is
	// empty.
	Log string
	// Duration is how long the run takes on the sandbox's clock. It must not be
	// negative.
	Duration time.Duration
}

// complete checks an outcome, and fills in its status.
func (o Outcome) complete() (Outcome, error) {
	fill(&o.Status, api.StatusSuccess)
	if !slices.Contains(logStatuses, o.Status) {
		return o, fmt.Errorf("sandbox: an outcome can't have the status %q", o.Status)
	}
	if o.Duration < 0 {
		return o, fmt.Errorf("sandbox: an outcome can't have the duration %v", o.Duration)
	}
	return o, nil
}

// An Invocation is a run that begins.
type Invocation struct {
	// Org and AgentID tell whose run it is, and Title what the agent is called.
	Org     string
	AgentID int64
	Title   string
	// MentorID is the unique id of the mentor that runs.
	MentorID string
	// Prompt is the agent's, followed by the output of its previous agent, if it
	// has one that has put anything out.
	Prompt string
	// LogID is the id of the run's log.
	LogID int64
	// StartTime is when the run begins, on the sandbox's clock.
	StartTime time.Time
}

// WithOutcomes sets how the runs go that begin by themselves or by
// [Sandbox.Trigger]: all succeed if it is not set.
//
// The function is called when the run begins, from one goroutine at a time for
// runs that are due. The clock waits for it, so it may use the sandbox's API, but
// must not advance the clock. An outcome that can't be makes the run an
// error whose log says why.
func WithOutcomes(f func(ctx context.Context, run Invocation) Outcome) Option {
	return func(s *settings) error {
		if f == nil {
			return &OptionError{Option: "WithOutcomes", Reason: "is nil"}
		}
		s.outcomes = f
		return nil
	}
}

// Script is a function for [WithOutcomes]: the first run of every agent goes as
// the first outcome says, the second as the second, and all after the last as
// the last.
func Script(outcomes ...Outcome) func(context.Context, Invocation) Outcome {
	var mu sync.Mutex
	runs := map[int64]int{} // by agent
	return func(_ context.Context, run Invocation) Outcome {
		if len(outcomes) == 0 {
			return Outcome{}
		}
		mu.Lock()
		defer mu.Unlock()
		turn := min(runs[run.AgentID], len(outcomes)-1)
		runs[run.AgentID]++
		return outcomes[turn]
	}
}
