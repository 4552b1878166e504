package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/iblai/iblai-go/client/runs"
)

const (
	attemptTimeout = 10 * time.Second
	attempts       = 3
)

// webhook posts alarms as JSON to an address.
type webhook struct {
	address string
	client  *http.Client
}

// message is the body of a request. Receivers recognize an alarm by its key.
type message struct {
	Key   string     `json:"key"`
	Text  string     `json:"text"`
	Alarm runs.Alarm `json:"alarm"`
}

func newWebhook(address string) (*webhook, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return nil, errors.New("-webhook must be a URL with https or http") // which may contain a token
	}
	return &webhook{address: address, client: &http.Client{Timeout: attemptTimeout}}, nil
}

// post posts each alarm as a message of its own. If it returns an error, the
// watchdog passes all of them again after its next poll, so that a message can
// arrive twice, with the same key.
func (w *webhook) post(ctx context.Context, alarms []runs.Alarm) error {
	for _, alarm := range alarms {
		body, err := json.Marshal(message{Key: alarm.Key(), Text: alarm.String(), Alarm: alarm})
		if err != nil {
			return err
		}
		if err := w.deliver(ctx, body); err != nil {
			return fmt.Errorf("alarm %s was not posted: %w", alarm.Key(), err)
		}
	}
	return nil
}

// deliver posts a body until the receiver accepts it.
func (w *webhook) deliver(ctx context.Context, body []byte) error {
	wait := time.Second
	for attempt := 1; ; attempt++ {
		retry, err := w.attempt(ctx, body)
		if err == nil || !retry || attempt == attempts {
			return err
		}
		select {
		case <-time.After(wait):
			wait *= 2
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// attempt posts a body once. It reports whether another attempt may succeed.
func (w *webhook) attempt(ctx context.Context, body []byte) (retry bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address, bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if failure, ok := errors.AsType[*url.Error](err); ok {
		return true, failure.Err // without the address, which may contain a token
	}
	if err != nil {
		return true, err
	}
	if err := response.Body.Close(); err != nil {
		return true, err
	}
	switch code := response.StatusCode; {
	case code < 300:
		return false, nil
	default:
		return code == http.StatusTooManyRequests || code >= 500, fmt.Errorf("the webhook responded with %s", response.Status)
	}
}
