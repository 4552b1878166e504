package sandbox

import (
	"iter"
	"net/http"
	"slices"
)

// ServeHTTP responds as the service does, or as a [Fault] tells it to, and records
// the request, see [Sandbox.Requests].
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.service.serve(w, r) }

// BypassHandler returns a handler that serves the same API without faults and
// without recording requests. A console or another tool that inspects the sandbox
// during a test can use it without disturbing the test.
func (s *Sandbox) BypassHandler() http.Handler { return http.HandlerFunc(s.service.serveBypass) }

// Requests yields the recorded requests, the oldest first, up to the latest at the
// start of the loop. A request is recorded before the client has the whole
// response. The sandbox keeps the latest 100,000, or fewer if they exceed 64 MiB;
// the ID of the first one tells how many came before. The loop may use the
// sandbox. Headers and bodies are shared and must not be changed.
func (s *Sandbox) Requests() iter.Seq[Request] { return s.service.requests.All() }

// RequestsBackward yields the same requests as [Sandbox.Requests], the latest
// first.
func (s *Sandbox) RequestsBackward() iter.Seq[Request] { return s.service.requests.Backward() }

// Request returns the recorded request with an ID. It returns false if there is
// none, or none any more.
func (s *Sandbox) Request(id int64) (Request, bool) { return s.service.requests.Get(id) }

// SetFaults replaces all faults of requests; without arguments it removes them.
// Counting and random numbers start again. If several faults match and select a
// request, the first one applies, and those after it don't count the request: so
// faults with Times follow each other. Requests in flight keep their fault. If a
// fault is invalid, SetFaults returns an [*api.ArgumentError] and changes nothing.
func (s *Sandbox) SetFaults(faults ...Fault) error {
	if err := checkFaults("faults", faults); err != nil {
		return err
	}
	s.service.faults.set(faults)
	return nil
}

// Faults returns the faults of requests.
func (s *Sandbox) Faults() []Fault {
	s.service.faults.mu.Lock()
	defer s.service.faults.mu.Unlock()
	return slices.Clone(s.service.faults.all)
}
