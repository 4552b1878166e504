// Package control serves a sandbox over HTTP: the platform's API, a control API
// and the console. The file control.yaml describes the control API.
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

// Prefix is the path prefix of the control API and the console's files. The
// console's page is at the root. All other paths belong to the platform.
const Prefix = "/_sandbox/"

// Options configure a [Server].
type Options struct {
	// Seed is the initial state of the sandbox. It is required.
	Seed *seed.Seed
	// URL is the URL of the server for programs on this machine. The status
	// reports it, and the URL of the inbox starts with it.
	URL string
	// Hosts are the host names that are accepted from browsers, in addition to
	// localhost, loopback addresses, and the address that the request arrived
	// at.
	Hosts []string
	// Logger logs requests to the platform's API, and requests to the control
	// API that change something. The default discards them.
	Logger *slog.Logger
}

// A Server is an [http.Handler] that serves a sandbox. When a seed is loaded or
// the sandbox is reset, it replaces the sandbox with a new one.
type Server struct {
	url       string
	seed      *seed.Seed
	boot      string // identifies this start of the program
	startedAt time.Time
	guard     guard
	mux       *http.ServeMux // routes of the console and the control API
	logger    *slog.Logger
	current   atomic.Pointer[seed.Sandbox]

	feed  *feed
	jobs  jobs
	inbox *inbox
	stops stops

	ctx    context.Context //nolint:containedctx // the parent of all jobs and streams
	cancel context.CancelFunc

	seeding sync.Mutex // held while a sandbox is created and replaced
	mu      sync.Mutex // guards closed; only held briefly
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
	s.publishEvents(sb.Sandbox)
	return s, nil
}

// inboxURL returns the URL of the inbox.
func (s *Server) inboxURL() string { return s.url + Prefix + "inbox" }

// Sandbox returns the current sandbox.
func (s *Server) Sandbox() *sandbox.Sandbox { return s.current.Load().Sandbox }

// ServeHTTP serves the console, the control API, and the platform's API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch isControl := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, Prefix); {
	case !isControl:
		s.serveLogged(w, r, s.Sandbox().ServeHTTP)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		s.serveControl(w, r) // not logged, since an open console sends many of them
	default:
		s.serveLogged(w, r, s.serveControl)
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
