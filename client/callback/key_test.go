package callback_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/iblai/iblai-go/client/callback"
)

func TestKey(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "4711", callback.Key("", 4711))
	assert.Equal(t, "acme:4711", callback.Key("acme", 4711))
}

// Two orgs can share a store, and a log handled by another part of the program is
// handled.
func TestOrgsShareAStore(t *testing.T) {
	t.Parallel()
	store := newMemoryStore(t, 10, time.Hour)
	assert.NoError(t, store.Done(t.Context(), callback.Key("initech", 4711)))
	for org, handled := range map[string]int{"acme": 1, "globex": 1, "initech": 0} {
		h := newReceiver(t, callback.WithDeduplication(store), callback.WithOrg(org))
		for range 2 {
			assert.Equal(t, http.StatusNoContent, serve(h, newRequest(t, event4711)).StatusCode)
		}
		assert.Len(t, h.events, handled, org)
	}
}
