package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/internal/reveal"
)

// lost tells what of an answer is not, or not the same, in what the client made
// of it. All that is zero is the same; a time may be written otherwise; lists in lists
// are one page; and a bare mentor is its unique id.
func lost(t *testing.T, answer []byte, decoded any) []string {
	t.Helper()
	kept, err := reveal.JSON(decoded)
	require.NoError(t, err)
	sent := parse(t, answer)
	if items, ok := sent.([]any); ok {
		sent = map[string]any{"results": flat(items)}
	}
	return differences("", sent, kept)
}

// parse reads JSON, with its numbers as they are written.
func parse(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value), "%s", text)
	return value
}

func flat(items []any) (all []any) {
	for _, item := range items {
		if inner, ok := item.([]any); ok {
			all = append(all, flat(inner)...)
		} else {
			all = append(all, item)
		}
	}
	return all
}

func differences(path string, sent, kept any) (found []string) {
	switch sent := sent.(type) {
	case map[string]any:
		fields, ok := kept.(map[string]any)
		if !ok {
			break
		}
		for name, value := range sent {
			found = append(found, differences(path+"."+name, value, fields[name])...)
		}
		return found
	case []any:
		items, _ := kept.([]any)
		if len(items) != len(sent) {
			break
		}
		for i, value := range sent {
			found = append(found, differences(fmt.Sprintf("%s[%d]", path, i), value, items[i])...)
		}
		return found
	case string:
		if mentor, ok := kept.(map[string]any); ok && mentor["unique_id"] == sent || sameTime(sent, kept) {
			return nil
		}
	}
	if assert.ObjectsAreEqual(sent, kept) || isZero(sent) && isZero(kept) {
		return nil
	}
	return []string{fmt.Sprintf("%s: %.100v became %.100v", path, sent, kept)}
}

func isZero(value any) bool {
	switch value {
	case nil, "", false, json.Number("0"):
		return true
	}
	return false
}

func sameTime(sent string, kept any) bool {
	text, _ := kept.(string)
	at, err := time.Parse(time.RFC3339Nano, sent)
	if err != nil {
		return false
	}
	as, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && at.Equal(as)
}
