package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"time"

	"github.com/iblai/iblai-go/client/api"
)

// RetryPolicy sets how often and after which wait a request is retried. A field
// that is zero has its default.
//
// GET, HEAD, PUT and DELETE are retried if the connection failed, on 429, 502,
// 503 and 504, and on a 404 that is not the service's own. POST and PATCH are
// retried only if they were provably not handled: if there was no connection to
// send them on, or if the service itself responded with 429. With
// [WithIdempotencyKey] they are retried like PUT.
//
// After a 429 all calls of the client wait, not only the one that is retried:
// the service's limit is the user's. Each waits as long as the service asked, up
// to its own MaxRetryAfter, or for its own BaseDelay if the service did not say;
// then they are sent one after the other, spread over the same time again. A call
// whose context ends before its turn fails with [ErrHeldBack] and is not sent.
type RetryPolicy struct {
	// MaxAttempts is the number of times that a request is sent at most, the first
	// attempt included: 4 by default, 1 for no retries.
	MaxAttempts int
	// BaseDelay is the longest wait before the second attempt: 500 ms by default.
	// It doubles before each further attempt. The wait is a random part of it, so
	// that clients don't retry all at once.
	BaseDelay time.Duration
	// MaxDelay is the limit of the doubling: 8 s by default.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest wait that is accepted from the service: 60 s by
	// default. If it asks for more, the client waits this long.
	MaxRetryAfter time.Duration
	// SendWhileRateLimited sends a call at once, even if the service has asked
	// another call of the client to wait.
	SendWhileRateLimited bool
}

// WithRetryPolicy sets how requests are retried.
func WithRetryPolicy(p RetryPolicy) SharedOption {
	return sharedOption(func(s *callSettings) error {
		for _, field := range []struct {
			name     string
			negative bool
		}{
			{"MaxAttempts", p.MaxAttempts < 0},
			{"BaseDelay", p.BaseDelay < 0},
			{"MaxDelay", p.MaxDelay < 0},
			{"MaxRetryAfter", p.MaxRetryAfter < 0},
		} {
			if field.negative {
				return &api.ArgumentError{Argument: "WithRetryPolicy", Reason: "has a negative " + field.name}
			}
		}
		s.retry = p.withDefaults()
		return nil
	})
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	if p.MaxAttempts == 0 {
		p.MaxAttempts = 4
	}
	if p.BaseDelay == 0 {
		p.BaseDelay = 500 * time.Millisecond
	}
	if p.MaxDelay == 0 {
		p.MaxDelay = 8 * time.Second
	}
	if p.MaxRetryAfter == 0 {
		p.MaxRetryAfter = 60 * time.Second
	}
	return p
}

// delay returns how long to wait after a failed attempt, where 1 is the first.
func (p RetryPolicy) delay(attempt int, failure error) time.Duration {
	if response, ok := errors.AsType[*Error](failure); ok && response.RetryAfter > 0 {
		return min(response.RetryAfter, p.MaxRetryAfter)
	}
	longest := p.MaxDelay
	if doublings := attempt - 1; doublings < 32 {
		if d := p.BaseDelay << doublings; d>>doublings == p.BaseDelay {
			longest = min(d, p.MaxDelay)
		}
	}
	return rand.N(longest) + 1 //nolint:gosec // jitter needs no secrecy
}

// classify returns the outcome of a failed attempt, and whether another attempt
// may succeed. sent reports whether the request may have left the machine.
func classify(failure error, sent bool) (outcome Outcome, retryable bool) {
	if response, ok := errors.AsType[*Error](failure); ok {
		outcome = OutcomeMaybeDone
		if response.FromService && response.StatusCode < http.StatusInternalServerError {
			outcome = OutcomeRefused
		}
		switch response.StatusCode {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return outcome, true
		}
		return outcome, errors.Is(response, ErrNotFromService)
	}
	outcome = OutcomeMaybeDone
	if !sent {
		outcome = OutcomeNotSent
	}
	_, ok := errors.AsType[*TransportError](failure)
	return outcome, ok && !isPermanent(failure)
}

// isPermanent reports whether another attempt would fail as this one did.
func isPermanent(failure error) bool {
	if _, ok := errors.AsType[*RedirectError](failure); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](failure); ok {
		return true
	}
	return errors.Is(failure, ErrBodyTooLarge)
}

// isIdempotent reports whether handling a request twice has the same effect as
// handling it once.
func isIdempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// attemptTimeoutError reports an attempt that took too long. It is a timeout as
// those of package net are, and not the context's error: the context has not
// ended.
type attemptTimeoutError struct {
	timeout time.Duration
	option  string // that set it
}

func (e *attemptTimeoutError) Error() string {
	return fmt.Sprintf("no complete response within %s (%s)", e.timeout, e.option)
}

func (e *attemptTimeoutError) Unwrap() error { return os.ErrDeadlineExceeded }
