package client

import (
	"context"
	"iter"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// PeriodicAgentLogsService calls the operations on the logs of agents' runs.
type PeriodicAgentLogsService struct{ client *Client }

func (s *PeriodicAgentLogsService) owner() *Client {
	if s == nil {
		return nil
	}
	return s.client
}

// List returns one page of the org's logs. Nil params select all of them.
func (s *PeriodicAgentLogsService) List(ctx context.Context, params *PeriodicAgentLogListParams, opts ...CallOption) (*Page[PeriodicAgentLog], error) {
	return listPage[PeriodicAgentLog](ctx, s.owner(), opts, params.request)
}

// All iterates over the org's logs, from the page in params to the last, with one
// request per page. It yields every item once, also if others are created or
// deleted meanwhile; the package documentation has the details. An error ends the
// iteration; it is a [*PageError] unless nothing was sent.
func (s *PeriodicAgentLogsService) All(ctx context.Context, params *PeriodicAgentLogListParams, opts ...AllOption) iter.Seq2[*PeriodicAgentLog, error] {
	return all(ctx, s.owner(), opts, params.request, (*PeriodicAgentLog).key)
}

// Since iterates over the logs that were created at t or later, newest first, and
// requests no more pages than they need. Params select the logs as for All, but
// must not set an ordering or a page. Logs that are created during the iteration
// may be missing.
//
// If the service ignores the ordering, Since yields an error that is
// [ErrOrderingIgnored], instead of ending too soon.
func (s *PeriodicAgentLogsService) Since(ctx context.Context, t time.Time, params *PeriodicAgentLogListParams, opts ...AllOption) iter.Seq2[*PeriodicAgentLog, error] {
	return func(yield func(*PeriodicAgentLog, error) bool) {
		newest := PeriodicAgentLogListParams{}
		if params != nil {
			newest = *params
		}
		if newest.Ordering != "" || newest.Page != 0 {
			yield(nil, &api.ArgumentError{Argument: "params", Reason: "must not set Ordering or Page, which Since sets"})
			return
		}
		newest.Ordering = OrderByCreatedAt.Descending()
		listed := 0
		for log, err := range s.All(ctx, &newest, opts...) {
			listed++
			switch {
			case err != nil || log.CreatedAt.IsZero() || !log.CreatedAt.Before(t):
				if !yield(log, err) {
					return
				}
			case listed > 1: // one log alone does not prove the order
				return
			}
		}
	}
}

func (p *PeriodicAgentLogListParams) request(org, userID string) (*request, error) {
	return newPeriodicAgentLogListRequest(org, userID, p)
}

// Get returns the log with this id.
func (s *PeriodicAgentLogsService) Get(ctx context.Context, id int64, opts ...CallOption) (*PeriodicAgentLog, error) {
	return do[PeriodicAgentLog](ctx, s.owner(), opts, func(org, userID string) (*request, error) {
		return newPeriodicAgentLogGetRequest(org, userID, id)
	})
}

func (l *PeriodicAgentLog) key() itemKey { return itemKey{id: l.ID} }
