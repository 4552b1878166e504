package sandbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
)

// A Sandbox is the platform, kept in memory. It is an [http.Handler], and safe
// for concurrent use.
type Sandbox struct {
	store       store
	accounts    []Account
	byKey       map[keyHash]*Account
	pageSize    int
	maxPageSize int

	clock    *clock
	agenda   agenda        // guarded by the store's lock
	timer    *time.Timer   // for what is first in it; guarded by the store's lock
	driver   chan struct{} // full while somebody goes through the agenda
	outcomes func(context.Context, Invocation) Outcome
	random   *rand.Rand // guarded by the store's lock
	lifetime *lifetime

	deliveries deliveries
	watchers   watchers

	faults   requestFaults
	requests journal[Request]
}

// New makes a sandbox that listens nowhere: serve it, or call its ServeHTTP, and
// Close it in the end. [Start] does all of that.
//
// Without options it has the org acme with the administrator ada and the mentor
// Study coach, whose unique id is always the same. An error is an
// [*OptionError].
func New(opts ...Option) (*Sandbox, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return s.sandbox()
}

// Close ends the deliveries that are on their way, and closes what connections
// to receivers are open. A closed sandbox goes on answering requests, without
// the waits of faults, but starts no runs.
func (s *Sandbox) Close() {
	s.lifetime.close()
	s.store.Lock()
	s.timer.Stop()
	s.store.Unlock()
	s.deliveries.close()
}

// Format writes how many accounts there are, whatever the verb: the keys and
// secrets in a sandbox are not for printing.
func (s *Sandbox) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "sandbox of %d accounts", len(s.accounts))
}

// Accounts returns the accounts, in the order of their options.
func (s *Sandbox) Accounts() []Account { return slices.Clone(s.accounts) }

// Mentors returns the mentors of an org as they are kept, with all that was
// filled in. There are none in an org that does not exist.
func (s *Sandbox) Mentors(org string) []client.Mentor {
	o := s.store.orgs[org]
	if o == nil {
		return nil
	}
	mentors := make([]client.Mentor, len(o.mentors))
	for i, m := range o.mentors {
		mentors[i] = m.Mentor
	}
	return mentors
}

// Operations returns the operations that the sandbox has, by the API's own
// operation ids.
func Operations() []client.Operation {
	var all []client.Operation
	for _, r := range routes {
		for _, o := range r.operations {
			all = append(all, client.Operation{ID: o.id, Method: o.method, PathTemplate: r.template})
		}
	}
	return all
}

// time is the sandbox's time.
func (s *Sandbox) time() moment { return momentOf(s.Now()) }
