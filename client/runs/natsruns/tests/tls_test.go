package tests

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs/natsruns"
)

// TLS and credentials are those of the connection.
func TestTLSAndCredentials(t *testing.T) {
	certified := httptest.NewTLSServer(http.NotFoundHandler()) // has a certificate for 127.0.0.1
	defer certified.Close()
	s := startServer(t, func(o *server.Options) {
		o.Username, o.Password = "app", "pw"
		o.TLS, o.TLSTimeout = true, patience.Seconds()
		o.TLSConfig = &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS13}
	})
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	js := connect(t, s.url(), nats.UserInfo("app", "pw"), nats.Secure(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}))
	state, err := js.Conn().TLSConnectionState()
	require.NoError(t, err)
	require.True(t, state.HandshakeComplete)
	bridge := newBridge(t, js, []natsruns.Org{testOrg(t, "acme")})
	require.Equal(t, http.StatusNoContent, deliver(t, bridge, "acme", 1, ""))
	var got handled
	background(t, func(ctx context.Context) error { return bridge.Consume(ctx, got.handle) })
	waitFor(t, "the run", func() bool { return got.count("acme/1") == 1 })
}
