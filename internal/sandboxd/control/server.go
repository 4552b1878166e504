// Package control serves a sandbox over HTTP: the platform's own API, and, for
// people and tests on the same machine, the console and a control API, which
// control.yaml describes.
package control

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/console"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

// Prefix is the only path that the server takes from the platform, except for
// the console's page at the root.
const Prefix = "/_sandbox/"

// Options configure a [Server].
type Options struct {
	// Seed creates the sandbox. It is required.
	Seed *seed.Seed
	// URL is the URL for programs on this machine, which the status reports. The
	// inbox of callbacks is below it.
	URL string
	// Hosts are the names by which browsers may reach the server, in addition to
	// localhost and the addresses of the loopback interface.
	Hosts []string
	// Logger logs requests to the platform's API, and changes. The default
	// discards them.
	Logger *slog.Logger
}

// A Server is an [http.Handler] that serves a sandbox, which it replaces when it is
// seeded or reset.
type Server struct {
	url       string
	seed      *seed.Seed
	boot      string // identifies this start of the program
	startedAt time.Time
	guard     guard
	mux       *http.ServeMux // of the console and the control API
	logger    *slog.Logger
	current   atomic.Pointer[sandbox.Sandbox]

	feed  *feed
	jobs  jobs
	inbox *inbox
	stops stops

	ctx    context.Context //nolint:containedctx // of all jobs and streams
	cancel context.CancelFunc

	seeding sync.Mutex // of the seed, while a sandbox is created
	mu      sync.Mutex // of replacements; never held for long
	closed  bool
}

// New creates a server and its sandbox. It must be closed.
func New(options Options) (*Server, error) {
	s := &Server{
		url:       options.URL,
		seed:      options.Seed,
		boot:      rand.Text(),
		startedAt: time.Now().UTC(),
		guard:     guard{options.Hosts},
		mux:       http.NewServeMux(),
		logger:    options.Logger,
		feed:      newFeed(),
		inbox:     &inbox{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.url != "" {
		s.seed.InboxURL = s.inboxURL()
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	for pattern, handler := range s.routes() {
		s.mux.HandleFunc(pattern, handler)
	}
	if err := console.Register(s.mux); err != nil {
		return nil, err
	}
	sb, err := s.seed.NewSandbox(nil)
	if err != nil {
		return nil, err
	}
	s.current.Store(sb)
	s.follow(sb)
	return s, nil
}

// inboxURL is the URL of the receiver that the server has itself.
func (s *Server) inboxURL() string { return s.url + Prefix + "inbox" }

// Sandbox returns the current sandbox.
func (s *Server) Sandbox() *sandbox.Sandbox { return s.current.Load() }

// ServeHTTP serves the console, the control API, and for all other paths the
// platform.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch isOurs := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, Prefix); {
	case !isOurs:
		s.log(w, r, s.Sandbox().ServeHTTP)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		s.serveControl(w, r) // not logged: an open console sends many
	default:
		s.log(w, r, s.serveControl)
	}
}

// serveControl serves the console and the control API.
func (s *Server) serveControl(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	if reason := s.guard.check(r); reason != "" {
		writeJSON(w, http.StatusForbidden, errorBody{reason})
		return
	}
	if p := strings.TrimSuffix(r.URL.Path, "/"); p != "" && path.Clean(p) != p {
		errorWriter{w, r}.WriteHeader(http.StatusNotFound) // a ServeMux would redirect to the clean path
		return
	}
	if _, pattern := s.mux.Handler(r); pattern == "" {
		w = errorWriter{w, r}
	}
	s.mux.ServeHTTP(w, r)
}
