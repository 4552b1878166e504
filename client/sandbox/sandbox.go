package sandbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// A Sandbox is the platform in memory. It is an [http.Handler] that serves the API.
// Its methods are safe for concurrent use.
type Sandbox struct {
	store       store
	accounts    []Account
	byKey       map[string]*Account
	pageSize    int
	maxPageSize int

	clock    *clock
	agenda   agenda        // guarded by the store's lock
	timer    *time.Timer   // for what is first in it; guarded by the store's lock
	driver   chan struct{} // full while somebody goes through the agenda
	outcomes func(context.Context, Run) Outcome
	random   *rand.Rand // guarded by the store's lock
	lifetime *lifetime

	deliveries deliveries
	watchers   watchers

	faults   requestFaults
	requests journal[Request]
}

// New returns a sandbox without a listener: serve it with a server of your own, and
// close it in the end. [Start] does both.
//
// Without options, the sandbox has the org [DefaultOrg] with the administrator
// [DefaultUsername] and the mentor [DefaultMentorID]. An error is an
// [*api.ArgumentError] for an invalid option.
func New(opts ...Option) (*Sandbox, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return s.sandbox()
}

// Close cancels deliveries in flight, waits for the calls that run agents, and
// stops the clock's schedule: no more runs start. A closed sandbox still serves
// the API, without the latency of faults. Close can be called again.
func (s *Sandbox) Close() {
	s.lifetime.close()
	s.store.Lock()
	s.timer.Stop()
	s.store.Unlock()
	s.deliveries.close()
}

// Format writes the number of accounts, whatever the verb: a sandbox holds keys
// and secrets.
func (s *Sandbox) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "sandbox of %d accounts", len(s.accounts))
}

// Accounts returns the accounts with their API keys, in the order of their
// options.
func (s *Sandbox) Accounts() []Account { return slices.Clone(s.accounts) }

// Mentors returns the mentors of an org with all generated fields, in the order of
// their ids. It returns none if the org doesn't exist.
func (s *Sandbox) Mentors(org string) []*client.Mentor {
	o := s.store.orgs[org]
	if o == nil {
		return nil
	}
	mentors := make([]*client.Mentor, len(o.mentors))
	for i, m := range o.mentors {
		copied := m.Mentor
		mentors[i] = &copied
	}
	return mentors
}

// time is the sandbox's time.
func (s *Sandbox) time() django.DateTime { return django.NewDateTime(s.Now()) }
