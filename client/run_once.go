package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// WithPollInterval sets how long RunOnce waits between two looks for its log:
// 2 s if not set.
func WithPollInterval(d time.Duration) SharedOption {
	return sharedOption(func(s *callSettings) error {
		if d <= 0 {
			return &api.ArgumentError{Argument: "WithPollInterval", Reason: fmt.Sprintf("is %s, but must be above 0", d)}
		}
		s.pollInterval = d
		return nil
	})
}

// removalTimeout is how long RunOnce tries to remove its agent at the end.
const removalTimeout = 30 * time.Second

// RunOnce runs a mentor once and returns the log of the run. The API has no
// such operation: this creates the agent with a task that is due in every
// minute but runs once only, whatever its Task says, waits until the run has
// finished or the context ends, and removes the agent in any case. So it takes
// up to a minute before the run begins, and as long as the run takes.
//
// An error beside a log says that the agent could not be removed. Its task is
// switched off all the same, since it has run.
func (s *PeriodicAgentsService) RunOnce(ctx context.Context, agent *PeriodicAgentCreateRequest, opts ...CallOption) (log *PeriodicAgentLog, err error) {
	if agent == nil {
		return nil, &api.ArgumentError{Argument: "agent", Reason: "is nil"}
	}
	settings, err := settingsFor(s.client, opts, CallOption.applyToCall)
	if err != nil {
		return nil, err
	}
	once := *agent
	once.Task = PeriodicTaskRequest{
		Crontab: CrontabSchedule{Minute: "*", Hour: "*", DayOfWeek: "*", DayOfMonth: "*", MonthOfYear: "*"},
		OneOff:  new(true),
		Enabled: new(true),
	}
	created, err := s.Create(ctx, &once, widen[WriteOption](opts)...)
	if err != nil {
		return nil, err
	}
	defer func() {
		removal, cancel := context.WithTimeout(context.WithoutCancel(ctx), removalTimeout)
		defer cancel()
		if failure := s.Delete(removal, created.ID, opts...); failure != nil && !errors.Is(failure, ErrNotFound) {
			err = errors.Join(err, fmt.Errorf("ibl.ai: agent %d, which was to run once, is still there: %w", created.ID, failure))
		}
	}()
	return s.awaitRun(ctx, created.ID, cmp.Or(settings.pollInterval, 2*time.Second), opts)
}

// awaitRun waits until a run of the agent has finished.
func (s *PeriodicAgentsService) awaitRun(ctx context.Context, id int64, interval time.Duration, opts []CallOption) (*PeriodicAgentLog, error) {
	for {
		for log, err := range s.client.PeriodicAgentLogs.All(ctx, &PeriodicAgentLogListParams{PeriodicAgent: id}, widen[AllOption](opts)...) {
			if err != nil {
				if isPassing(err) && ctx.Err() == nil {
					break
				}
				return nil, err
			}
			if isFinished(log) {
				return log, nil
			}
		}
		if err := sleep(ctx, interval); err != nil {
			return nil, fmt.Errorf("ibl.ai: no run of agent %d has finished: %w", id, err)
		}
	}
}

// isPassing reports whether an error may be gone at the next try.
func isPassing(err error) bool {
	_, transport := errors.AsType[*TransportError](err)
	return transport && !isPermanent(err) || errors.Is(err, ErrServer) || errors.Is(err, ErrRateLimited)
}
