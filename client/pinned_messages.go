package client

import (
	"context"
	"errors"

	"github.com/iblai/iblai-go/client/api"
)

// PinnedMessagesService calls the operations on pinned chat sessions.
type PinnedMessagesService struct{ client *Client }

func (s *PinnedMessagesService) owner() *Client {
	if s == nil {
		return nil
	}
	return s.client
}

// List returns the pinned messages of a chat session. Releases before 4.202 send
// the messages of this session only. Newer releases send the first message of every
// pinned session, on several pages; List requests all of them and returns this
// session. So the result is the only page, and is empty if the session is not
// pinned.
func (s *PinnedMessagesService) List(ctx context.Context, sessionID string, opts ...CallOption) (*Page[PinnedSession], error) {
	sessions := all(ctx, s.owner(), allOptions(opts), func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageListRequest(org, userID, sessionID)
	}, (*PinnedSession).key)
	page := &Page[PinnedSession]{Results: []*PinnedSession{}}
	for session, err := range sessions {
		if failure, ok := errors.AsType[*PageError](err); ok && failure.Page == 1 {
			return nil, failure.Err
		}
		if err != nil {
			return nil, err
		}
		if sameUUID(session.SessionID, sessionID) {
			page.Results = append(page.Results, session)
		}
	}
	page.Count = int64(len(page.Results))
	return page, nil
}

// Create pins a chat session.
func (s *PinnedMessagesService) Create(ctx context.Context, sessionID string, opts ...CallOption) (*Pin, error) {
	return do[Pin](ctx, s.owner(), opts, func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageCreateRequest(org, userID, &pinRequest{SessionID: sessionID})
	})
}

// Delete unpins a chat session.
func (s *PinnedMessagesService) Delete(ctx context.Context, sessionID string, opts ...CallOption) error {
	return s.owner().discard(ctx, opts, func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageDeleteRequest(org, userID, sessionID, &pinRequest{SessionID: sessionID})
	})
}

// checkSession refuses an empty id: it is not documented what the service would
// unpin.
func checkSession(id string) error {
	if id == "" {
		return &api.ArgumentError{Argument: "sessionID", Reason: "is empty"}
	}
	return nil
}

func (s *PinnedSession) key() itemKey { return itemKey{uniqueID: s.SessionID} }
