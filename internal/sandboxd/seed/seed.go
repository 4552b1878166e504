// Package seed reads the initial state of a sandbox from YAML or JSON, and creates
// the sandbox.
package seed

import (
	_ "embed"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
)

//go:embed default.yaml
var defaultSeed []byte

// A Seed is the initial state of a sandbox.
type Seed struct {
	// Start is the time at which the clock starts. The zero value means the
	// current time.
	Start time.Time
	// Speed is the speed of the clock: 0 stops it, 1 is real time.
	Speed float64
	// InboxURL replaces the callback_url "inbox" of agents.
	InboxURL string
	// Faults are the initial fault rules.
	Faults Faults

	random   uint64
	release  sandbox.Release
	beat     sandbox.Beat
	logDelay time.Duration
	orgs     []*org

	// The document and its parts, which provide the positions of errors. They
	// are released once a sandbox is created.
	document *document.Document
	parts    []part
}

type org struct {
	key      string
	accounts []sandbox.Account
	mentors  []client.Mentor
	agents   []*agent
	logs     []*pastLog
	sessions []*sandbox.ChatSession
}

// An agent of a seed, or one that exists already.
type agent struct {
	id       int64 // in a seed, the position among the agents of all orgs, from 1
	request  client.PeriodicAgentCreateRequest
	inbox    bool   // whether its callbacks go to the server's inbox
	previous *agent // nil if there is none
	outcomes []sandbox.Outcome
}

// complete returns the request with which the agent is created.
func (a *agent) complete(inboxURL string) client.PeriodicAgentCreateRequest {
	r := a.request
	if a.inbox && inboxURL != "" {
		r.CallbackURL = &inboxURL
	}
	if a.previous != nil {
		r.PreviousAgent = client.Value(a.previous.id)
	}
	return r
}

// A pastLog is the log of a run in the past.
type pastLog struct {
	client.PeriodicAgentLog

	agent *agent
}

// complete returns the log with the id of its agent.
func (l *pastLog) complete() client.PeriodicAgentLog {
	log := l.PeriodicAgentLog
	log.PeriodicAgent = l.agent.id
	return log
}

// Default returns the default seed, which has one org with three agents.
func Default() (*Seed, error) { return Read(document.File("default.yaml"), defaultSeed, document.YAML) }

// NewSandbox creates a sandbox in the seed's state. If the seed has no key for
// an account, NewSandbox uses the key of the same user in accounts. Otherwise
// it generates a key, which is the same for all sandboxes of the seed. The
// error lists everything that the sandbox rejects, with line numbers.
func (s *Seed) NewSandbox(accounts []sandbox.Account) (*Sandbox, error) {
	s.setMissingKeys(accounts)
	scripts := s.newScripts()
	sb, err := sandbox.New(append(s.options(), sandbox.WithOutcomeFunc(scripts.outcome))...)
	if err != nil {
		return nil, s.explain(err)
	}
	if err := sb.SetLogDelay(s.logDelay); err != nil {
		sb.Close()
		return nil, err
	}
	s.setMissingKeys(sb.Accounts())
	s.document, s.parts = nil, nil
	return &Sandbox{Sandbox: sb, inboxURL: s.InboxURL, scripts: scripts}, nil
}

func (s *Seed) options() []sandbox.Option {
	clock := sandbox.WithFrozenClock(s.Start)
	if s.Speed > 0 {
		clock = sandbox.WithClock(s.Start, s.Speed)
	}
	options := []sandbox.Option{
		clock,
		sandbox.WithRandomSeed(s.random),
		sandbox.WithRelease(s.release),
		sandbox.WithBeat(s.beat),
		sandbox.WithFaults(s.Faults.Requests...),
		sandbox.WithDeliveryFaults(s.Faults.Deliveries...),
	}
	for _, o := range s.orgs {
		options = append(options, o.options(s.InboxURL)...)
	}
	return options
}

func (o *org) options(inboxURL string) []sandbox.Option {
	var options []sandbox.Option
	for _, account := range o.accounts {
		options = append(options, sandbox.WithAccount(account))
	}
	for _, mentor := range o.mentors {
		options = append(options, sandbox.WithMentor(o.key, mentor))
	}
	var requests []client.PeriodicAgentCreateRequest
	for _, a := range o.agents {
		requests = append(requests, a.complete(inboxURL))
	}
	var logs []client.PeriodicAgentLog
	for _, l := range o.sortedLogs() {
		logs = append(logs, l.complete())
	}
	options = append(options, sandbox.WithPeriodicAgent(o.key, requests...), sandbox.WithPeriodicAgentLog(o.key, logs...))
	for _, session := range o.sessions {
		options = append(options, sandbox.WithChatSession(o.key, *session))
	}
	return options
}

// sortedLogs returns the logs in chronological order, in which the service numbers
// them.
func (o *org) sortedLogs() []*pastLog {
	return slices.SortedStableFunc(slices.Values(o.logs), func(a, b *pastLog) int { return a.StartTime.Compare(b.StartTime.Time) })
}

// setMissingKeys sets missing keys of the seed's accounts to the keys of the
// same users in accounts. It skips a key that the seed assigns to another
// account.
func (s *Seed) setMissingKeys(accounts []sandbox.Account) {
	type user struct{ org, name string }
	taken := map[api.Secret]bool{}
	for _, o := range s.orgs {
		for _, a := range o.accounts {
			taken[a.APIKey] = true
		}
	}
	keys := map[user]api.Secret{}
	for _, a := range accounts {
		if !taken[a.APIKey] {
			keys[user{a.Org, a.Username}] = a.APIKey
		}
	}
	for _, o := range s.orgs {
		for i := range o.accounts {
			if a := &o.accounts[i]; a.APIKey.IsZero() {
				a.APIKey = keys[user{a.Org, a.Username}]
			}
		}
	}
}
