package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// The steps to an answer, in their order.
const (
	checkLookup  = "name resolution"
	checkDial    = "connection"
	checkTLS     = "TLS"
	checkService = "service"
	checkClock   = "clock"
)

const (
	// expirySoon is when a certificate should have been renewed: the automatic
	// ones are, a month before they expire.
	expirySoon = 14 * 24 * time.Hour
	// clockTolerance is how far two clocks are apart when nobody sets them.
	clockTolerance = 30 * time.Second
	// clockLimit is how far a clock may be off before signatures and tokens are
	// taken for old.
	clockLimit = 5 * time.Minute
)

// checkConnection follows one request, without the key, to its answer.
func (d *doctor) checkConnection(ctx context.Context) {
	p := d.probe(ctx, d.address(d.client.BaseURL()))
	p.mu.Lock()
	defer p.mu.Unlock()
	steps := []struct {
		check string
		found func(*probe)
	}{
		{checkLookup, d.foundLookup},
		{checkDial, d.foundDial},
		{checkTLS, d.foundTLS},
		{checkService, func(p *probe) { d.foundService(ctx, p) }},
		{checkClock, d.foundClock},
	}
	broken := p.brokenAt()
	for _, step := range steps {
		switch {
		case d.stopped != "" && p.err != nil:
			d.skip(step.check, notTried+d.stopped)
		case step.check == broken:
			d.add(failed, step.check, 0, explainNetwork(p.err))
			d.stopped = "there was no answer"
		default:
			step.found(p)
		}
	}
}

// brokenAt is the step at which the request failed.
func (p *probe) brokenAt() string {
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

func (d *doctor) foundLookup(p *probe) {
	switch host := d.client.BaseURL().Hostname(); {
	case p.proxy != nil:
		d.skip(checkLookup, "left to the proxy "+p.proxy.Host)
	case !p.lookup.done():
		d.skip(checkLookup, host+" needs none")
	default:
		d.add(ok, checkLookup, p.lookup.took(), diagnosis{Found: fmt.Sprintf("%s has the address %s", host, p.addresses[0]), Details: p.addresses})
	}
}

func (d *doctor) foundDial(p *probe) {
	where := "to " + d.client.BaseURL().Host
	switch {
	case p.proxy != nil:
		where = "through the proxy " + p.proxy.Host
	case p.peer != nil:
		where = "to " + p.peer.String()
	}
	d.add(ok, checkDial, p.dial.took(), diagnosis{Found: where})
}

func (d *doctor) foundTLS(p *probe) {
	if d.client.BaseURL().Scheme != "https" {
		d.skip(checkTLS, "the base URL is this machine's, without TLS")
		return
	}
	if p.tls == nil { // broken after the handshake
		d.add(ok, checkTLS, p.handshake.took(), diagnosis{Found: "the certificate is valid"})
		return
	}
	certificate := p.tls.PeerCertificates[0]
	left := time.Until(certificate.NotAfter)
	found := diagnosis{Found: fmt.Sprintf("the certificate of %s is valid for %d days", issuer(certificate), left/(24*time.Hour))}
	if left > expirySoon {
		d.add(ok, checkTLS, p.handshake.took(), found)
		return
	}
	found.Meaning = "Its renewal is overdue. After that day nothing will work any more."
	found.Advice = "Tell the service's operators."
	d.add(warning, checkTLS, p.handshake.took(), found)
}

func issuer(certificate *x509.Certificate) string {
	if names := certificate.Issuer.Organization; len(names) > 0 {
		return names[0]
	}
	return certificate.Issuer.CommonName
}

// foundClock compares the clocks: the server wrote its time between our sending
// and our receiving, to the second.
func (d *doctor) foundClock(p *probe) {
	date, err := http.ParseTime(p.response.Header.Get("Date"))
	if err != nil {
		d.skip(checkClock, "the answer has no date")
		return
	}
	ours := p.sent.Add(p.answered.Sub(p.sent) / 2)
	off := ours.Sub(date.Add(time.Second / 2)).Round(time.Second)
	found := diagnosis{Found: fmt.Sprintf("this machine's clock is %s the server's", ahead(off))}
	if off.Abs() <= clockTolerance {
		d.add(ok, checkClock, 0, found)
		return
	}
	found.Meaning = "Schedules seem to run at the wrong time, callbacks look old or come from the future, and certificates may seem invalid."
	found.Advice = "Have this machine's clock set by NTP. If it is right, tell the service's operators."
	status := warning
	if off.Abs() > clockLimit {
		status = failed
	}
	d.add(status, checkClock, 0, found)
}

func ahead(off time.Duration) string {
	switch {
	case off.Abs() <= time.Second:
		return "as"
	case off > 0:
		return off.String() + " ahead of"
	default:
		return off.Abs().String() + " behind"
	}
}
