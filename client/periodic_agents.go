package client

import (
	"context"
	"iter"
)

// PeriodicAgentsService calls the operations on periodic agents.
type PeriodicAgentsService struct{ client *Client }

// List returns one page of the org's agents. Nil params select all of them.
func (s *PeriodicAgentsService) List(ctx context.Context, params *PeriodicAgentListParams, opts ...CallOption) (*Page[PeriodicAgent], error) {
	return do[Page[PeriodicAgent]](ctx, s.client, opts, params.request)
}

// All iterates over the org's agents, from the page in params to the last, with one
// request per page. An error ends the iteration; it is a [*PageError] unless
// nothing was sent. An item that moves to an earlier page during the iteration,
// since another one was deleted, may be missed.
func (s *PeriodicAgentsService) All(ctx context.Context, params *PeriodicAgentListParams, opts ...AllOption) iter.Seq2[*PeriodicAgent, error] {
	return all(ctx, s.client, opts, params.request, (*PeriodicAgent).key)
}

func (p *PeriodicAgentListParams) request(org, userID string) (*request, error) {
	return newPeriodicAgentListRequest(org, userID, p)
}

// Get returns the agent with this id.
func (s *PeriodicAgentsService) Get(ctx context.Context, id int64, opts ...CallOption) (*PeriodicAgent, error) {
	return do[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentGetRequest(org, userID, id)
	})
}

// Create creates an agent, which runs on its schedule unless its task is disabled.
// A schedule that would never run is refused; see [UnrunnableError]. Leave
// start_time unset unless it is needed: it may cause an additional run that the
// crontab doesn't have. The returned agent's Mentor has the unique id only.
func (s *PeriodicAgentsService) Create(ctx context.Context, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentCreateRequest(org, userID, agent)
	})
}

// Replace replaces the agent with this id. Mentor, title and crontab are required.
// A schedule that would never run is refused; see [UnrunnableError]. The returned
// agent's Mentor has the unique id only.
func (s *PeriodicAgentsService) Replace(ctx context.Context, id int64, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentReplaceRequest(org, userID, id, agent)
	})
}

// Update changes the fields of the agent with this id that are set in changes,
// which may be single fields of the crontab. A schedule that would never run is
// refused; see [UnrunnableError]. The returned agent's Mentor has the unique id
// only.
//
// The service's scheduler plans from the agent's last run, which the API doesn't
// show. So a changed crontab may run the agent at once, one_off on an agent that has
// run only disables it, and disabling an agent forgets its last run.
func (s *PeriodicAgentsService) Update(ctx context.Context, id int64, changes *PeriodicAgentUpdateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentUpdateRequest(org, userID, id, changes)
	})
}

// Delete deletes the agent with this id and its schedule.
func (s *PeriodicAgentsService) Delete(ctx context.Context, id int64, opts ...CallOption) error {
	return s.client.discard(ctx, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentDeleteRequest(org, userID, id)
	})
}

// Statistics counts the org's agents by the status of their latest run. Nil
// params select all of them.
func (s *PeriodicAgentsService) Statistics(ctx context.Context, params *PeriodicAgentStatisticsParams, opts ...CallOption) (*PeriodicAgentStatistics, error) {
	return do[PeriodicAgentStatistics](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentStatisticsRequest(org, userID, params)
	})
}

func (a *PeriodicAgent) key() itemKey { return itemKey{id: a.ID} }
