package callback_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

func TestSecretPrintsAsStars(t *testing.T) {
	t.Parallel()
	for verb := 'A'; verb <= 'z'; verb++ {
		switch verb {
		case '[', '\\', ']', '^', '_', '`': // no verbs
			continue
		case 'T', 'p', 'w': // fmt calls no methods for these
			continue
		}
		for _, flags := range []string{"", "+", "#", "-", " ", "0", "40", ".40", "-40.2", "+#"} {
			format := "%" + flags + string(verb)
			assert.Equal(t, "***", fmt.Sprintf(format, secret), format)
		}
	}
	config := struct {
		Secret callback.Secret
		All    []callback.Secret
	}{secret, []callback.Secret{secret}}
	assert.Equal(t, "{Secret:*** All:[***]}", fmt.Sprintf("%+v", config))
	assert.NotContains(t, fmt.Sprintf("%#v", &config), string(secret))
	noVerb := "x"
	assert.Equal(t, "x%!(EXTRA callback.Secret=***)", fmt.Sprintf(noVerb, secret)) //nolint:staticcheck // the misuse is what is tested
	assert.Equal(t, "***", secret.String())
}

func TestSecretMarshalsAsStars(t *testing.T) {
	t.Parallel()
	config := map[string]any{"one": secret, "all": []*callback.Secret{new(secret)}}
	for _, marshal := range []func() ([]byte, error){
		func() ([]byte, error) { return json.Marshal(config) },
		func() ([]byte, error) { return jsonv2.Marshal(config, jsonv2.Deterministic(true)) },
	} {
		out, err := marshal()
		require.NoError(t, err)
		assert.Equal(t, `{"all":["***"],"one":"***"}`, string(out))
	}

	assert.Equal(t, any("***"), slog.AnyValue(secret).Resolve().Any())
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "secret", secret)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "secret", secret, "config", config)
	assert.Contains(t, out.String(), "secret=***")
	assert.Contains(t, out.String(), `"secret":"***"`)
	assert.NotContains(t, out.String(), string(secret))
}

func TestSecretIsReadFromConfiguration(t *testing.T) {
	t.Parallel()
	var config struct{ Secret callback.Secret }
	require.NoError(t, json.Unmarshal([]byte(`{"Secret":"`+secret+`"}`), &config))
	assert.True(t, secret == config.Secret)
	require.NoError(t, jsonv2.Unmarshal([]byte(`{"Secret":"`+secret+`"}`), &config))
	assert.True(t, secret == config.Secret)
}
