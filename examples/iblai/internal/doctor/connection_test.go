package doctor

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unauthorized responds as the service does to requests without a key.
var unauthorized = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("WWW-Authenticate", "Api-Token")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = io.WriteString(w, `{"detail": "Authentication credentials were not provided."}`)
})

// failingTransport returns a transport whose dials fail with an error of
// package net.
func failingTransport(err error) *http.Transport {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}}
}

// brokenServer accepts connections and passes them to handle.
func brokenServer(t *testing.T, handle func(net.Conn)) (address string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go handle(connection)
		}
	}()
	return listener.Addr().String()
}

func TestNoResponse(t *testing.T) {
	t.Parallel()
	closed := brokenServer(t, func(c net.Conn) { _ = c.Close() })
	silent := brokenServer(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	half := brokenServer(t, func(c net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(c))
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
		_ = c.Close()
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closedAddr := listener.Addr().String()
	require.NoError(t, listener.Close())
	proxy := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: closedAddr, User: url.UserPassword("proxy", testSecret)})}

	for name, test := range map[string]struct {
		transport http.RoundTripper
		baseURL   string
		check     string
		found     string
	}{
		"unknown host":                {failingTransport(&net.DNSError{Err: "no such host", Name: "base.manager.exmaple.edu", IsNotFound: true}), "https://base.manager.exmaple.edu", checkLookup, `there is no host "base.manager.exmaple.edu"`},
		"name server":                 {failingTransport(&net.DNSError{Err: "server misbehaving", Name: "ibl.example"}), "https://ibl.example", checkLookup, `the address of "ibl.example" could not be looked up: server misbehaving`},
		"refused":                     {newTransport(t), "http://" + closedAddr, checkDial, "the connection was refused"},
		"no route":                    {failingTransport(os.NewSyscallError("connect", syscall.EHOSTUNREACH)), "https://ibl.example", checkDial, "there is no route to the host"},
		"dropped":                     {failingTransport(context.DeadlineExceeded), "https://ibl.example", checkDial, "no response in time"},
		"proxy":                       {proxy, "https://ibl.example", checkDial, "the proxy is unreachable"},
		"something else":              {failingTransport(errors.New("out of sockets")), "https://ibl.example", checkDial, "no response: dial tcp: out of sockets"},
		"silent":                      {newTransport(t), "http://" + silent, checkService, "no response in time"},
		"silent at TLS":               {newTransport(t), "https://" + silent, checkTLS, "no response in time"},
		"closed":                      {newTransport(t), "http://" + closed, checkService, "the connection was closed before the response was complete"},
		"closed in the middle":        {newTransport(t), "http://" + half, checkService, "the connection was closed before the response was complete"},
		"not an error of package net": {roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no") }), "https://ibl.example", checkDial, "no response: no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, test.transport, test.baseURL, func(s *Settings) {
				if strings.HasPrefix(name, "silent") { // the others must not time out
					s.Timeout = 500 * time.Millisecond
				}
			})
			assert.Equal(t, Failed, e.Verdict)
			f := e.find(t, test.check)
			assert.Equal(t, Failed, f.Status, e.text)
			assert.Equal(t, test.found, f.Found)
			assert.NotEmpty(t, f.Meaning)
			assert.NotEmpty(t, f.Advice)
			assert.Equal(t, 1, e.count(Failed), "only one check fails, and later checks are skipped:\n%s", e.text)
			assert.Equal(t, Skipped, e.find(t, checkKey).Status)
		})
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	year := now.AddDate(1, 0, 0)
	for name, test := range map[string]struct {
		certificate x509.Certificate
		untrusted   bool
		selfSigned  bool
		status      Status
		found       string
	}{
		"valid":             {certificate: x509.Certificate{NotAfter: year}, status: OK, found: "the certificate of Test Authority is valid for 36"},
		"expires soon":      {certificate: x509.Certificate{NotAfter: now.Add(73 * time.Hour)}, status: Warning, found: "valid for 3 days"},
		"expired":           {certificate: x509.Certificate{NotAfter: now.Add(-time.Hour)}, status: Failed, found: "the certificate expired on " + now.Add(-time.Hour).UTC().Format(time.DateOnly)},
		"not valid yet":     {certificate: x509.Certificate{NotBefore: now.Add(time.Hour), NotAfter: year}, status: Failed, found: "the certificate is not valid before " + now.Add(time.Hour).UTC().Format(time.DateOnly)},
		"self-signed":       {certificate: x509.Certificate{NotAfter: year}, selfSigned: true, untrusted: true, status: Failed, found: "the certificate is self-signed"},
		"unknown authority": {certificate: x509.Certificate{NotAfter: year}, untrusted: true, status: Failed, found: "the certificate's issuer is unknown on this machine"},
		"another host's":    {certificate: x509.Certificate{NotAfter: year, DNSNames: []string{"other.example"}}, status: Failed, found: `the certificate is not for "localhost"`},
		"not for servers":   {certificate: x509.Certificate{NotAfter: year, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, status: Failed, found: "the certificate is not trusted: x509: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, roots := newTLSServer(t, test.certificate, test.selfSigned)
			if test.untrusted {
				roots = x509.NewCertPool()
			}
			transport := newTransport(t)
			transport.TLSClientConfig = &tls.Config{RootCAs: roots}
			e := examine(t, transport, address)
			f := e.find(t, checkTLS)
			assert.Equal(t, test.status, f.Status, e.text)
			assert.Contains(t, f.Found, test.found)
			assert.Equal(t, test.status == OK, f.Advice == "")
			assert.Equal(t, OK, e.find(t, checkLookup).Status, "localhost has an address")
			assert.Equal(t, Failed, e.Verdict, "none of these servers accepts the key")
			if test.status == Failed {
				assert.Equal(t, Skipped, e.find(t, checkService).Status)
			} else {
				assert.Equal(t, OK, e.find(t, checkService).Status)
			}
		})
	}

	t.Run("no TLS", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(unauthorized)
		t.Cleanup(server.Close)
		e := examine(t, newTransport(t), "https://"+server.Listener.Addr().String())
		f := e.find(t, checkTLS)
		assert.Equal(t, Failed, f.Status)
		assert.Equal(t, "the server does not use TLS", f.Found)
	})
	t.Run("no https", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(unauthorized)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		f := examine(t, newTransport(t), "http://"+server.Listener.Addr().String()).find(t, checkService)
		assert.Equal(t, Failed, f.Status)
		assert.Equal(t, "This port expects HTTPS, but the base URL begins with http://.", f.Meaning)
		for _, body := range []string{
			"<center>The plain HTTP request was sent to HTTPS port</center>",
			"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
		} {
			assert.True(t, isHTTPSOnly([]byte(body)), body)
		}
	})
}

// newTLSServer starts a server with a certificate, and returns the pool that
// trusts it.
func newTLSServer(t *testing.T, template x509.Certificate, selfSigned bool) (address string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	authority := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{Organization: []string{"Test Authority"}},
		NotBefore:             time.Now().AddDate(-1, 0, 0),
		NotAfter:              time.Now().AddDate(2, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	template.SerialNumber = big.NewInt(2)
	template.Subject = pkix.Name{CommonName: "localhost"}
	if template.DNSNames == nil {
		template.DNSNames = []string{"localhost"}
	}
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().AddDate(0, -1, 0)
	}
	issuer := authority
	if selfSigned {
		issuer = &template
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, issuer, &key.PublicKey, key)
	require.NoError(t, err)
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	require.NoError(t, err)
	parsed, err := x509.ParseCertificate(root)
	require.NoError(t, err)
	roots = x509.NewCertPool()
	roots.AddCert(parsed)

	server := httptest.NewUnstartedServer(unauthorized)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs every failed handshake
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	return "https://localhost:" + port, roots
}

func TestClock(t *testing.T) {
	t.Parallel()
	local := newSandbox(t).URL
	const remote = "https://example.edu"
	for name, test := range map[string]struct {
		date    func() string
		address string
		status  Status
		found   string
	}{
		"a little": {serverTime(-10 * time.Second), remote, OK, "this machine's clock is 1"},
		"behind":   {serverTime(2 * time.Minute), remote, Warning, " behind the server's"},
		"ahead":    {serverTime(-3 * time.Hour), remote, Failed, "ahead of the server's"},
		"sandbox":  {serverTime(-3 * time.Hour), local, Warning, "ahead of the server's"},
		"no date":  {func() string { return "" }, remote, Skipped, "the response has no Date"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := examine(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				response := respond(r, http.StatusOK, `{"count": 0, "next": null, "previous": null, "results": []}`)
				response.Header.Set("Date", test.date())
				return response, nil
			}), test.address)
			f := e.find(t, checkClock)
			assert.Equal(t, test.status, f.Status)
			assert.Contains(t, f.Found, test.found)
		})
	}
}

// serverTime returns the Date of a server whose clock is ahead of this
// machine's.
func serverTime(ahead time.Duration) func() string {
	return func() string { return time.Now().Add(ahead).UTC().Format(http.TimeFormat) }
}

func TestProxy(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(unauthorized) // plain HTTP passes a proxy unchanged
	t.Cleanup(server.Close)
	proxy, err := url.Parse(server.URL)
	require.NoError(t, err)
	proxy.User = url.UserPassword("proxy", testSecret)
	transport := newTransport(t)
	transport.Proxy = http.ProxyURL(proxy)
	e := examine(t, transport, "http://localhost:1")
	assert.Equal(t, "done by the proxy "+proxy.Host, e.find(t, checkLookup).Found)
	assert.Equal(t, "through the proxy "+proxy.Host, e.find(t, checkDial).Found)
}
