package client

import (
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// RetryPolicy says how often and how fast a request is sent again. The zero
// value of a field stands for its default.
//
// Sent again are GET, HEAD, PUT and DELETE when the connection failed and on
// 429, 502, 503 and 504; POST and PATCH only when they can't have been handled:
// when there was no connection to send them on, on 429, and on a 503 that says
// when to come back.
type RetryPolicy struct {
	// MaxAttempts is how often a request is sent at most, the first time
	// included: 4 by default, 1 for no retries.
	MaxAttempts int
	// BaseDelay is the longest wait before the second attempt, which doubles
	// before each one that follows: 500 ms by default. The wait is a random part
	// of that, so that clients don't come back all at once.
	BaseDelay time.Duration
	// MaxDelay is the longest wait that doubling leads to: 8 s by default.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest wait that the service can ask for: 60 s by
	// default. A longer one is cut to it.
	MaxRetryAfter time.Duration
}

// WithRetryPolicy sets how often and how fast requests are sent again.
func WithRetryPolicy(p RetryPolicy) CallOption {
	return func(s *callSettings) error {
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
				return &ArgumentError{Argument: "WithRetryPolicy", Reason: "has a negative " + field.name}
			}
		}
		s.retry = p.withDefaults()
		return nil
	}
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

// delay is how long to wait after this attempt, the first being 1.
func (p RetryPolicy) delay(attempt int, failure error) time.Duration {
	if answer, ok := errors.AsType[*Error](failure); ok && answer.RetryAfter > 0 {
		return min(answer.RetryAfter, p.MaxRetryAfter)
	}
	longest := p.MaxDelay
	if doublings := attempt - 1; doublings < 32 {
		if d := p.BaseDelay << doublings; d>>doublings == p.BaseDelay {
			longest = min(d, p.MaxDelay)
		}
	}
	return rand.N(longest) + 1 //nolint:gosec // jitter needs no secrecy
}

// outcome is what one attempt's failure means for the next.
type outcome struct {
	// handled is whether the service may have done what it was asked.
	handled bool
	// retryable is whether the next attempt may go better.
	retryable bool
}

// judge tells what a failed attempt means. sent is whether the request may have
// left: without a connection it can't have.
func judge(failure error, sent bool) outcome {
	if answer, ok := errors.AsType[*Error](failure); ok {
		switch answer.StatusCode {
		case http.StatusTooManyRequests:
			return outcome{handled: false, retryable: true}
		case http.StatusServiceUnavailable:
			return outcome{handled: answer.Header.Get("Retry-After") == "", retryable: true}
		case http.StatusBadGateway, http.StatusGatewayTimeout:
			return outcome{handled: true, retryable: true}
		}
		return outcome{handled: true}
	}
	if _, ok := errors.AsType[*TransportError](failure); !ok || isPermanent(failure) {
		return outcome{handled: sent}
	}
	return outcome{handled: sent, retryable: true}
}

// isPermanent reports whether another attempt would fail as this one did.
func isPermanent(failure error) bool {
	if _, ok := errors.AsType[*RedirectError](failure); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](failure); ok {
		return true
	}
	return errors.Is(failure, errTooLarge)
}

// isIdempotent reports whether doing it twice is as good as doing it once.
func isIdempotent(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// attemptTimeoutError is an attempt that took too long, while the caller's
// context still had time.
type attemptTimeoutError struct {
	timeout time.Duration
	cause   error
}

func (e *attemptTimeoutError) Error() string {
	return fmt.Sprintf("no whole answer within %s (WithTimeout)", e.timeout)
}

func (e *attemptTimeoutError) Unwrap() error { return e.cause }
