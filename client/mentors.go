package client

import (
	"context"
	"iter"
)

// MentorsService calls the operations on mentors.
type MentorsService struct{ client *Client }

func (s *MentorsService) owner() *Client {
	if s == nil {
		return nil
	}
	return s.client
}

// List returns one page of the mentors that the user can see. Nil params select
// all of them.
func (s *MentorsService) List(ctx context.Context, params *MentorListParams, opts ...CallOption) (*Page[Mentor], error) {
	return listPage[Mentor](ctx, s.owner(), opts, params.request)
}

// All iterates over the mentors that the user can see, from the page in params to
// the last, with one request per page. It yields every mentor once, also if others
// are created or deleted meanwhile; the package documentation has the details. An
// error ends the iteration; it is a [*PageError] unless nothing was sent.
func (s *MentorsService) All(ctx context.Context, params *MentorListParams, opts ...AllOption) iter.Seq2[*Mentor, error] {
	return all(ctx, s.owner(), opts, params.request, (*Mentor).key)
}

func (p *MentorListParams) request(org, userID string) (*request, error) {
	return newMentorListRequest(org, userID, p)
}

func (m *Mentor) key() itemKey { return itemKey{id: m.ID, uniqueID: m.UniqueID} }
