package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

// lease is how long a claim lasts.
const lease = 5 * time.Second

// storeServer is a store that the receivers share over HTTP. When it restarts,
// it forgets everything.
type storeServer struct {
	mu     sync.Mutex
	claims map[string]claim
	isDown bool
}

type claim struct {
	owner   string
	isDone  bool
	expires time.Time
}

// restart makes the store unreachable for a while, and forget everything. It
// calls forgotten with the runs that were claimed and not done.
func (s *storeServer) restart(ctx context.Context, forgotten func(claimed []int64)) {
	s.mu.Lock()
	var claimed []int64
	for key, claim := range s.claims {
		_, text, _ := strings.Cut(key, ":")
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && !claim.isDone {
			claimed = append(claimed, id)
		}
	}
	s.claims, s.isDown = map[string]claim{}, true
	s.mu.Unlock()
	forgotten(claimed)
	select {
	case <-time.After(300 * time.Millisecond):
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.isDown = false
	s.mu.Unlock()
}

func (s *storeServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isDown {
		http.Error(w, "the store restarts", http.StatusBadGateway)
		return
	}
	key, owner := r.URL.Query().Get("key"), r.URL.Query().Get("owner")
	held, ok := s.claims[key]
	switch r.URL.Path {
	case "/store/claim":
		switch {
		case ok && held.isDone:
			w.WriteHeader(http.StatusConflict)
			return
		case ok && held.owner != owner && time.Now().Before(held.expires):
			w.WriteHeader(http.StatusLocked)
			return
		}
		s.claims[key] = claim{owner: owner, expires: time.Now().Add(lease)}
	case "/store/done":
		s.claims[key] = claim{isDone: true}
	case "/store/release":
		if held.owner == owner && !held.isDone {
			delete(s.claims, key)
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// remoteStore is a callback.Store that calls a storeServer.
type remoteStore struct{ address string }

func (s remoteStore) Claim(ctx context.Context, key, owner string) error {
	err := s.call(ctx, "claim", key, owner)
	if status, ok := errors.AsType[statusError](err); ok {
		switch status {
		case http.StatusConflict:
			return callback.ErrDuplicate
		case http.StatusLocked:
			return callback.ErrInProgress
		}
	}
	return err
}

func (s remoteStore) Done(ctx context.Context, key string) error {
	return s.call(ctx, "done", key, "")
}

func (s remoteStore) Release(ctx context.Context, key, owner string) error {
	return s.call(ctx, "release", key, owner)
}

func (s remoteStore) call(ctx context.Context, method, key, owner string) error {
	return post(ctx, fmt.Sprintf("%s/store/%s?key=%s&owner=%s", s.address, method, url.QueryEscape(key), url.QueryEscape(owner)), "")
}
