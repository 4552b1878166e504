package callback_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
)

func TestSign(t *testing.T) {
	t.Parallel()
	for _, rec := range recorded {
		assert.Equal(t, rec.header, sign(t, []byte(rec.body), secret))
	}
}

// A signature by Sign is accepted. With any bit flipped it is refused.
func TestSignatureCoversEveryBit(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	v := newVerifier(t)
	for _, size := range []int{0, 1, 55, 56, 63, 64, 65, 127, 200} { // around the hash's blocks
		body := make([]byte, size)
		for i := range body {
			body[i] = byte(random.Uint32())
		}
		header := sign(t, body, secret)
		require.NoError(t, v.Verify(body, header))

		flip := func(data []byte, accept func(flipped []byte) error, legitimate func(before, after byte) bool) {
			for i := range data {
				for bit := range 8 {
					flipped := slices.Clone(data)
					flipped[i] ^= 1 << bit
					if legitimate(data[i], flipped[i]) && i >= len("sha256=") {
						require.NoError(t, accept(flipped))
					} else {
						require.Error(t, accept(flipped), "bit %d of byte %d of %q", bit, i, data)
					}
				}
			}
		}
		flip(body, func(flipped []byte) error { return v.Verify(flipped, header) },
			func(_, _ byte) bool { return false })
		// Bit 5 of a hex letter is its case, and no other bit is.
		flip([]byte(header), func(flipped []byte) error { return v.Verify(body, string(flipped)) },
			func(before, after byte) bool {
				return before >= 'a' && strings.EqualFold(string(before), string(after))
			})

		require.Error(t, v.Verify(append(body, 0), header))
		if size > 0 {
			require.Error(t, v.Verify(body[:size-1], header))
		}
	}
}

func TestNewRequest(t *testing.T) {
	t.Parallel()
	body := []byte(recorded[0].body)
	r, err := callback.NewRequest(t.Context(), "https://receiver.example/callbacks?agent=1", body, secret)
	require.NoError(t, err)
	assert.Equal(t, http.MethodPost, r.Method)
	assert.Equal(t, "https://receiver.example/callbacks?agent=1", r.URL.String())
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	assert.Equal(t, recorded[0].header, r.Header.Get(callback.SignatureHeader))
	assert.EqualValues(t, len(body), r.ContentLength)
	assert.Equal(t, t.Context(), r.Context())
	sent, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	assert.Equal(t, body, sent)
}
