package doctor

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

// explainNetwork explains the error of a request without a response.
func (e *examination) explainNetwork(err error) Diagnosis {
	if wrapped, is := errors.AsType[*url.Error](err); is {
		err = wrapped.Err // without the address
	}
	if wrapped, is := errors.AsType[*client.TransportError](err); is {
		err = wrapped.Err
	}
	if fault, is := errors.AsType[*client.RedirectError](err); is {
		return e.explainRedirect(fault.To)
	}
	if fault, is := errors.AsType[*net.DNSError](err); is {
		return explainLookup(fault)
	}
	if found, is := explainTLS(err); is {
		return found
	}
	if fault, is := errors.AsType[*net.OpError](err); is && fault.Op == "proxyconnect" {
		return Diagnosis{
			Found:   "the proxy is unreachable",
			Meaning: "The environment names a proxy for requests, but connecting to it failed: " + fault.Err.Error(),
			Advice:  "Correct HTTPS_PROXY, or add the host to NO_PROXY.",
		}
	}
	return explainConnection(err)
}

func explainLookup(fault *net.DNSError) Diagnosis {
	if fault.IsNotFound {
		return Diagnosis{
			Found:   fmt.Sprintf("there is no host %q", fault.Name),
			Meaning: "The name does not exist, or it exists only in a network that this machine is not connected to.",
			Advice:  "Check the spelling of " + client.EnvBaseURL + ", and whether a VPN is needed.",
		}
	}
	return Diagnosis{
		Found:   fmt.Sprintf("the address of %q could not be looked up: %s", fault.Name, fault.Err),
		Meaning: "This machine's name server did not respond, so it is unknown whether the host exists.",
		Advice:  "Check this machine's network and name server, then run it again.",
	}
}

func explainTLS(err error) (found Diagnosis, is bool) {
	if fault, is := errors.AsType[x509.CertificateInvalidError](err); is && fault.Reason == x509.Expired {
		return explainValidity(fault.Cert, time.Now()), true
	}
	if fault, is := errors.AsType[x509.UnknownAuthorityError](err); is {
		return explainAuthority(fault.Cert), true
	}
	if fault, is := errors.AsType[x509.HostnameError](err); is {
		return Diagnosis{
			Found:   fmt.Sprintf("the certificate is not for %q", fault.Host),
			Meaning: "Another server responded, or the certificate lacks this name.",
			Advice:  "Check the host in " + client.EnvBaseURL + ". If it is right, its operators must renew the certificate with this name.",
		}, true
	}
	if _, is := errors.AsType[tls.RecordHeaderError](err); is || errors.Is(err, http.ErrSchemeMismatch) {
		return Diagnosis{
			Found:   "the server does not use TLS",
			Meaning: "Something responds on this port, but not with HTTPS.",
			Advice:  "Check the port in " + client.EnvBaseURL + ". If the server runs on this machine, it may need http://.",
		}, true
	}
	if fault, is := errors.AsType[*tls.CertificateVerificationError](err); is {
		return Diagnosis{
			Found:   "the certificate is not trusted: " + fault.Err.Error(),
			Meaning: "The server can't prove its identity, so nothing was sent.",
			Advice:  "The server's operators must correct the certificate.",
		}, true
	}
	return Diagnosis{}, false
}

func explainValidity(certificate *x509.Certificate, now time.Time) Diagnosis {
	if now.Before(certificate.NotBefore) {
		return Diagnosis{
			Found:   "the certificate is not valid before " + certificate.NotBefore.Format(time.DateTime),
			Meaning: "It is new, or this machine's clock is slow: it says " + now.UTC().Format(time.DateTime) + ".",
			Advice:  "Set this machine's clock. If it is right, notify the server's operators.",
		}
	}
	return Diagnosis{
		Found:   "the certificate expired on " + certificate.NotAfter.Format(time.DateTime),
		Meaning: "The server's operators did not renew it, or this machine's clock is fast: it says " + now.UTC().Format(time.DateTime) + ".",
		Advice:  "Check this machine's clock. If it is right, notify the server's operators.",
	}
}

func explainAuthority(certificate *x509.Certificate) Diagnosis {
	if certificate != nil && bytes.Equal(certificate.RawIssuer, certificate.RawSubject) {
		return Diagnosis{
			Found:   "the certificate is self-signed",
			Meaning: "No authority has signed the certificate: the server is a test server, a proxy that decrypts the traffic, or an attacker.",
			Advice:  "If the server is supposed to use it, add the certificate to this machine's trusted certificates, or set SSL_CERT_FILE to its file. Don't disable verification: an attacker could receive the key.",
		}
	}
	return Diagnosis{
		Found:   "the certificate's issuer is unknown on this machine",
		Meaning: "The server does not send its intermediate certificates, the organization has its own authority, or a proxy decrypts the traffic.",
		Advice:  "Add the authority's certificate to this machine's trusted certificates, or set SSL_CERT_FILE to its file. If the chain is incomplete, the server's operators must complete it.",
	}
}

func explainConnection(err error) Diagnosis {
	fault, isNetwork := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, context.Canceled):
		return Diagnosis{Found: "interrupted"}
	case errors.Is(err, syscall.ECONNREFUSED):
		return Diagnosis{
			Found:   "the connection was refused",
			Meaning: "The host exists, but nothing listens on this port, or a firewall refuses connections.",
			Advice:  "Check the host and port in " + client.EnvBaseURL + ", and whether the service is running.",
		}
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return Diagnosis{
			Found:   "there is no route to the host",
			Meaning: "This machine has no network, or the host is in another network.",
			Advice:  "Check this machine's network, and whether a VPN is needed.",
		}
	case errors.Is(err, context.DeadlineExceeded), isNetwork && fault.Timeout():
		return Diagnosis{
			Found:   "no response in time",
			Meaning: "The service is slow or stuck, or a firewall drops the request.",
			Advice:  "Try again with a longer --timeout. If that does not help, look for a firewall, or a proxy that is missing in HTTPS_PROXY.",
		}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		strings.HasSuffix(err.Error(), "server closed idle connection"): // net/http does not export it
		return Diagnosis{
			Found:   "the connection was closed before the response was complete",
			Meaning: "The service, or a proxy in front of it, closed it.",
			Advice:  "Try again. If it happens again, notify the service's operators.",
		}
	default:
		return Diagnosis{
			Found:   "no response: " + err.Error(),
			Meaning: "The request failed for an unknown reason.",
			Advice:  "Check the network, the proxy in HTTPS_PROXY, and " + client.EnvBaseURL + ".",
		}
	}
}
