package callback

import (
	"crypto/fips140"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/iblai/iblai-go/client/api"
)

// SignatureHeader is the name of the header that holds a callback's signature.
const SignatureHeader = "X-Hub-Signature-256"

const (
	signaturePrefix = "sha256="

	minSecret     = 16
	minFIPSSecret = 112 / 8 // for less, crypto/hmac panics in FIPS 140-only mode
)

// A Verifier tells genuine callbacks from forged ones. It is safe for
// concurrent use, and shows no secret however it is printed. Copies share their
// secrets. The zero Verifier accepts nothing.
type Verifier struct {
	// A pool's func hides the secrets even from printers that follow pointers.
	pool     *atomic.Pointer[sync.Pool] // of *macs
	shortest int                        // bytes of a secret
}

// NewVerifier returns a verifier that accepts a signature made with any of the
// secrets: pass the old and the new secret during secret rotation, or those of
// several agents.
//
// There must be at least one secret, none may be empty ([ErrNoSecret]), and each
// must have 16 bytes or more ([ErrShortSecret]). NewVerifier returns these errors
// inside an [*api.ArgumentError] that tells which secret is wrong.
//
// Django REST Framework, with which the service is built, by default strips the
// white space around a text such as callback_secret: the newline at the end of a
// file, for example. A verifier therefore accepts signatures made with or without
// the white space around a secret, which doesn't count as length.
func NewVerifier(secrets ...api.Secret) (*Verifier, error) {
	return newVerifier(minSecret, secrets)
}

// NewVerifierAllowShort is [NewVerifier] for an agent whose secret has fewer
// than 16 bytes and can't be changed: the platform accepts one of a single
// character. Such a secret can be guessed from a single callback, and others can
// then be forged. An empty secret is refused here too, and in FIPS 140-only mode one
// of fewer than 14 bytes.
func NewVerifierAllowShort(secrets ...api.Secret) (*Verifier, error) {
	return newVerifier(1, secrets)
}

func newVerifier(shortest int, secrets []api.Secret) (*Verifier, error) {
	v := &Verifier{new(atomic.Pointer[sync.Pool]), shortest}
	if err := v.SetSecrets(secrets...); err != nil {
		return nil, err
	}
	return v, nil
}

// SetSecrets replaces all secrets while the verifier is in use, as during secret
// rotation. If a secret is invalid, it returns the error that the verifier's
// constructor would return, and changes nothing.
func (v *Verifier) SetSecrets(secrets ...api.Secret) error {
	if v == nil || v.pool == nil {
		return &api.ArgumentError{Argument: "verifier", Reason: "is nil or zero; make one with NewVerifier"}
	}
	if len(secrets) == 0 {
		return &api.ArgumentError{Argument: "secrets", Reason: "are missing", Err: ErrNoSecret}
	}
	keys := make([][]byte, 0, len(secrets))
	for i, secret := range secrets {
		if err := checkSecret(secret, v.shortest, fmt.Sprintf("secrets[%d]", i)); err != nil {
			return err
		}
		text := secret.Reveal()
		keys = append(keys, []byte(text))
		if stripped := strings.TrimSpace(text); stripped != text {
			keys = append(keys, []byte(stripped))
		}
	}
	v.pool.Store(&sync.Pool{New: func() any {
		m := &macs{hashes: make([]hash.Hash, len(keys))}
		for i, key := range keys {
			m.hashes[i] = hmac.New(sha256.New, key)
		}
		return m
	}})
	return nil
}

// checkSecret returns an error about argument if the secret can't be used. White
// space around it doesn't count, since the service may strip it.
func checkSecret(secret api.Secret, shortest int, argument string) error {
	switch n := len(strings.TrimSpace(secret.Reveal())); {
	case n == 0:
		return &api.ArgumentError{Argument: argument, Reason: "is empty", Err: ErrNoSecret}
	case n < shortest, n < minFIPSSecret && fips140.Enforced():
		return &api.ArgumentError{Argument: argument, Reason: "is too short", Err: ErrShortSecret}
	}
	return nil
}

// Verify returns nil if header is the signature of body. Otherwise it returns
// [ErrNoSignature], [ErrMalformedSignature] or [ErrSignatureMismatch]. Body must
// be the bytes as received. Header must be sha256= and 64 hex digits of either
// case, with nothing around them.
//
// Verify allocates nothing, and takes the same time whichever secret matches.
// The zero Verifier returns [ErrNoSecret].
func (v *Verifier) Verify(body []byte, header string) error {
	if !v.usable() {
		return ErrNoSecret
	}
	sum, err := parseSignature(header)
	if err != nil {
		return err
	}
	return v.verifySum(body, sum)
}

func (v *Verifier) verifySum(body []byte, sum [sha256.Size]byte) error {
	pool := v.pool.Load()
	m := pool.Get().(*macs)
	defer pool.Put(m)
	if !m.match(body, &sum) {
		return ErrSignatureMismatch
	}
	return nil
}

func (v *Verifier) usable() bool { return v != nil && v.pool != nil }

// macs holds a keyed hash for each secret, for one verification at a time, and
// space for a result. A keyed hash that is reset continues from its saved state,
// which saves hashing the key again and every allocation.
type macs struct {
	hashes []hash.Hash
	sum    [sha256.Size]byte
}

// match tries all secrets: ending early would show which one matched.
func (m *macs) match(body []byte, want *[sha256.Size]byte) bool {
	matched := 0
	for _, h := range m.hashes {
		h.Reset()
		h.Write(body)
		matched |= subtle.ConstantTimeCompare(h.Sum(m.sum[:0]), want[:])
	}
	return matched == 1
}

// signature parses the header of a request. It refuses repeated headers, since a
// proxy might have checked another one than this package.
func signature(header http.Header) (sum [sha256.Size]byte, err error) {
	switch values := header[SignatureHeader]; len(values) {
	case 0:
		return sum, ErrNoSignature
	case 1:
		return parseSignature(values[0])
	}
	return sum, ErrMalformedSignature
}

func parseSignature(header string) (sum [sha256.Size]byte, err error) {
	if header == "" {
		return sum, ErrNoSignature
	}
	digits, ok := strings.CutPrefix(header, signaturePrefix)
	if !ok || len(digits) != hex.EncodedLen(len(sum)) {
		return sum, ErrMalformedSignature
	}
	// Decode only reads its source, so the conversion copies nothing.
	if _, err := hex.Decode(sum[:], []byte(digits)); err != nil {
		// The error of package hex names a byte of the signature: not wrapped.
		return sum, ErrMalformedSignature
	}
	return sum, nil
}
