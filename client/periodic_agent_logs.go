package client

import (
	"context"
	"iter"
)

// PeriodicAgentLogsService calls the operations on the logs of agents' runs.
type PeriodicAgentLogsService struct{ client *Client }

// List returns one page of the org's logs. Nil params ask for all of them.
func (s *PeriodicAgentLogsService) List(ctx context.Context, params *PeriodicAgentLogListParams, opts ...CallOption) (*Page[PeriodicAgentLog], error) {
	return do[Page[PeriodicAgentLog]](ctx, s.client, opts, params.request)
}

// All walks the org's logs, from the page that params name to the last, one
// request a page. An error ends it.
func (s *PeriodicAgentLogsService) All(ctx context.Context, params *PeriodicAgentLogListParams, opts ...AllOption) iter.Seq2[*PeriodicAgentLog, error] {
	return all(ctx, s.client, opts, params.request, (*PeriodicAgentLog).key)
}

func (p *PeriodicAgentLogListParams) request(org, userID string) (*request, error) {
	return newPeriodicAgentLogListRequest(org, userID, p)
}

// Get returns the log with this id.
func (s *PeriodicAgentLogsService) Get(ctx context.Context, id int64, opts ...CallOption) (*PeriodicAgentLog, error) {
	return do[PeriodicAgentLog](ctx, s.client, opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentLogGetRequest(org, userID, id)
	})
}

func (l *PeriodicAgentLog) key() itemKey { return itemKey{id: l.ID} }
