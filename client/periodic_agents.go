package client

import (
	"context"
	"iter"

	"github.com/iblai/iblai-go/client/api"
)

// PeriodicAgentsService calls the operations on periodic agents.
type PeriodicAgentsService struct{ client *Client }

func (s *PeriodicAgentsService) owner() *Client {
	if s == nil {
		return nil
	}
	return s.client
}

// List returns one page of the org's agents. Nil params select all of them.
func (s *PeriodicAgentsService) List(ctx context.Context, params *PeriodicAgentListParams, opts ...CallOption) (*Page[PeriodicAgent], error) {
	return listPage[PeriodicAgent](ctx, s.owner(), opts, params.request)
}

// All iterates over the org's agents, from the page in params to the last, with one
// request per page. It yields every item once, also if others are created or
// deleted meanwhile; the package documentation has the details. An error ends the
// iteration; it is a [*PageError] unless nothing was sent.
func (s *PeriodicAgentsService) All(ctx context.Context, params *PeriodicAgentListParams, opts ...AllOption) iter.Seq2[*PeriodicAgent, error] {
	return all(ctx, s.owner(), opts, params.request, (*PeriodicAgent).key)
}

func (p *PeriodicAgentListParams) request(org, userID string) (*request, error) {
	return newPeriodicAgentListRequest(org, userID, p)
}

// Get returns the agent with this id.
func (s *PeriodicAgentsService) Get(ctx context.Context, id int64, opts ...CallOption) (*PeriodicAgent, error) {
	return do[PeriodicAgent](ctx, s.owner(), opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentGetRequest(org, userID, id)
	})
}

// Create creates an agent, which runs on its schedule unless its task is disabled.
// Empty fields of its crontab are sent as *.
//
// Leave the StartTime of the task unset unless it is needed: newer schedulers run
// an agent that has one once more than its crontab says. "Schedules" in the package
// documentation has this and the other rules of the scheduler.
//
// A schedule that would never run is refused; see [UnrunnableError]. The returned
// agent's Mentor has the unique id only.
func (s *PeriodicAgentsService) Create(ctx context.Context, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	settings, err := settingsFor(s.owner(), opts, WriteOption.applyToWrite)
	if err != nil {
		return nil, err
	}
	agent = agent.explicit()
	return s.write(ctx, settings, agent.crontab(), true, func(org, userID string) (*request, error) {
		return newPeriodicAgentCreateRequest(org, userID, agent)
	})
}

// Replace replaces the agent with this id. Mentor, title and crontab are required.
// Empty fields of the crontab are sent as *, so none of them keeps its stored
// value. All other fields keep their values if they are nil or unset in the
// request, also those of the task; [PeriodicAgent.CreateRequest] sets all of them.
// A changed schedule may run the agent at once, as with Update.
//
// A schedule that would never run is refused; see [UnrunnableError]. The returned
// agent's Mentor has the unique id only.
func (s *PeriodicAgentsService) Replace(ctx context.Context, id int64, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	settings, err := settingsFor(s.owner(), opts, WriteOption.applyToWrite)
	if err != nil {
		return nil, err
	}
	agent = agent.explicit()
	return s.write(ctx, settings, agent.crontab(), true, func(org, userID string) (*request, error) {
		r, err := newPeriodicAgentReplaceRequest(org, userID, id, agent)
		if _, ok := settings.fields["task"]; err == nil && !ok && agent.crontab().isZero() {
			err = &api.ArgumentError{Argument: "task.crontab", Reason: "has no field set, but a replacement needs a whole schedule"}
		}
		return r, err
	})
}

// Update changes the fields of the agent with this id that are set in changes. All
// others keep their values, also those of the task and of the crontab.
//
// The scheduler goes by the agent's last run, which the API does not report. So an
// agent may run at once after a change of its schedule. If it has run before, OneOff
// only disables it. If it has a StartTime and is enabled again, it may run once more
// than its crontab says. Missed runs are caught up once, but none of the time in which
// the agent was disabled. See "Schedules" in the package documentation.
//
// A schedule that would never run is refused; see [UnrunnableError]. If changes has
// some fields of a crontab but not all, Update requests the agent first, to check
// the schedule as a whole. The returned agent's Mentor has the unique id only.
func (s *PeriodicAgentsService) Update(ctx context.Context, id int64, changes *PeriodicAgentUpdateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	settings, err := settingsFor(s.owner(), opts, WriteOption.applyToWrite)
	if err != nil {
		return nil, err
	}
	build := func(org, userID string) (*request, error) {
		return newPeriodicAgentUpdateRequest(org, userID, id, changes)
	}
	if _, err := build(settings.org, settings.userID); err != nil {
		return nil, err
	}
	schedule := changes.crontab()
	if schedule.isPartial() && !settings.allowUnrunnable {
		stored, err := receive[PeriodicAgent](ctx, s.owner(), settings.forReading(), func(org, userID string) (*request, error) {
			return newPeriodicAgentGetRequest(org, userID, id)
		})
		if err != nil {
			return nil, err
		}
		schedule = schedule.orElse(stored.Task.Crontab)
	}
	return s.write(ctx, settings, schedule, changes.schedules(), build)
}

// write sends a request that writes an agent. It refuses a schedule that would
// never run. If schedules is set, it also checks the stored schedule, which may
// have been changed by others.
func (s *PeriodicAgentsService) write(ctx context.Context, settings *callSettings, schedule CrontabSchedule, schedules bool, build buildFunc) (*PeriodicAgent, error) {
	agent, err := receive[PeriodicAgent](ctx, s.owner(), settings, func(org, userID string) (*request, error) {
		r, err := build(org, userID)
		if err == nil && !settings.allowUnrunnable {
			err = checkSchedule(schedule)
		}
		return r, err
	})
	if err == nil && schedules && !settings.allowUnrunnable {
		err = checkStored(agent)
	}
	if err != nil {
		return nil, err
	}
	return agent, nil
}

// Delete deletes the agent with this id and its schedule.
func (s *PeriodicAgentsService) Delete(ctx context.Context, id int64, opts ...CallOption) error {
	return s.owner().discard(ctx, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentDeleteRequest(org, userID, id)
	})
}

// Statistics counts the org's agents by the status of their latest run. Nil
// params select all of them. Releases 3.5x don't have this operation: the error is
// [ErrNotFound].
func (s *PeriodicAgentsService) Statistics(ctx context.Context, params *PeriodicAgentStatisticsParams, opts ...CallOption) (*PeriodicAgentStatistics, error) {
	return do[PeriodicAgentStatistics](ctx, s.owner(), opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentStatisticsRequest(org, userID, params)
	})
}

func (a *PeriodicAgent) key() itemKey { return itemKey{id: a.ID} }
