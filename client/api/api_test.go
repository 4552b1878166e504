package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
)

const hidden = "a-text-that-nobody-may-see"

type holder struct {
	Direct  api.Secret
	Pointer *api.Secret
	Slice   []api.Secret
	Map     map[string]api.Secret
	Key     map[api.Secret]int
	Any     any
	Nested  *holder

	unexported api.Secret
}

func newHolder() holder {
	inner := holder{Direct: api.NewSecret(hidden)}
	return holder{
		Direct:  api.NewSecret(hidden),
		Pointer: new(api.NewSecret(hidden)),
		Slice:   []api.Secret{api.NewSecret(hidden)},
		Map:     map[string]api.Secret{"a": api.NewSecret(hidden)},
		Key:     map[api.Secret]int{api.NewSecret(hidden): 1},
		Any:     api.NewSecret(hidden),
		Nested:  &inner,

		unexported: api.NewSecret(hidden),
	}
}

func TestSecretIsMaskedAtAnyDepth(t *testing.T) {
	values := []any{api.NewSecret(hidden), new(api.NewSecret(hidden)), newHolder(), []holder{newHolder()}, map[string]any{"a": newHolder()}}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			assert.NotContains(t, fmt.Sprintf(verb, value), hidden, "%s of %T", verb, value)
			assert.NotContains(t, fmt.Sprintf(verb, value), fmt.Sprintf("%x", hidden), "%s of %T", verb, value)
		}
		text, err := json.Marshal(value)
		require.NoError(t, err)
		assert.NotContains(t, string(text), hidden)
		for _, handler := range []func(*bytes.Buffer) slog.Handler{
			func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		} {
			var out bytes.Buffer
			slog.New(handler(&out)).Info("value", "value", value)
			assert.NotContains(t, out.String(), hidden, "%T", value)
			assert.Contains(t, out.String(), "***", "%T", value)
		}
	}
}

func TestSecretIsReadFromAnyJSON(t *testing.T) {
	for text, want := range map[string]string{
		`"a\u0062c"`:    "abc",
		`null`:          "",
		` {"a": "b"}`:   `{"a": "b"}`,
		`12`:            "12",
		`["x"]`:         `["x"]`,
		`"\"quoted\""`:  `"quoted"`,
		`""`:            "",
		` "with space"`: "with space",
	} {
		secret := api.NewSecret("old")
		require.NoError(t, secret.UnmarshalJSON([]byte(text)))
		assert.Equal(t, want, secret.Reveal(), text)
	}
	var secret api.Secret
	require.NoError(t, secret.UnmarshalText([]byte("plain")))
	assert.Equal(t, "plain", secret.Reveal())
}

func TestEmptySecretIsNoSecret(t *testing.T) {
	text, err := json.Marshal(api.Secret{})
	require.NoError(t, err)
	assert.Equal(t, `""`, string(text))
	text, err = api.Secret{}.MarshalText()
	require.NoError(t, err)
	assert.Empty(t, text)
	assert.Equal(t, api.Secret{}, api.NewSecret(""))
	assert.Empty(t, api.Secret{}.Reveal())
	assert.True(t, api.NewSecret("ab") == api.NewSecret(string([]byte("ab"))), "equal texts are equal secrets")
}

func TestFieldsPrintNamesOnly(t *testing.T) {
	fields := &api.Fields{}
	fields.Set("headers", json.RawMessage(`"`+hidden+`"`))
	fields.Set("other", json.RawMessage(`1`))
	fields.Set("other", json.RawMessage(`2`))
	fields.Set("gone", json.RawMessage(`3`))
	fields.Delete("gone")
	fields.Delete("gone")

	assert.Equal(t, []string{"headers", "other"}, fields.Names())
	value, ok := fields.Get("other")
	assert.True(t, ok)
	assert.Equal(t, "2", string(value))
	for name, value := range fields.All() {
		assert.Equal(t, "headers", name)
		assert.Contains(t, string(value), hidden)
		break
	}
	holder := struct{ Unknown *api.Fields }{fields}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		assert.NotContains(t, fmt.Sprintf(verb, holder), hidden)
		assert.Contains(t, fmt.Sprintf(verb, holder), "headers")
	}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("value", "value", fields, "holder", holder)
	assert.NotContains(t, out.String(), hidden)
	assert.Contains(t, out.String(), `["headers","other"]`)
}

// Few fields are kept in another way than many.
func TestFieldsOfAnyNumber(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 18, 1000} {
		fields := &api.Fields{}
		want := []string{}
		for i := range n {
			name := fmt.Sprint("f", i)
			want = append(want, name)
			fields.Set(name, json.RawMessage(`0`))
			fields.Set(name, json.RawMessage(fmt.Sprint(i)))
		}
		assert.Equal(t, n, fields.Len())
		assert.Equal(t, want, fields.Names())
		for i, name := range want {
			value, ok := fields.Get(name)
			require.True(t, ok)
			require.Equal(t, fmt.Sprint(i), string(value))
		}
		_, ok := fields.Get("none")
		assert.False(t, ok)

		fields.Delete(want[0])
		_, ok = fields.Get(want[0])
		assert.False(t, ok)
		assert.Equal(t, n-1, fields.Len())
		assert.Equal(t, want[1:], fields.Names())
		fields.Set(want[0], json.RawMessage(`1`))
		assert.Equal(t, n, fields.Len())
	}
}

// Names that a stranger chooses must not cost the square of their number.
func TestManyFieldsTakeLinearTime(t *testing.T) {
	start := time.Now()
	fields := &api.Fields{}
	for i := range 300_000 {
		fields.Set(fmt.Sprint(i), json.RawMessage(`1`))
		fields.Delete("0")
		fields.Set("0", json.RawMessage(`1`))
	}
	assert.Less(t, time.Since(start), 20*time.Second)
}

func TestNilFieldsCanBeRead(t *testing.T) {
	var fields *api.Fields
	_, ok := fields.Get("a")
	assert.False(t, ok)
	assert.Zero(t, fields.Len())
	assert.Empty(t, fields.Names())
	assert.Equal(t, "[]", fields.String())
	for range fields.All() {
		t.Error("a nil Fields has a field")
	}
}

func TestArgumentErrorTellsItsCause(t *testing.T) {
	cause := errors.New("the cause")
	err := &api.ArgumentError{Argument: "WithPort", Reason: "is no port", Err: cause}
	assert.EqualError(t, err, "ibl.ai: WithPort is no port: the cause")
	require.ErrorIs(t, err, cause)
	assert.EqualError(t, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}, "ibl.ai: ctx is nil")
}
