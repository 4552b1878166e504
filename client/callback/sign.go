package callback

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
)

// Sign returns the value of the X-Hub-Signature-256 header that the platform
// sends with body. It panics if the secret is empty, as [NewVerifier] accepts
// no such signature; [NewRequest] returns an error instead.
func Sign(body []byte, secret Secret) string {
	if err := secret.check(1); err != nil {
		panic(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return signaturePrefix + hex.EncodeToString(mac.Sum(nil))
}

// NewRequest returns a callback as the platform sends it: a POST of body to
// url, signed with secret. It is for tests, both through a server and straight
// into an [http.Handler].
func NewRequest(ctx context.Context, url string, body []byte, secret Secret) (*http.Request, error) {
	if err := secret.check(1); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(SignatureHeader, Sign(body, secret))
	return r, nil
}
