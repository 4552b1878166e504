package scan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/internal/scan"
)

func TestFieldsAreFoundInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"a":1,"b":2,"c":3}`,
		`{"c":3,"b":2,"a":1}`,
		`{"b":2,"x":0,"c":3,"a":1}`,
		`{"ab":0,"a":1, "b":2,"c" :3}`,
		`{"a":9,"a":1,"\u0062":2,"c":3}`,
	} {
		var d scan.Decoder
		d.Reset([]byte(body))
		got := map[string]int64{}
		var unknown *api.Fields
		for _, name := range d.Fields(&unknown, "a", "b", "c") {
			switch name {
			case "a", "b", "c":
				got[name] = d.Int64()
			default:
				d.Keep()
			}
		}
		require.NoError(t, d.End(), body)
		assert.Equal(t, map[string]int64{"a": 1, "b": 2, "c": 3}, got, body)
	}
}
