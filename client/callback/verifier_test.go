package callback_test

import (
	"crypto/fips140"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

func TestAllowShort(t *testing.T) {
	t.Parallel()
	body := []byte(event4711)
	for _, short := range []api.Secret{api.NewSecret("s"), api.NewSecret("1234567890123"), api.NewSecret("12345678901234")} {
		v, err := callback.NewVerifierAllowShort(short)
		if fips140.Enforced() && len(short.Reveal()) < 14 {
			// crypto/hmac would panic at the first callback.
			require.ErrorIs(t, err, callback.ErrShortSecret)
			_, err = callback.Sign(body, short)
			require.ErrorIs(t, err, callback.ErrShortSecret)
			_, err = callback.NewRequest(t.Context(), "/", body, short)
			require.ErrorIs(t, err, callback.ErrShortSecret)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, v.Verify(body, sign(t, body, short)))
		require.ErrorIs(t, v.Verify(body, sign(t, body, secret)), callback.ErrSignatureMismatch)
	}
}

func TestVerifyRecorded(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	for i, rec := range recorded {
		require.NoError(t, v.Verify([]byte(rec.body), rec.header))
		digits := strings.TrimPrefix(rec.header, "sha256=")
		require.NoError(t, v.Verify([]byte(rec.body), "sha256="+strings.ToUpper(digits)))

		other := recorded[(i+1)%len(recorded)]
		require.ErrorIs(t, v.Verify([]byte(rec.body), other.header), callback.ErrSignatureMismatch)
		require.ErrorIs(t, newVerifier(t, api.NewSecret("another secret, long enough")).Verify([]byte(rec.body), rec.header), callback.ErrSignatureMismatch)
	}
}

func TestVerifyRefusesMalformedHeaders(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	body, header := []byte(recorded[0].body), recorded[0].header
	digits := strings.TrimPrefix(header, "sha256=")
	require.ErrorIs(t, v.Verify(body, ""), callback.ErrNoSignature)
	for _, header := range []string{
		" ", "sha256=", "sha256", digits, "=" + digits,
		" " + header, header + " ", header + "\n", "sha256= " + digits, "sha256 =" + digits,
		"SHA256=" + digits, "Sha256=" + digits, "sha-256=" + digits,
		"sha1=" + digits[:40], "sha512=" + digits + digits, "sha1=" + digits, "sha256=" + digits[:40], "v1=" + digits,
		header[:len(header)-1], header[:len(header)-2], header + "0", header + "00",
		header + "," + header, header + ", " + header, "sha256=" + header,
		"sha256=" + strings.Repeat("g", 64), "sha256=0x" + digits[2:], header[:len(header)-1] + " ",
		"sha256=" + strings.Repeat("\u0661", 32), "sha256=" + strings.Repeat("０", 64),
		"sha256=" + strings.Repeat("\x00", 64),
	} {
		err := v.Verify(body, header)
		require.ErrorIs(t, err, callback.ErrMalformedSignature, "%q", header)
		require.NotContains(t, err.Error(), digits)
	}
}

func TestVerifyErrorsShowNoSignature(t *testing.T) {
	t.Parallel()
	body := []byte(recorded[0].body)
	right := strings.TrimPrefix(recorded[0].header, "sha256=")
	wrong := strings.Repeat("ab", 32)
	err := newVerifier(t).Verify(body, "sha256="+wrong)
	require.ErrorIs(t, err, callback.ErrSignatureMismatch)
	assert.NotContains(t, err.Error(), right)
	assert.NotContains(t, err.Error(), wrong)
}

func TestVerifyDuringRotation(t *testing.T) {
	t.Parallel()
	secrets := []api.Secret{api.NewSecret("the oldest of the secrets"), secret, api.NewSecret("the newest of the secrets")}
	v := newVerifier(t, secrets...)
	body := []byte(event4711)
	for _, s := range secrets {
		require.NoError(t, v.Verify(body, sign(t, body, s)))
	}
	require.ErrorIs(t, v.Verify(body, sign(t, body, api.NewSecret("a secret that isn't there"))), callback.ErrSignatureMismatch)
}

// The service strips the white space around a callback_secret, such as the newline
// at the end of a file, and signs with the rest.
func TestVerifyWithWhiteSpaceAroundSecret(t *testing.T) {
	t.Parallel()
	body := []byte(event4711)
	for _, padded := range []string{secret.Reveal() + "\n", " " + secret.Reveal() + "\r\n", "\u00a0" + secret.Reveal()} {
		v := newVerifier(t, api.NewSecret("another secret, long enough"), api.NewSecret(padded))
		require.NoError(t, v.Verify(body, sign(t, body, secret)), "%q", padded)
		require.NoError(t, v.Verify(body, sign(t, body, api.NewSecret(padded))), "%q", padded)
		require.ErrorIs(t, v.Verify(body, sign(t, body, api.NewSecret("some secret of a stranger"))), callback.ErrSignatureMismatch)
	}

	_, err := callback.NewVerifier(api.NewSecret("too short" + strings.Repeat(" ", 16)))
	require.ErrorIs(t, err, callback.ErrShortSecret)
	_, err = callback.NewVerifierAllowShort(api.NewSecret(" \n"))
	require.ErrorIs(t, err, callback.ErrNoSecret)
	_, err = callback.Sign(body, api.NewSecret(" \n"))
	require.ErrorIs(t, err, callback.ErrNoSecret)
}

func TestVerifierKeepsItsSecrets(t *testing.T) {
	t.Parallel()
	secrets := []api.Secret{secret}
	v := newVerifier(t, secrets...)
	secrets[0] = api.NewSecret("overwritten by its caller")
	require.NoError(t, v.Verify([]byte(recorded[0].body), recorded[0].header))
}

func TestVerifyConcurrently(t *testing.T) {
	t.Parallel()
	v := newVerifier(t, api.NewSecret("another secret, long enough"), secret)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for i := range 200 {
				rec, other := recorded[i%len(recorded)], recorded[(i+1)%len(recorded)]
				assert.NoError(t, v.Verify([]byte(rec.body), rec.header))
				assert.ErrorIs(t, v.Verify([]byte(rec.body), other.header), callback.ErrSignatureMismatch)
			}
		})
	}
	group.Wait()
}

// failing records the report of a failed assertion, which prints values.
type failing struct{ report string }

func (f *failing) Errorf(format string, args ...any) { f.report += fmt.Sprintf(format, args...) }

func TestVerifierShowsNoSecret(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	require.NoError(t, v.Verify([]byte(recorded[0].body), recorded[0].header)) // fills the pool
	type holder struct {
		ByValue   callback.Verifier
		ByPointer *callback.Verifier
		private   callback.Verifier
	}
	held := holder{*v, v, *v}

	dump := new(failing) // go-spew follows pointers, also those in private fields
	assert.Equal(dump, holder{}, held)
	require.Contains(t, dump.report, "private")
	prints := []string{dump.report}
	for _, value := range []any{v, *v, held, &held, []callback.Verifier{*v}, map[string]any{"v": held}} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			prints = append(prints, fmt.Sprintf(format, value))
		}
	}
	var inDecimal, inHex strings.Builder
	for _, b := range []byte(secret.Reveal()[:8]) {
		fmt.Fprintf(&inDecimal, "%d ", b)
		fmt.Fprintf(&inHex, "0x%x, ", b)
	}
	forms := []string{secret.Reveal(), inDecimal.String(), inHex.String(), fmt.Sprintf("%x", secret.Reveal()[:8])}
	for _, printed := range prints {
		assert.False(t, slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(printed, form) }), printed)
	}
}

func TestVerifyAllocatesNothing(t *testing.T) { // not parallel: it counts
	if raceEnabled {
		t.Skip("under the race detector sync.Pool drops values at random")
	}
	v := newVerifier(t, api.NewSecret("another secret, long enough"), secret)
	body := payload(16 << 10)
	header := sign(t, body, secret)
	forged := sign(t, body, api.NewSecret("some secret of a stranger"))
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if v.Verify(body, header) != nil || v.Verify(body, forged) == nil {
			t.Error("wrong verdict")
		}
	}))
}

// Secrets can be replaced while callbacks are verified. Invalid ones change
// nothing.
func TestSetSecrets(t *testing.T) {
	t.Parallel()
	const body = `{"log_id": 1}`
	old, other := secret, api.NewSecret("a secret that replaces the old one")
	v := newVerifier(t, old)
	require.ErrorIs(t, v.SetSecrets(), callback.ErrNoSecret)
	require.ErrorIs(t, v.SetSecrets(other, api.NewSecret("short")), callback.ErrShortSecret)
	require.NoError(t, v.Verify([]byte(body), sign(t, []byte(body), old)))

	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				_ = v.Verify([]byte(body), sign(t, []byte(body), other))
			}
		})
	}
	require.NoError(t, v.SetSecrets(other))
	group.Wait()
	require.NoError(t, v.Verify([]byte(body), sign(t, []byte(body), other)))
	require.ErrorIs(t, v.Verify([]byte(body), sign(t, []byte(body), old)), callback.ErrSignatureMismatch)

	var zero callback.Verifier
	argument, ok := errors.AsType[*api.ArgumentError](zero.SetSecrets(old))
	require.True(t, ok)
	assert.Equal(t, "verifier", argument.Argument)
	require.ErrorIs(t, zero.Verify([]byte(body), sign(t, []byte(body), old)), callback.ErrNoSecret)
	short, err := callback.NewVerifierAllowShort(api.NewSecret("x"))
	require.NoError(t, err)
	require.NoError(t, short.SetSecrets(api.NewSecret("y")))
}
