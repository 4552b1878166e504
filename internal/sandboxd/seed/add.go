package seed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

// A Sandbox is a sandbox that was created from a seed.
type Sandbox struct {
	*sandbox.Sandbox

	inboxURL string // replaces the callback_url "inbox" of agents
	scripts  *scripts
	adding   sync.Mutex // held while objects are added
}

// Added is what [Sandbox.Add] has added.
type Added struct {
	Accounts []sandbox.Account
	Mentors  []*client.Mentor
	Sessions []string // ids
	Agents   []int64
	Logs     []int64
}

// Add adds the orgs of a text to the sandbox. The text has the format of a seed, but
// orgs may exist already, and references may be to what exists. An invalid text
// adds nothing: the error lists all errors, with line numbers. If the sandbox rejects
// an object nevertheless, Add returns the error and what it has added before.
func (s *Sandbox) Add(source document.Source, text []byte, format document.Format) (*Added, error) {
	s.adding.Lock()
	defer s.adding.Unlock()
	d, root := document.Parse(source, text, format)
	r := newReader(d, s.Sandbox)
	for _, a := range s.Accounts() {
		r.seen["keys "+a.APIKey.Reveal()] = true
	}
	if root != nil {
		root.Object(document.Fields{"orgs": r.readOrgs}, "orgs")
	}
	r.seed.checkParts()
	if err := d.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.seed.parts, func(a, b part) int { return cmp.Or(cmp.Compare(a.kind, b.kind), a.time.Compare(b.time)) })
	added := &Added{}
	for _, p := range r.seed.parts {
		if err := p.add(s, added); err != nil { // such as the id of a session that exists
			addError(p.value, err)
			return added, fmt.Errorf("%w (added before: %v)", d.Err(), added)
		}
	}
	return added, nil
}

func (s *Sandbox) addAgent(org string, a *agent, added *Added) error {
	s.scripts.mu.Lock() // until its outcomes are known, it can't run
	defer s.scripts.mu.Unlock()
	created, err := s.AddPeriodicAgent(org, a.complete(s.inboxURL))
	if err != nil {
		return err
	}
	a.id = created.ID
	s.scripts.outcomes[a.id] = a.outcomes
	added.Agents = append(added.Agents, a.id)
	return nil
}

func (a *Added) account(added sandbox.Account, err error) error {
	if err == nil {
		a.Accounts = append(a.Accounts, added)
	}
	return err
}

func (a *Added) mentor(added *client.Mentor, err error) error {
	if err == nil {
		a.Mentors = append(a.Mentors, added)
	}
	return err
}

func (a *Added) session(id string, err error) error {
	if err == nil {
		a.Sessions = append(a.Sessions, id)
	}
	return err
}

func (a *Added) log(added *client.PeriodicAgentLog, err error) error {
	if err == nil {
		a.Logs = append(a.Logs, added.ID)
	}
	return err
}

// String counts what was added, as in "2 accounts, 3 agents".
func (a *Added) String() string {
	var counts []string
	for _, kind := range []struct {
		n    int
		name string
	}{{len(a.Accounts), "accounts"}, {len(a.Mentors), "mentors"}, {len(a.Sessions), "sessions"}, {len(a.Agents), "agents"}, {len(a.Logs), "logs"}} {
		if kind.n > 0 {
			counts = append(counts, fmt.Sprint(kind.n, " ", kind.name))
		}
	}
	return cmp.Or(strings.Join(counts, ", "), "nothing")
}

// exists reports whether the org exists.
func (o *orgReader) exists() bool {
	return o.existing != nil && slices.ContainsFunc(o.existing.Accounts(), func(a sandbox.Account) bool { return a.Org == o.key })
}

// addExisting names the accounts, the mentors and the agents that the org has.
func (o *orgReader) addExisting(isNew bool) {
	for _, a := range o.existing.Accounts() {
		if a.Org == o.key {
			o.usernames[a.Username] = true
		}
	}
	if isNew { // its first account adds the mentor, which is the default of agents
		o.mentorIDs[defaultMentor] = []string{""}
	}
	mentors := o.existing.Mentors(o.key)
	o.existingMentors = len(mentors)
	for _, m := range mentors {
		for _, name := range []string{m.Name, m.UniqueID} {
			o.mentorIDs[name] = append(o.mentorIDs[name], m.UniqueID)
		}
	}
	for _, id := range o.existing.PeriodicAgentIDs(o.key) {
		if a, err := o.existing.PeriodicAgent(id); err == nil { // it was not deleted meanwhile
			o.nameAgent(namedAgent{&agent{id: id, request: client.PeriodicAgentCreateRequest{Title: a.Title}}, -1})
		}
	}
}

// refuseExisting adds an error to the name of an object, if it exists already.
func (o *orgReader) refuseExisting(v *document.Value, exists func() bool) {
	o.compare = append(o.compare, func() {
		if exists() {
			v.Errorf("exists already")
		}
	})
}
