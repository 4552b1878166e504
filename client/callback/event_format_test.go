package callback_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

// An event prints as it is logged, without its texts.
func TestEventPrintsAsItIsLogged(t *testing.T) {
	t.Parallel()
	event, err := callback.ParseEvent([]byte(`{"log_id":4711,"status":"error","prompt":"confidential","agent_output":"confidential","log":"confidential","other":"confidential"}`))
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, value := range []any{event, *event, []*callback.Event{event}, struct{ E callback.Event }{*event}} {
			text := fmt.Sprintf(verb, value)
			assert.NotContains(t, text, "confidential", verb)
			assert.NotContains(t, text, fmt.Sprintf("%x", "confidential"), verb)
		}
		assert.Contains(t, fmt.Sprintf(verb, event), "log_id=4711 status=error", verb)
	}
}
