package client

import (
	"context"
	"iter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MentorsService calls the operations on mentors.
type MentorsService struct{ client *Client }

// List returns one page of the mentors that the user can see. Nil params select
// all of them.
func (s *MentorsService) List(ctx context.Context, params *MentorListParams, opts ...CallOption) (*Page[Mentor], error) {
	return do[Page[Mentor]](ctx, s.client, opts, params.request)
}

// All iterates over the mentors that the user can see, from the page in params to
// the last, with one request per page. An error ends the iteration; it is a
// [*PageError] unless nothing was sent. A mentor that moves to an earlier page
// during the iteration, since another one was deleted, may be missed.
func (s *MentorsService) All(ctx context.Context, params *MentorListParams, opts ...AllOption) iter.Seq2[*Mentor, error] {
	return all(ctx, s.client, opts, params.request, (*Mentor).key)
}

func (p *MentorListParams) request(org, userID string) (*request, error) {
	return newMentorListRequest(org, userID, p)
}

// UnmarshalJSON decodes a mentor, or the bare unique id or numeric id that some
// responses have instead.
func (m *Mentor) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, m, lenientSyntax)
}

// unmarshalMentor is UnmarshalJSON for the client's own decoding. It saves a pass
// over the mentor.
func unmarshalMentor(decoder *jsontext.Decoder, m *Mentor) error {
	type plain Mentor // without methods
	switch decoder.PeekKind() {
	case '"':
		*m = Mentor{}
		return json.UnmarshalDecode(decoder, &m.UniqueID)
	case '0':
		*m = Mentor{}
		return json.UnmarshalDecode(decoder, &m.ID)
	}
	return json.UnmarshalDecode(decoder, (*plain)(m))
}

func (m *Mentor) key() itemKey { return itemKey{id: m.ID, uniqueID: m.UniqueID} }
