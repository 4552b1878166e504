package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"
	svix "github.com/svix/svix-webhooks/go"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

const callbackSecret = "a-long-random-secret-of-40-characters-xx"

// verifying compares the verification of signatures: of a small callback with
// handwritten code, and of larger ones with the hash alone, which is the lower
// bound.
func verifying(context.Context) ([]measurable, error) {
	var all []measurable
	for _, size := range []struct {
		text   string
		bytes  int
		byHand []measure.Target
		hash   []measure.Target
	}{
		{"1 KB", 1 << 10, []measure.Target{measure.TimesAsFast(1.6)}, nil},
		{"16 KB", 16 << 10, nil, []measure.Target{measure.TimesItsTime(1.05)}},
		{"1 MB", 1 << 20, nil, []measure.Target{measure.TimesItsTime(1.05)}},
	} {
		comparison, err := verification("verify a callback, "+size.text, fixture.Callback(size.bytes), size.byHand, size.hash)
		if err != nil {
			return nil, err
		}
		all = append(all, comparison)
	}
	return all, nil
}

func verification(work string, body []byte, byHand, hash []measure.Target) (*measure.Comparison, error) {
	verifier, err := callback.NewVerifier(api.NewSecret(callbackSecret))
	if err != nil {
		return nil, err
	}
	header, err := callback.Sign(body, api.NewSecret(callbackSecret))
	if err != nil {
		return nil, err
	}
	stripes := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: body, Secret: callbackSecret, Timestamp: time.Now()})
	svixes, svixHeader, err := signForSvix(body)
	if err != nil {
		return nil, err
	}
	return &measure.Comparison{
		Work:    work,
		Ours:    measure.Contestant{Name: "callback.Verifier", Run: func() (any, error) { return nil, verifier.Verify(body, header) }},
		Targets: []measure.Target{measure.Allocations(0)},
		Others: []measure.Opponent{
			measure.Against(measure.Contestant{Name: "hmac.New and hex, by hand", Run: func() (any, error) { return nil, verifyByHand(body, header) }}, byHand...),
			measure.Against(measure.Contestant{Name: "sha256.Sum256 alone", Run: func() (any, error) { hashAlone(body); return nil, nil }}, hash...),
			measure.Against(measure.Contestant{Name: "stripe-go", Run: func() (any, error) { return nil, webhook.ValidatePayload(body, stripes.Header, callbackSecret) }}),
			measure.Against(measure.Contestant{Name: "svix", Run: func() (any, error) { return nil, svixes.Verify(body, svixHeader) }}),
		},
	}, nil
}

// verifyByHand is the code of a program without the package.
func verifyByHand(body []byte, header string) error {
	digits, ok := strings.CutPrefix(header, "sha256=")
	if !ok {
		return fmt.Errorf("not a signature: %q", header)
	}
	received, err := hex.DecodeString(digits)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(callbackSecret))
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil), received) {
		return fmt.Errorf("wrong signature")
	}
	return nil
}

// hashAlone keeps the compiler from omitting an unused hash.
//
//go:noinline
func hashAlone(body []byte) [sha256.Size]byte { return sha256.Sum256(body) }

func signForSvix(body []byte) (*svix.Webhook, http.Header, error) {
	hook, err := svix.NewWebhookRaw([]byte(callbackSecret))
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	signature, err := hook.Sign("msg_1", now, body)
	if err != nil {
		return nil, nil, err
	}
	header := http.Header{}
	header.Set("Svix-Id", "msg_1")
	header.Set("Svix-Timestamp", fmt.Sprint(now.Unix()))
	header.Set("Svix-Signature", signature)
	return hook, header, nil
}
