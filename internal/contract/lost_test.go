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

// lostFields returns the fields of a response that are missing or different in the
// client's model. Zero values are equal to each other, and so are times in different
// formats, an array inside an array and a page, and a bare mentor and a mentor with
// that unique id or numeric id.
func lostFields(t *testing.T, body []byte, decoded any) []string {
	t.Helper()
	kept, err := reveal.JSON(decoded)
	require.NoError(t, err)
	sent := parse(t, body)
	if items, ok := sent.([]any); ok {
		sent = map[string]any{"results": flatten(items)}
	}
	return differences("", sent, kept)
}

// parse parses JSON and keeps the text of numbers.
func parse(t *testing.T, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	require.NoError(t, decoder.Decode(&value), "%s", text)
	return value
}

func flatten(items []any) (all []any) {
	for _, item := range items {
		if inner, ok := item.([]any); ok {
			all = append(all, flatten(inner)...)
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
	case json.Number:
		if mentor, ok := kept.(map[string]any); ok && mentor["id"] == sent {
			return nil
		}
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
