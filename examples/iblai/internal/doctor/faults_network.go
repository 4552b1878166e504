package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/iblai/iblai-go/client"
)

// explainNetwork tells why a request got no answer.
func explainNetwork(err error) diagnosis {
	if wrapped, is := errors.AsType[*url.Error](err); is {
		err = wrapped.Err // without the address
	}
	if wrapped, is := errors.AsType[*client.TransportError](err); is {
		err = wrapped.Err
	}
	if fault, is := errors.AsType[*client.RedirectError](err); is {
		return explainRedirect(fault.To)
	}
	if fault, is := errors.AsType[*net.DNSError](err); is {
		return explainLookup(fault)
	}
	if found, is := explainTLS(err); is {
		return found
	}
	if fault, is := errors.AsType[*net.OpError](err); is && fault.Op == "proxyconnect" {
		return diagnosis{
			Found:   "the proxy can't be reached",
			Meaning: "Requests go through a proxy, which the environment names, and there was no connection to it: " + fault.Err.Error(),
			Advice:  "Correct HTTPS_PROXY, or put the host into NO_PROXY.",
		}
	}
	return explainConnection(err)
}

func explainLookup(fault *net.DNSError) diagnosis {
	if fault.IsNotFound {
		return diagnosis{
			Found:   fmt.Sprintf("there is no host %q", fault.Name),
			Meaning: "The name does not exist, or is known only inside of a network that this machine is not in.",
			Advice:  "Check the spelling of " + client.EnvBaseURL + ", and whether a VPN is needed.",
		}
	}
	return diagnosis{
		Found:   fmt.Sprintf("the address of %q could not be asked for: %s", fault.Name, fault.Err),
		Meaning: "This machine's name server gave no answer, so it is not known whether the host exists.",
		Advice:  "Check this machine's network and name server, then try again.",
	}
}

func explainTLS(err error) (found diagnosis, is bool) {
	if fault, is := errors.AsType[x509.CertificateInvalidError](err); is && fault.Reason == x509.Expired {
		return explainValidity(fault.Cert, time.Now()), true
	}
	if fault, is := errors.AsType[x509.UnknownAuthorityError](err); is {
		return explainAuthority(fault.Cert), true
	}
	if fault, is := errors.AsType[x509.HostnameError](err); is {
		return diagnosis{
			Found:   fmt.Sprintf("the certificate is not for %q", fault.Host),
			Meaning: "Another server has answered, or the certificate lacks this name.",
			Advice:  "Check the host in " + client.EnvBaseURL + ". If it is right, its operators must renew the certificate with this name.",
		}, true
	}
	if _, is := errors.AsType[tls.RecordHeaderError](err); is || errors.Is(err, http.ErrSchemeMismatch) {
		return diagnosis{
			Found:   "the server does not speak TLS",
			Meaning: "Something answers on this port, but not in HTTPS.",
			Advice:  "Check the port in " + client.EnvBaseURL + ", and whether the server wants http://, which is for this machine only.",
		}, true
	}
	if fault, is := errors.AsType[*tls.CertificateVerificationError](err); is {
		return diagnosis{
			Found:   "the certificate can't be trusted: " + fault.Err.Error(),
			Meaning: "It is not sure that this is the server that it says it is, so nothing was sent.",
			Advice:  "The server's operators must correct the certificate.",
		}, true
	}
	return diagnosis{}, false
}

func explainValidity(certificate *x509.Certificate, now time.Time) diagnosis {
	if now.Before(certificate.NotBefore) {
		return diagnosis{
			Found:   "the certificate is not valid before " + certificate.NotBefore.Format(time.DateTime),
			Meaning: "It is new, or this machine's clock is slow: here it is " + now.UTC().Format(time.DateTime) + ".",
			Advice:  "Set this machine's clock. If it is right, tell the server's operators.",
		}
	}
	return diagnosis{
		Found:   "the certificate has expired on " + certificate.NotAfter.Format(time.DateTime),
		Meaning: "The server's operators did not renew it, or this machine's clock is fast: here it is " + now.UTC().Format(time.DateTime) + ".",
		Advice:  "Check this machine's clock. If it is right, tell the server's operators.",
	}
}

func explainAuthority(certificate *x509.Certificate) diagnosis {
	if certificate != nil && bytes.Equal(certificate.RawIssuer, certificate.RawSubject) {
		return diagnosis{
			Found:   "the certificate is self-signed",
			Meaning: "Nobody but the server itself vouches for it: a test server, a proxy that reads along, or an attacker.",
			Advice:  "If the server is meant to have it, add the certificate to this machine's, or name it in SSL_CERT_FILE. Don't switch verification off: the key would go to anybody.",
		}
	}
	return diagnosis{
		Found:   "the certificate's issuer is not known here",
		Meaning: "The server does not send its intermediate certificates, the organization has an authority of its own, or a proxy reads along.",
		Advice:  "Add the authority's certificate to this machine's, or name it in SSL_CERT_FILE; or the server's operators must send the whole chain.",
	}
}

func explainConnection(err error) diagnosis {
	fault, isNetwork := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return diagnosis{Found: "interrupted"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return diagnosis{
			Found:   "the connection was refused",
			Meaning: "The host is there, but nothing listens on this port, or a firewall refuses it.",
			Advice:  "Check the host and port in " + client.EnvBaseURL + ", and whether the service runs.",
		}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return diagnosis{
			Found:   "there is no route to the host",
			Meaning: "This machine has no network, or the host is in another one.",
			Advice:  "Check this machine's network, and whether a VPN is needed.",
		}
	case errors.Is(err, context.DeadlineExceeded), isNetwork && fault.Timeout():
		return diagnosis{
			Found:   "no answer in time",
			Meaning: "The service is slow or stuck, or a firewall drops what is sent.",
			Advice:  "Try again with a longer -timeout. If that does not help, look for a firewall, or a proxy that should be in HTTPS_PROXY.",
		}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		strings.HasSuffix(err.Error(), "server closed idle connection"): // net/http does not export it
		return diagnosis{
			Found:   "the connection was closed before the answer was complete",
			Meaning: "The service, or a proxy in front of it, broke off.",
			Advice:  "Try again. If it happens every time, tell the service's operators.",
		}
	default:
		return diagnosis{
			Found:   "no answer: " + err.Error(),
			Meaning: "The request did not get through, for a reason that the doctor does not know.",
			Advice:  "Check the network, a proxy in HTTPS_PROXY, and " + client.EnvBaseURL + ".",
		}
	}
}
