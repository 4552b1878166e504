package client

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// Outcome says what is known about the effect of a failed call, over all its
// attempts. It is empty for the methods that only read, such as GET.
type Outcome string

const (
	// OutcomeNotSent means that the service has done nothing: there was no
	// connection to send the request on, or the client did not send it.
	OutcomeNotSent Outcome = "not sent"
	// OutcomeRefused means that the service itself refused the request before it did
	// the work.
	OutcomeRefused Outcome = "refused"
	// OutcomeMaybeDone means that the service may have done the work, although the
	// call failed. Look before you try again.
	OutcomeMaybeDone Outcome = "may have been done"
)

// maybeDoneHint is what to do after OutcomeMaybeDone.
const maybeDoneHint = "it may have been done: look before you try again"

// and returns the outcome of a call with attempts that ended with o and next.
func (o Outcome) and(next Outcome) Outcome {
	for _, outcome := range []Outcome{OutcomeMaybeDone, OutcomeRefused, OutcomeNotSent} {
		if o == outcome || next == outcome {
			return outcome
		}
	}
	return ""
}

// setOutcome sets the outcome of the error of a call.
func (c *call) setOutcome(failure error, outcome Outcome) {
	if !isReadOnly(c.request.Method) {
		switch failure := failure.(type) { //nolint:errorlint // this package returns them unwrapped
		case *Error:
			failure.Outcome = outcome
		case *TransportError:
			failure.Outcome = outcome
		case *DecodeError:
			failure.Outcome = outcome
		}
	}
}

// isReadOnly reports whether a method changes nothing.
func isReadOnly(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// sending records how far an attempt has come. Its fields are atomic, since a
// RoundTripper may send a request several times at once.
type sending struct {
	wantedConnection atomic.Bool
	hadConnection    atomic.Bool
	readBody         atomic.Bool
}

// trace returns ctx with a trace that records the attempt's connections.
func (s *sending) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.wantedConnection.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.hadConnection.Store(true) },
	})
}

// body returns a body that records that it was read.
func (s *sending) body(body io.ReadCloser) io.ReadCloser {
	if s == nil {
		return body
	}
	return &recordedBody{body, s}
}

// refuse records that the client itself does not send the request.
func (s *sending) refuse() {
	if s != nil {
		s.wantedConnection.Store(true)
	}
}

// maybeSent reports whether the request may have left the machine. It can't have
// if net/http wanted a connection and had none, unless a RoundTripper has read the
// body, which it may have sent in another way.
func (s *sending) maybeSent() bool {
	return s == nil || s.hadConnection.Load() || s.readBody.Load() || !s.wantedConnection.Load()
}

type recordedBody struct {
	io.ReadCloser

	sending *sending
}

func (b *recordedBody) Read(p []byte) (int, error) {
	b.sending.readBody.Store(true)
	return b.ReadCloser.Read(p)
}
