package callback

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/iblai/iblai-go/client/api"
)

// Sign returns the signature of body: the value of the X-Hub-Signature-256
// header that the platform sends with it. If the secret is empty, it returns an
// [*api.ArgumentError] that wraps [ErrNoSecret].
func Sign(body []byte, secret api.Secret) (string, error) {
	if err := checkSecret(secret, 1, "secret"); err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write(body)
	return signaturePrefix + hex.EncodeToString(mac.Sum(nil)), nil
}

// NewRequest returns a callback as the platform sends it: a POST of body to url,
// signed with secret. It is meant for tests, both of a server and of an
// [http.Handler]. If an argument is invalid, it returns an [*api.ArgumentError].
func NewRequest(ctx context.Context, url string, body []byte, secret api.Secret) (*http.Request, error) {
	if ctx == nil {
		return nil, &api.ArgumentError{Argument: "ctx", Reason: "is nil"}
	}
	signature, err := Sign(body, secret)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, &api.ArgumentError{Argument: "url", Reason: "is invalid", Err: err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(SignatureHeader, signature)
	return r, nil
}
