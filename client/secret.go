package client

import (
	"fmt"
	"io"
	"log/slog"
	"reflect"
)

// Secret is a text that must not be seen: it prints as *** in every verb of
// package fmt and in slog. JSON carries it as it is, since the API asks for it;
// string(s) gives it out.
type Secret string

// redacted stands for a secret wherever it is printed.
const redacted = "***"

// Format prints ***, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue is ***.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// secretsOf are the secrets in a request's body.
func secretsOf(body any) []string {
	value := reflect.Indirect(reflect.ValueOf(body))
	if value.Kind() != reflect.Struct {
		return nil
	}
	var secrets []string
	for _, field := range value.Fields() {
		if field = reflect.Indirect(field); field.IsValid() && field.Type() == reflect.TypeFor[Secret]() {
			secrets = append(secrets, field.String())
		}
	}
	return secrets
}
