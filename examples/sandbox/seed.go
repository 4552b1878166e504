package main

import (
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A seed is what a sandbox begins with.
type seed struct {
	start  time.Time // zero for now
	speed  float64
	random uint64
	orgs   []*seedOrg
	faults faultRules
}

type seedOrg struct {
	key      string
	accounts []sandbox.Account
	mentors  []client.Mentor
	agents   []*seedAgent
}

// A seedAgent has the id that its place among the agents of all orgs gives it.
type seedAgent struct {
	request  client.PeriodicAgentCreateRequest
	outcomes []sandbox.Outcome
	logs     []client.PeriodicAgentLog
}

// sandbox makes what the seed says, in a state as if nothing had happened.
func (s *seed) sandbox() (*sandbox.Sandbox, error) {
	options := []sandbox.Option{
		s.clock(),
		sandbox.WithRandomSeed(s.random),
		sandbox.WithFaults(s.faults.requests...),
		sandbox.WithDeliveryFaults(s.faults.deliveries...),
		sandbox.WithOutcomeFunc(s.outcomes()),
	}
	for _, o := range s.orgs {
		options = append(options, o.options()...)
	}
	return sandbox.New(options...)
}

// clock is the option for the clock that the seed means.
func (s *seed) clock() sandbox.Option {
	if s.speed == 0 {
		return sandbox.WithFrozenClock(s.start)
	}
	return sandbox.WithClock(s.start, s.speed)
}

func (o *seedOrg) options() []sandbox.Option {
	var requests []client.PeriodicAgentCreateRequest
	var logs []client.PeriodicAgentLog
	for _, a := range o.agents {
		requests = append(requests, a.request)
		logs = append(logs, a.logs...)
	}
	// Ids of logs are in the order of time, as the service gives them.
	slices.SortStableFunc(logs, func(a, b client.PeriodicAgentLog) int { return a.StartTime.Compare(b.StartTime.Time) })
	return append(o.people(), sandbox.WithPeriodicAgent(o.key, requests...), sandbox.WithPeriodicAgentLog(o.key, logs...))
}

// people are the org's accounts and mentors.
func (o *seedOrg) people() []sandbox.Option {
	var options []sandbox.Option
	for _, account := range o.accounts {
		options = append(options, sandbox.WithAccount(account))
	}
	for _, mentor := range o.mentors {
		options = append(options, sandbox.WithMentor(o.key, mentor))
	}
	return options
}

// keepKeys gives accounts that name no key the one that they have had.
func (s *seed) keepKeys(accounts []sandbox.Account) {
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
