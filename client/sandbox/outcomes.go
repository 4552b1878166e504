package sandbox

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// An Outcome describes how a run of an agent goes. The zero Outcome is a success
// that takes no time.
type Outcome struct {
	// Status is the status with which the run finishes. The default is
	// [api.StatusSuccess]. With [api.StatusRunning] the run never finishes, and no
	// callback is posted.
	Status api.Status
	// Output is the mentor's response. Dependent agents receive it with their prompt.
	Output string
	// Log is the content of the run's log. The default is one generated line.
	Log string
	// Duration is how long the run takes on the sandbox's clock. It must not be
	// negative. [Sandbox.RunNow] doesn't wait for it.
	Duration time.Duration
}

// complete validates the outcome of an argument and sets the default status.
func (o Outcome) complete(argument string) (Outcome, error) {
	fill(&o.Status, api.StatusSuccess)
	if !slices.Contains(logStatuses, o.Status) {
		return o, invalid(argument+".Status", "is %q, but must be success, error or running", o.Status)
	}
	if o.Duration < 0 {
		return o, invalid(argument+".Duration", "is %v, but must not be negative", o.Duration)
	}
	return o, nil
}

// A Run is a run of an agent that starts, as [WithOutcomeFunc] receives it.
type Run struct {
	// Org is the key of the agent's org.
	Org string
	// AgentID is the agent's id.
	AgentID int64
	// Title is the agent's title.
	Title string
	// MentorID is the unique id of the agent's mentor.
	MentorID string
	// Prompt is the agent's prompt, followed by the output of its previous agent if
	// there is any.
	Prompt string
	// LogID is the id of the run's log.
	LogID int64
	// StartTime is the time of the start on the sandbox's clock.
	StartTime time.Time
}

// WithOutcomes sets the outcomes of runs that their schedule or
// [Sandbox.RunAsScheduled] starts: the first run of each agent has the first
// outcome, the second run the second, and all runs after those have the last. By
// default, and with an empty list, all runs succeed. It replaces an earlier
// [WithOutcomeFunc].
func WithOutcomes(outcomes ...Outcome) Option {
	return optionFunc(func(s *settings) error {
		for i, outcome := range outcomes {
			if _, err := outcome.complete(fmt.Sprintf("WithOutcomes[%d]", i)); err != nil {
				return err
			}
		}
		s.outcomes = script(slices.Clone(outcomes))
		return nil
	})
}

// WithOutcomeFunc sets a function that decides the outcome of each run that its
// schedule or [Sandbox.RunAsScheduled] starts. It replaces an earlier
// [WithOutcomes].
//
// The sandbox calls f when the run starts, and the clock waits until it returns.
// Scheduled runs call it one after another; RunAsScheduled may call it at the same
// time. f may use the sandbox and its API, but must not advance the clock:
// [Sandbox.Advance] returns [ErrReentrant] for the context that f receives. If the
// outcome is invalid, the run fails, and its log has the reason.
func WithOutcomeFunc(f func(ctx context.Context, run Run) Outcome) Option {
	return optionFunc(func(s *settings) error {
		if f == nil {
			return invalid("WithOutcomeFunc", "is nil")
		}
		s.outcomes = f
		return nil
	})
}

// script returns an outcome function for a list of outcomes.
func script(outcomes []Outcome) func(context.Context, Run) Outcome {
	var mu sync.Mutex
	runs := map[int64]int{} // by agent
	return func(_ context.Context, run Run) Outcome {
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
