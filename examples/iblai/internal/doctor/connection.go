package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// The steps of a request, in order.
const (
	checkLookup  = "name resolution"
	checkDial    = "connection"
	checkTLS     = "TLS"
	checkService = "service"
	checkClock   = "clock"
)

const (
	// expiryWarning is the time before expiry at which a renewal is overdue.
	// Certificates are usually renewed a month before they expire.
	expiryWarning = 14 * 24 * time.Hour
	// clockTolerance is the largest harmless difference between clocks.
	clockTolerance = 30 * time.Second
	// clockLimit is the difference at which other programs commonly reject
	// signatures and tokens.
	clockLimit = 5 * time.Minute
)

// checkConnection sends a request without the key, and reports each step.
func (e *examination) checkConnection(ctx context.Context) {
	p := e.probe(ctx, e.address(e.client.BaseURL(), agentsPath))
	p.mu.Lock()
	defer p.mu.Unlock()
	steps := []struct {
		check  string
		report func(*probe)
	}{
		{checkLookup, e.reportLookup},
		{checkDial, e.reportDial},
		{checkTLS, e.reportTLS},
		{checkService, func(p *probe) { e.reportService(ctx, p) }},
		{checkClock, e.reportClock},
	}
	failedStep := p.failedAt()
	for _, step := range steps {
		switch {
		case e.stopped != "" && p.err != nil:
			e.skip(step.check, notRun+e.stopped)
		case step.check == failedStep:
			e.add(Failed, step.check, 0, e.explainNetwork(p.err))
			e.stopped = "there was no response"
		default:
			step.report(p)
		}
	}
}

// failedAt returns the step at which the request failed.
func (p *probe) failedAt() string {
	if p.err == nil {
		return ""
	}
	if _, is := errors.AsType[*net.DNSError](p.err); is {
		return checkLookup
	}
	switch {
	case p.peer != nil || p.response != nil:
		return checkService
	case p.handshake.begin.IsZero():
		return checkDial
	default:
		return checkTLS
	}
}

func (e *examination) reportLookup(p *probe) {
	switch host := e.client.BaseURL().Hostname(); {
	case p.proxy != nil:
		e.skip(checkLookup, "done by the proxy "+p.proxy.Host)
	case !p.lookup.done():
		e.skip(checkLookup, host+" is an address")
	default:
		e.add(OK, checkLookup, p.lookup.took(), Diagnosis{Found: fmt.Sprintf("%s has the address %s", host, p.addresses[0]), Details: p.addresses})
	}
}

func (e *examination) reportDial(p *probe) {
	where := "to " + e.client.BaseURL().Host
	switch {
	case p.proxy != nil:
		where = "through the proxy " + p.proxy.Host
	case p.peer != nil:
		where = "to " + p.peer.String()
	}
	e.add(OK, checkDial, p.dial.took(), Diagnosis{Found: where})
}

func (e *examination) reportTLS(p *probe) {
	if e.client.BaseURL().Scheme != "https" {
		e.skip(checkTLS, "the base URL is on this machine, without TLS")
		return
	}
	if p.tls == nil { // the request failed after the handshake
		e.add(OK, checkTLS, p.handshake.took(), Diagnosis{Found: "the certificate is valid"})
		return
	}
	certificate := p.tls.PeerCertificates[0]
	left := time.Until(certificate.NotAfter)
	found := Diagnosis{Found: fmt.Sprintf("the certificate of %s is valid for %d days", issuer(certificate), left/(24*time.Hour))}
	if left > expiryWarning {
		e.add(OK, checkTLS, p.handshake.took(), found)
		return
	}
	found.Meaning = "Its renewal is overdue. When it expires, every request fails."
	found.Advice = "Notify the service's operators."
	e.add(Warning, checkTLS, p.handshake.took(), found)
}

func issuer(certificate *x509.Certificate) string {
	if names := certificate.Issuer.Organization; len(names) > 0 {
		return names[0]
	}
	return certificate.Issuer.CommonName
}

// reportClock compares the clocks. The server set its Date, in whole seconds,
// between the request and the response.
func (e *examination) reportClock(p *probe) {
	date, err := http.ParseTime(p.response.Header.Get("Date"))
	if err != nil {
		e.skip(checkClock, "the response has no Date")
		return
	}
	ours := p.clock.Add(-p.received.Sub(p.sent) / 2)
	off := ours.Sub(date.Add(time.Second / 2)).Round(time.Second)
	found := Diagnosis{Found: fmt.Sprintf("this machine's clock is %s the server's", difference(off))}
	if off.Abs() <= clockTolerance {
		e.add(OK, checkClock, 0, found)
		return
	}
	if e.client.BaseURL().Scheme != "https" {
		found.Meaning = "The service runs on this machine, so it has its own clock, as a sandbox does."
		e.add(Warning, checkClock, 0, found)
		return
	}
	found.Meaning = "Agents seem to run at the wrong time, callbacks seem to be old or in the future, and valid certificates may be rejected."
	found.Advice = "Synchronize this machine's clock with NTP. If it is right, notify the service's operators."
	status := Warning
	if off.Abs() > clockLimit {
		status = Failed
	}
	e.add(status, checkClock, 0, found)
}

func difference(off time.Duration) string {
	switch {
	case off.Abs() <= time.Second:
		return "the same as"
	case off > 0:
		return off.String() + " ahead of"
	default:
		return off.Abs().String() + " behind"
	}
}
