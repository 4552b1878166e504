package client

import (
	"context"
	"iter"
)

// PeriodicAgentsService calls the operations on periodic agents.
type PeriodicAgentsService struct{ client *Client }

// List returns one page of the org's agents. Nil params ask for all of them.
func (s *PeriodicAgentsService) List(ctx context.Context, params *PeriodicAgentListParams, opts ...CallOption) (*Page[PeriodicAgent], error) {
	return do[Page[PeriodicAgent]](ctx, s.client, opts, params.request)
}

// All walks the org's agents, from the page that params name to the last, one
// request a page. An error ends it.
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

// Create makes an agent, which runs on its schedule from then on unless its
// task is disabled. Of the mentor, the agent that it returns has the unique id
// only.
func (s *PeriodicAgentsService) Create(ctx context.Context, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentCreateRequest(org, userID, agent)
	})
}

// Replace writes all of the agent with this id: mentor, title and crontab must
// be given. Of the mentor, the agent that it returns has the unique id only.
func (s *PeriodicAgentsService) Replace(ctx context.Context, id int64, agent *PeriodicAgentCreateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentReplaceRequest(org, userID, id, agent)
	})
}

// Update changes those fields of the agent with this id that are set in
// changes, down to the single fields of its crontab. Of the mentor, the agent
// that it returns has the unique id only.
func (s *PeriodicAgentsService) Update(ctx context.Context, id int64, changes *PeriodicAgentUpdateRequest, opts ...WriteOption) (*PeriodicAgent, error) {
	return write[PeriodicAgent](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentUpdateRequest(org, userID, id, changes)
	})
}

// Delete removes the agent with this id and its schedule.
func (s *PeriodicAgentsService) Delete(ctx context.Context, id int64, opts ...CallOption) error {
	return s.client.discard(ctx, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentDeleteRequest(org, userID, id)
	})
}

// Statistics counts the org's agents by the state of their latest run. Nil
// params count all of them.
func (s *PeriodicAgentsService) Statistics(ctx context.Context, params *PeriodicAgentStatisticsParams, opts ...CallOption) (*PeriodicAgentStatistics, error) {
	return do[PeriodicAgentStatistics](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentStatisticsRequest(org, userID, params)
	})
}

func (a *PeriodicAgent) key() itemKey { return itemKey{id: a.ID} }
