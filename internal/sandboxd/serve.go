// Package sandboxd serves a sandbox over HTTP: the platform's API, a control
// API and a console, on one address.
//
//	return sandboxd.Serve(ctx, sandboxd.Config{Output: os.Stdout})
//
// It is a test server: anyone who can connect to it can read its API keys.
package sandboxd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/iblai/iblai-go/internal/sandboxd/control"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// DefaultAddr is the default address to listen on.
const DefaultAddr = "127.0.0.1:8765"

const (
	readHeaderTimeout = 10 * time.Second
	// shutdownTimeout limits how long Serve waits for requests in flight after
	// its context is done.
	shutdownTimeout = 2 * time.Second
)

// ErrRemote is returned by [Serve] for an address that is not a loopback
// address, unless [Config].AllowRemote is set.
var ErrRemote = errors.New("the address is not a loopback address, and anyone who can connect to this test server can read its administrator's key")

// Config configures [Serve]. The zero value serves the default seed at
// [DefaultAddr].
type Config struct {
	// Addr is the address to listen on. Port 0 selects a free port.
	Addr string
	// AllowRemote permits an address other than a loopback address. Then anyone who
	// can connect to it can read the API keys. Without it, Serve returns
	// [ErrRemote].
	AllowRemote bool
	// Hosts are the host names that are accepted from browsers, in addition to
	// localhost. Error messages call them -host.
	Hosts []string
	// Seed is the initial state of the sandbox. The default is [seed.Default].
	Seed *seed.Seed
	// Logger logs requests to the platform's API, and requests to the control
	// API that change something. The default discards them.
	Logger *slog.Logger
	// Output receives the addresses of the server and the environment variables
	// for clients, once the server listens. The default discards them.
	Output io.Writer
}

// Serve serves a sandbox until ctx is done. If the configuration or the seed is
// invalid, it returns an error without serving anything.
func Serve(ctx context.Context, config Config) error {
	if err := config.complete(); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return err
	}
	url := localURL(listener.Addr())
	handler, err := control.New(control.Options{Seed: config.Seed, URL: url, Hosts: config.Hosts, Logger: config.Logger})
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer handler.Close()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, DisableGeneralOptionsHandler: true, ErrorLog: slog.NewLogLogger(config.Logger.Handler(), slog.LevelWarn)}
	served := make(chan error, 1)
	go func() {
		defer close(served)
		served <- server.Serve(listener)
	}()
	printGreeting(config.Output, url, handler.Sandbox())

	select {
	case err = <-served: // the server failed
	case <-ctx.Done():
		handler.Close()
		err = shutdown(context.WithoutCancel(ctx), server)
		for range served { // wait until the goroutine has finished
		}
	}
	return err
}

// complete validates the configuration and sets defaults.
func (c *Config) complete() (err error) {
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Output == nil {
		c.Output = io.Discard
	}
	if c.Seed == nil {
		if c.Seed, err = seed.Default(); err != nil {
			return err
		}
	}
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("the address %q is not HOST:PORT: %w", c.Addr, err)
	}
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.Unmap().IsLoopback() || c.AllowRemote {
		return nil
	}
	return fmt.Errorf("%s: %w", c.Addr, ErrRemote)
}

// shutdown waits for requests in flight, up to shutdownTimeout, and then aborts
// them.
func shutdown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if server.Shutdown(ctx) == nil {
		return nil
	}
	return server.Close()
}

// localURL returns the URL at which programs on this machine can connect to a
// listener's address.
func localURL(address net.Addr) string {
	host, port, _ := net.SplitHostPort(address.String()) // a TCP address always has both
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
