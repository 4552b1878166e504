package callback_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func ignore(context.Context, *callback.Event) error { return nil }

// Every invalid argument is an *api.ArgumentError that names it, and no panic.
func TestInvalidArguments(t *testing.T) {
	t.Parallel()
	verifier := newVerifier(t)
	short := api.NewSecret("123456789012345")
	with := func(opts ...callback.Option) func() (any, error) {
		return func() (any, error) { return orNil(callback.NewHandler(verifier, ignore, opts...)) }
	}
	for name, test := range map[string]struct {
		call     func() (any, error)
		argument string
		reason   string
		cause    error
	}{
		"nil verifier":  {func() (any, error) { return orNil(callback.NewHandler(nil, ignore)) }, "verifier", "NewVerifier", nil},
		"zero verifier": {func() (any, error) { return orNil(callback.NewHandler(new(callback.Verifier), ignore)) }, "verifier", "NewVerifier", nil},
		"nil function":  {func() (any, error) { return orNil(callback.NewHandler(verifier, nil)) }, "handle", "nil", nil},

		"nil option":             {with(callback.WithMaxBody(1), nil), "opts[1]", "nil", nil},
		"no body":                {with(callback.WithMaxBody(0)), "WithMaxBody", "0, which is not positive", nil},
		"negative body":          {with(callback.WithMaxBody(-1)), "WithMaxBody", "-1, which is not positive", nil},
		"no read timeout":        {with(callback.WithReadTimeout(0)), "WithReadTimeout", "0s, which is not positive", nil},
		"negative read timeout":  {with(callback.WithReadTimeout(-time.Second)), "WithReadTimeout", "-1s, which is not positive", nil},
		"nothing unverified":     {with(callback.WithMaxUnverified(0)), "WithMaxUnverified", "0, which is not positive", nil},
		"too little unverified":  {with(callback.WithMaxBody(100), callback.WithMaxUnverified(100)), "WithMaxUnverified", "is 100, which must be more than WithMaxBody, 100", nil},
		"no org":                 {with(callback.WithOrg("")), "WithOrg", "empty", nil},
		"no age":                 {with(callback.WithMaxAge(0)), "WithMaxAge", "leave the option out to accept events of any age", nil},
		"negative age":           {with(callback.WithMaxAge(-1)), "WithMaxAge", "-1ns, which is not positive", nil},
		"nil clock":              {with(callback.WithClock(nil)), "WithClock", "nil", nil},
		"nil store":              {with(callback.WithDeduplication(nil)), "WithDeduplication", "nil", nil},
		"nil memory store":       {with(callback.WithDeduplication((*callback.MemoryStore)(nil))), "WithDeduplication", "nil", nil},
		"nil logger":             {with(callback.WithLogger(nil)), "WithLogger", "nil", nil},
		"logger without handler": {with(callback.WithLogger(new(slog.Logger))), "WithLogger", "nil", nil},
		"nil observer":           {with(callback.WithObserver(nil)), "WithObserver", "nil", nil},
		"invalid, then valid":    {with(callback.WithMaxAge(0), callback.WithMaxAge(1)), "WithMaxAge", "0s", nil},

		"no secrets":    {func() (any, error) { return orNil(callback.NewVerifier()) }, "secrets", "missing", callback.ErrNoSecret},
		"empty secret":  {func() (any, error) { return orNil(callback.NewVerifier(api.Secret{})) }, "secrets[0]", "empty", callback.ErrNoSecret},
		"second empty":  {func() (any, error) { return orNil(callback.NewVerifier(secret, api.Secret{})) }, "secrets[1]", "empty", callback.ErrNoSecret},
		"short secret":  {func() (any, error) { return orNil(callback.NewVerifier(short)) }, "secrets[0]", "short", callback.ErrShortSecret},
		"second short":  {func() (any, error) { return orNil(callback.NewVerifier(secret, short)) }, "secrets[1]", "short", callback.ErrShortSecret},
		"short: none":   {func() (any, error) { return orNil(callback.NewVerifierAllowShort()) }, "secrets", "missing", callback.ErrNoSecret},
		"short: empty":  {func() (any, error) { return orNil(callback.NewVerifierAllowShort(short, api.Secret{})) }, "secrets[1]", "empty", callback.ErrNoSecret},
		"sign: no key":  {func() (any, error) { return orNil(signature(callback.Sign(nil, api.Secret{}))) }, "secret", "empty", callback.ErrNoSecret},
		"request: none": {func() (any, error) { return orNil(callback.NewRequest(t.Context(), "/", nil, api.Secret{})) }, "secret", "empty", callback.ErrNoSecret},
		"request: URL": {func() (any, error) {
			return orNil(callback.NewRequest(t.Context(), "https://receiver example:x", nil, secret))
		}, "url", "invalid", nil},
		//nolint:staticcheck // the nil context is what is tested
		"request: context": {func() (any, error) { return orNil(callback.NewRequest(nil, "/", nil, secret)) }, "ctx", "nil", nil},

		"no capacity":       {func() (any, error) { return orNil(callback.NewMemoryStore(0, time.Hour)) }, "capacity", "0, which is not positive", nil},
		"negative capacity": {func() (any, error) { return orNil(callback.NewMemoryStore(-1, time.Hour)) }, "capacity", "-1, which is not positive", nil},
		"no lifetime":       {func() (any, error) { return orNil(callback.NewMemoryStore(10, 0)) }, "ttl", "0s, which is not positive", nil},
		"negative lifetime": {func() (any, error) { return orNil(callback.NewMemoryStore(10, -1)) }, "ttl", "-1ns, which is not positive", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := test.call()
			assert.Nil(t, result)
			invalid, ok := err.(*api.ArgumentError) //nolint:errorlint // it must be this one, and wrapped by none
			require.True(t, ok, "%T: %v", err, err)
			assert.Equal(t, test.argument, invalid.Argument)
			assert.Contains(t, invalid.Reason, test.reason)
			if test.cause != nil {
				require.ErrorIs(t, err, test.cause)
			}
			assert.NotContains(t, err.Error(), secret.Reveal())
			assert.NotContains(t, err.Error(), short.Reveal())
		})
	}
}

// orNil makes a nil pointer a nil any.
func orNil[T any](result *T, err error) (any, error) {
	if result == nil {
		return nil, err
	}
	return result, err
}

func signature(header string, err error) (*string, error) {
	if header == "" {
		return nil, err
	}
	return &header, err
}

// The smallest valid values are accepted, in any order and repeatedly.
func TestValidArguments(t *testing.T) {
	t.Parallel()
	handler, err := callback.NewHandler(newVerifier(t), ignore,
		callback.WithMaxBody(1), callback.WithReadTimeout(1), callback.WithMaxAge(1), callback.WithClock(time.Now),
		callback.WithDeduplication(newMemoryStore(t, 1, 1)), callback.WithLogger(slog.New(slog.DiscardHandler)),
		callback.WithMaxBody(2))
	require.NoError(t, err)
	assert.NotNil(t, handler)
	for _, secrets := range [][]api.Secret{{api.NewSecret("1234567890123456")}, {secret, secret}} {
		verifier, err := callback.NewVerifier(secrets...)
		require.NoError(t, err)
		assert.NotNil(t, verifier)
	}
}

// Zero values refuse everything, and don't panic.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	var verifier callback.Verifier
	require.ErrorIs(t, verifier.Verify([]byte(recorded[0].body), recorded[0].header), callback.ErrNoSecret)
	require.ErrorIs(t, verifier.Verify(nil, ""), callback.ErrNoSecret)
	var none *callback.Verifier
	require.ErrorIs(t, none.Verify([]byte(recorded[0].body), recorded[0].header), callback.ErrNoSecret)

	store := new(callback.MemoryStore)
	require.ErrorIs(t, store.Claim(t.Context(), "a", "1"), callback.ErrStoreFull)
	require.ErrorIs(t, store.Done(t.Context(), "a"), callback.ErrStoreFull)
	require.NoError(t, store.Release(t.Context(), "a", "1"))
}

// A handler shows neither a secret nor what a store holds.
func TestHandlerShowsNoSecret(t *testing.T) {
	t.Parallel()
	type store struct {
		callback.Store
		password string
	}
	h := newHandler(t, ignore, callback.WithDeduplication(store{password: "the password of the store"}))
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, value := range []any{h, *h, struct{ H *callback.Handler }{h}, struct{ H callback.Handler }{*h}} {
			printed := fmt.Sprintf(format, value)
			assert.NotContains(t, printed, secret.Reveal())
			assert.NotContains(t, printed, "password of")
			assert.NotContains(t, printed, fmt.Sprintf("%x", "password of"))
		}
	}
}
