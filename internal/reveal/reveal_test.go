package reveal_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/internal/reveal"
)

func TestModelIsWrittenAsItWasRead(t *testing.T) {
	const text = `{"count": 1, "next": "", "previous": "", "results": [{"session_id": "s", "messages": null, "mentor": {
		"metadata": [1, {"credentials": 12345678901234567890}], "mcp_servers": [{"credentials": "12", "extra_headers": {"X-Key": "k"}, "image": null}]}}]}`
	var page client.Page[client.PinnedSession]
	require.NoError(t, json.Unmarshal([]byte(text), &page))
	written, err := reveal.JSON(&page)
	require.NoError(t, err)
	result := written.(map[string]any)["results"].([]any)[0].(map[string]any)["mentor"].(map[string]any)
	server := result["mcp_servers"].([]any)[0].(map[string]any)
	assert.Equal(t, "12", server["credentials"])
	assert.Equal(t, map[string]any{"X-Key": "k"}, server["extra_headers"])
	assert.Equal(t, []any{json.Number("1"), map[string]any{"credentials": json.Number("12345678901234567890")}}, result["metadata"])
	assert.EqualValues(t, "1", written.(map[string]any)["count"])
}
