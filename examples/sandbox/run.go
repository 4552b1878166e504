package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

const (
	readHeaderTimeout = 10 * time.Second
	// shutdownTimeout is how long requests that are being answered may still take.
	shutdownTimeout = 2 * time.Second
)

//go:embed default.yaml
var defaultSeed []byte

// run serves until the context ends. Where something is wrong, nothing is served.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	assets, err := loadConsole()
	if err != nil {
		return err
	}
	r, err := s.load()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	sb, err := r.build(nil)
	if err != nil {
		_ = listener.Close()
		return err
	}
	p := &program{
		platform: newPlatform(r.seed, sb),
		guard:    guard{s.hosts},
		routes:   controlRoutes(),
		assets:   assets,
		logger:   newLogger(s.log, stderr),
	}
	defer p.close()
	p.url = urlOf(listener.Addr())
	server := &http.Server{Handler: p, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: slog.NewLogLogger(p.logger.Handler(), slog.LevelWarn)}
	served := make(chan error, 1)
	go func() {
		defer close(served)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			served <- err
		}
	}()
	p.greet(stdout)

	select {
	case err = <-served: // it can't go on
	case <-ctx.Done():
		err = p.stop(context.WithoutCancel(ctx), server)
		for range served { // until its goroutine has ended
		}
	}
	return err
}

// stop ends advances of the clock, deliveries and streams of events, waits a while
// for other requests, and breaks off those that are left.
func (p *program) stop(ctx context.Context, server *http.Server) error {
	p.close()
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	if server.Shutdown(ctx) == nil {
		return nil
	}
	return server.Close()
}

// urlOf is where somebody on this machine reaches the address.
func urlOf(address net.Addr) string {
	tcp := address.(*net.TCPAddr) //nolint:forcetypeassert // it was listened to as one
	ip := tcp.IP
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + net.JoinHostPort(ip.String(), strconv.Itoa(tcp.Port))
}

// greet prints where all is, and what to paste.
func (p *program) greet(w io.Writer) {
	sb := p.current.Load()
	account := administrator(sb.Accounts())
	clock := clockOf(sb)
	speed := fmt.Sprintf("runs at %v times real time", clock.Speed)
	switch clock.Speed {
	case 0:
		speed = "stands still"
	case 1:
		speed = "runs in real time"
	}
	fmt.Fprintf(w, `ibl.ai sandbox (stop with Ctrl-C)

  console      %[1]s/
  API          %[1]s/api/ai-mentor/
  control API  %[1]s%[2]sopenapi.yaml
  clock        %[3]s, %[4]s

To lead a program here:

export %[5]s=%[6]s
export %[7]s=%[8]s
export %[9]s=%[10]s
export %[11]s=%[12]s
`, p.url, reserved, clock.Now.Format(time.RFC3339), speed,
		client.EnvBaseURL, p.url,
		client.EnvAPIKey, quote(account.APIKey.Reveal()),
		client.EnvOrg, quote(account.Org),
		client.EnvUsername, quote(account.Username))
}

// administrator is the first account that is one, or the first of all.
func administrator(accounts []sandbox.Account) sandbox.Account {
	for _, a := range accounts {
		if !a.Member {
			return a
		}
	}
	return accounts[0]
}

// quote is a word for a shell.
func quote(word string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.@", r)
	}
	if strings.ContainsFunc(word, func(r rune) bool { return !isPlain(r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
