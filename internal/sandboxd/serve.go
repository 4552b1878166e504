// Package sandboxd runs the sandbox as a program: the platform's API, a control API
// and a console on one address. A command needs no more than
//
//	err := sandboxd.Serve(ctx, sandboxd.Config{Output: os.Stdout})
//
// It is a test server: everyone who reaches it can read its keys.
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

// DefaultAddr is the address that a sandbox listens on by default.
const DefaultAddr = "127.0.0.1:8765"

const (
	readHeaderTimeout = 10 * time.Second
	// shutdownTimeout limits how long requests in flight may take after the
	// context has ended.
	shutdownTimeout = 2 * time.Second
)

// ErrRemote is returned by [Serve] for an address beyond the loopback interface,
// unless [Config].AllowRemote is set.
var ErrRemote = errors.New("the address is beyond this machine's loopback interface, and everyone who reaches this test server can read its administrator's key")

// Config configures [Serve]. The zero value serves the default seed at
// [DefaultAddr].
type Config struct {
	// Addr is the address to listen on. Port 0 takes a free one.
	Addr string
	// AllowRemote permits an address beyond the loopback interface, where others
	// can read the keys. Without it, Serve returns [ErrRemote].
	AllowRemote bool
	// Hosts are the names by which browsers may reach the server, in addition to
	// localhost. Error messages call them -host.
	Hosts []string
	// Seed creates the sandbox. The default is [seed.Default].
	Seed *seed.Seed
	// Logger logs requests to the platform's API, and changes. The default
	// discards them.
	Logger *slog.Logger
	// Output gets the addresses and the environment variables for clients when
	// the server listens. The default discards them.
	Output io.Writer
}

// Serve serves a sandbox until the context ends. If the configuration or the seed
// is invalid, nothing is served.
func Serve(ctx context.Context, config Config) error {
	if err := config.complete(); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", config.Addr)
	if err != nil {
		return err
	}
	url := urlOf(listener.Addr())
	handler, err := control.New(control.Options{Seed: config.Seed, URL: url, Hosts: config.Hosts, Logger: config.Logger})
	if err != nil {
		_ = listener.Close()
		return err
	}
	defer handler.Close()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: slog.NewLogLogger(config.Logger.Handler(), slog.LevelWarn)}
	served := make(chan error, 1)
	go func() {
		defer close(served)
		served <- server.Serve(listener)
	}()
	greet(config.Output, url, handler.Sandbox())

	select {
	case err = <-served: // it failed
	case <-ctx.Done():
		handler.Close()
		err = shutdown(context.WithoutCancel(ctx), server)
		for range served { // until its goroutine has finished
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

// shutdown waits for requests in flight, and then aborts them.
func shutdown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if server.Shutdown(ctx) == nil {
		return nil
	}
	return server.Close()
}

// urlOf returns the URL of a listener's address for programs on this machine.
func urlOf(address net.Addr) string {
	host, port, _ := net.SplitHostPort(address.String()) // it always has both
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
