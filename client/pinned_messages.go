package client

import (
	"context"

	"github.com/iblai/iblai-go/client/api"
)

// PinnedMessagesService calls the operations on pinned chat sessions.
type PinnedMessagesService struct{ client *Client }

// List returns what is pinned of a chat session. The service answers with all
// of it at once, so there is one page only.
func (s *PinnedMessagesService) List(ctx context.Context, sessionID string, opts ...CallOption) (*Page[PinnedSession], error) {
	return do[Page[PinnedSession]](ctx, s.client, opts, func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageListRequest(org, userID, sessionID)
	})
}

// Create pins a chat session.
func (s *PinnedMessagesService) Create(ctx context.Context, sessionID string, opts ...CallOption) (*Pin, error) {
	return do[Pin](ctx, s.client, opts, func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageCreateRequest(org, userID, &pinRequest{SessionID: sessionID})
	})
}

// Delete takes the pin off a chat session.
func (s *PinnedMessagesService) Delete(ctx context.Context, sessionID string, opts ...CallOption) error {
	return s.client.discard(ctx, opts, func(org, userID string) (*request, error) {
		if err := checkSession(sessionID); err != nil {
			return nil, err
		}
		return newPinnedMessageDeleteRequest(org, userID, sessionID, &pinRequest{SessionID: sessionID})
	})
}

// checkSession refuses an empty id: what the service would unpin for it, nobody
// has said.
func checkSession(id string) error {
	if id == "" {
		return &api.ArgumentError{Argument: "sessionID", Reason: "is empty"}
	}
	return nil
}
