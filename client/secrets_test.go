package client_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// printedForms returns v as fmt, slog and encoding/json print it.
func printedForms(t *testing.T, v any) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%b", "%o", "%c", "%U", "%e", "%g", "%p", "%10.3v"} {
		out[verb] = fmt.Sprintf(verb, v)
	}
	var text, record bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).LogAttrs(t.Context(), slog.LevelInfo, "m", slog.Any("v", v))
	slog.New(slog.NewJSONHandler(&record, nil)).LogAttrs(t.Context(), slog.LevelInfo, "m", slog.Any("v", v))
	out["slog text"], out["slog JSON"] = text.String(), record.String()
	if encoded, err := json.Marshal(v); err == nil {
		out["JSON"] = string(encoded)
	}
	if err, ok := v.(error); ok {
		out["Error()"] = err.Error()
	}
	return out
}

// assertHoldsNoSecret fails if a printed form of v contains a secret of the
// tests.
func assertHoldsNoSecret(t *testing.T, v any) {
	t.Helper()
	for how, text := range printedForms(t, v) {
		assertNoSecretIn(t, how, text)
	}
}

func assertNoSecretIn(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{testKey, testSecret, testCredentials} {
		for _, form := range []string{
			secret,
			fmt.Sprintf("%x", secret),
			strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
		} {
			if strings.Contains(text, form) {
				assert.Fail(t, "a secret is shown", "%s shows %q in %.300s", where, secret, text)
			}
		}
	}
}
