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
)

// SignatureHeader is the header that a callback's signature comes in.
const SignatureHeader = "X-Hub-Signature-256"

const (
	signaturePrefix = "sha256="

	minSecret     = 16
	minFIPSSecret = 112 / 8 // below it, crypto/hmac panics in FIPS 140-only mode
)

// A Verifier tells genuine callbacks from forged ones. It is safe for
// concurrent use, and shows no secret however it is printed.
type Verifier struct {
	// Behind a func not even a printer that follows pointers finds the secrets.
	pool *sync.Pool // of *macs
}

// NewVerifier returns a verifier that accepts what any of the secrets has
// signed: give the old and the new one while they are being exchanged. There
// must be at least one (ErrNoSecret), and each must have 16 bytes or more
// (ErrShortSecret).
func NewVerifier(secrets ...Secret) (*Verifier, error) {
	return newVerifier(minSecret, secrets)
}

// NewVerifierAllowShort is [NewVerifier] for an agent whose secret is shorter
// than 16 bytes and can't be changed: the platform takes one of a single
// character. Whoever has seen one callback can guess such a secret and forge
// others. An empty secret is refused here too, and in FIPS 140-only mode one
// below 14 bytes.
func NewVerifierAllowShort(secrets ...Secret) (*Verifier, error) {
	return newVerifier(1, secrets)
}

func newVerifier(shortest int, secrets []Secret) (*Verifier, error) {
	if len(secrets) == 0 {
		return nil, ErrNoSecret
	}
	keys := make([][]byte, len(secrets))
	for i, secret := range secrets {
		if err := secret.check(shortest); err != nil {
			return nil, fmt.Errorf("%w (secret %d of %d)", err, i+1, len(secrets))
		}
		keys[i] = []byte(secret)
	}
	return &Verifier{pool: &sync.Pool{New: func() any {
		m := &macs{hashes: make([]hash.Hash, len(keys))}
		for i, key := range keys {
			m.hashes[i] = hmac.New(sha256.New, key)
		}
		return m
	}}}, nil
}

func (s Secret) check(shortest int) error {
	switch {
	case s == "":
		return ErrNoSecret
	case len(s) < shortest, len(s) < minFIPSSecret && fips140.Enforced():
		return ErrShortSecret
	}
	return nil
}

// Verify reports whether header is the signature of body: nil if so, else
// ErrNoSignature, ErrMalformedSignature or ErrSignatureMismatch. Body must be
// the bytes as received. Header must be sha256= and 64 hex digits of either
// case, without anything around it.
//
// It allocates nothing, and takes the same time whichever secret fits. A zero
// Verifier accepts nothing and returns ErrNoSecret.
func (v *Verifier) Verify(body []byte, header string) error {
	sum, err := parseSignature(header)
	if err != nil {
		return err
	}
	return v.verifySum(body, sum)
}

func (v *Verifier) verifySum(body []byte, sum [sha256.Size]byte) error {
	if !v.usable() {
		return ErrNoSecret
	}
	m := v.pool.Get().(*macs)
	defer v.pool.Put(m)
	if !m.match(body, &sum) {
		return ErrSignatureMismatch
	}
	return nil
}

func (v *Verifier) usable() bool { return v != nil && v.pool != nil }

// macs are keyed hashes for one verification at a time, and room for a result.
// A keyed hash that is reset goes on from its saved state: that spares hashing
// the key again, and every allocation.
type macs struct {
	hashes []hash.Hash
	sum    [sha256.Size]byte
}

// match tries all secrets, with no early end that would tell which one it was.
func (m *macs) match(body []byte, want *[sha256.Size]byte) bool {
	matched := 0
	for _, h := range m.hashes {
		h.Reset()
		h.Write(body)
		matched |= subtle.ConstantTimeCompare(h.Sum(m.sum[:0]), want[:])
	}
	return matched == 1
}

// signature reads the header of a request. Of several, a proxy in front might
// have checked another one than this: none is taken.
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
		// The error of package hex names the byte it stumbled on: not passed on.
		return sum, ErrMalformedSignature
	}
	return sum, nil
}
