package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// seed adds what options add.
func (p *platform) seed(s *settings) error {
	for _, a := range s.accounts {
		p.store.addUser(a)
	}
	for _, m := range s.mentors {
		if _, err := p.seedMentor("WithMentor", m.org, m.value); err != nil {
			return err
		}
	}
	if err := p.seedDefaultMentors("WithMentor", s.accounts); err != nil {
		return err
	}
	for _, a := range s.agents {
		if err := p.seedAgents(s.accounts, a.org, a.value); err != nil {
			return err
		}
	}
	if err := p.seedLogs(s.logs); err != nil {
		return err
	}
	for _, session := range s.sessions {
		if err := p.seedSession("WithChatSession", session.org, session.value); err != nil {
			return err
		}
	}
	return nil
}

// seedDefaultMentors adds a mentor to each org that has none.
func (p *platform) seedDefaultMentors(argument string, accounts []Account) error {
	for _, a := range accounts {
		if len(p.store.orgs[a.Org].mentors) > 0 {
			continue
		}
		m := client.Mentor{Name: defaultMentorName}
		if a.Org == accounts[0].Org {
			m.UniqueID = DefaultMentorID
		}
		if _, err := p.seedMentor(argument, a.Org, m); err != nil {
			return err
		}
	}
	return nil
}

// seedAgents adds agents as the first account of their org would create them.
func (p *platform) seedAgents(accounts []Account, orgKey string, requests []client.PeriodicAgentCreateRequest) error {
	const option = "WithPeriodicAgent"
	if _, err := p.orgFor(option, orgKey); err != nil {
		return err
	}
	for i, request := range requests {
		if _, err := p.seedAgent(fmt.Sprintf("%s[%d]", option, i), accounts, orgKey, &request); err != nil {
			return err
		}
	}
	return nil
}

// seedAgent adds an agent to an org, which must exist.
func (p *platform) seedAgent(argument string, accounts []Account, orgKey string, request *client.PeriodicAgentCreateRequest) (*agent, error) {
	p.store.RLock()
	o := p.store.orgs[orgKey]
	setDefault(&request.Mentor, o.mentors[0].UniqueID)
	p.store.RUnlock()
	first := slices.IndexFunc(accounts, func(a Account) bool { return a.Org == orgKey })
	r := p.createAgent(o, accounts[first].Username, Release4205, requestData(request))
	if a, ok := r.Body.(*agent); ok {
		return a, nil
	}
	text, _ := django.EncodeJSON(r.Body)
	return nil, &api.ArgumentError{Argument: argument, Reason: "is invalid", Err: errors.New(string(text))}
}

// requestData returns a request as the client sends it: with the secret in clear,
// which encoding/json masks.
func requestData(request *client.PeriodicAgentCreateRequest) any {
	text, _ := django.EncodeJSON(request) // strings, numbers and times can be encoded
	data, _ := django.Django52.DecodeJSON(text)
	if fields, ok := data.(django.Dict); ok && request.CallbackSecret != nil {
		fields["callback_secret"] = request.CallbackSecret.Reveal()
	}
	return data
}

// AddAccount adds an account, as [WithAccount] does, and returns it with its API key.
// A new org gets a mentor named Study coach. It returns an [*api.ArgumentError] for an
// invalid account.
func (s *Sandbox) AddAccount(a Account) (Account, error) {
	const argument = "AddAccount"
	s.store.Lock()
	defer s.store.Unlock()
	if err := a.check(argument, s.Accounts()); err != nil {
		return Account{}, err
	}
	s.store.addUser(a)
	if len(s.store.orgs[a.Org].mentors) == 0 {
		if _, err := s.service.platform.seedMentor(argument, a.Org, client.Mentor{Name: defaultMentorName}); err != nil {
			return Account{}, err
		}
	}
	return s.service.accounts.add(a), nil
}

// AddMentor adds a mentor to an org, as [WithMentor] does, and returns it with all
// generated fields. It returns an [*api.ArgumentError] for an invalid mentor.
func (s *Sandbox) AddMentor(org string, m client.Mentor) (*client.Mentor, error) {
	s.store.Lock()
	defer s.store.Unlock()
	added, err := s.service.platform.seedMentor("AddMentor", org, m)
	if err != nil {
		return nil, err
	}
	return new(added.Mentor), nil
}

// AddPeriodicAgent adds an agent to an org, as [WithPeriodicAgent] does. It returns
// an [*api.ArgumentError] for an invalid agent.
func (s *Sandbox) AddPeriodicAgent(org string, request client.PeriodicAgentCreateRequest) (*client.PeriodicAgent, error) {
	const argument = "AddPeriodicAgent"
	s.store.RLock()
	_, err := s.service.platform.orgFor(argument, org)
	s.store.RUnlock()
	if err != nil {
		return nil, err
	}
	added, err := s.service.platform.seedAgent(argument, s.Accounts(), org, &request)
	if err != nil {
		return nil, err
	}
	return s.PeriodicAgent(added.ID)
}

// AddPeriodicAgentLog adds the log of a past run to an org, as
// [WithPeriodicAgentLog] does. Its times may be in the past or in the future, and
// its id lower than others. It returns an [*api.ArgumentError] for an invalid log.
func (s *Sandbox) AddPeriodicAgentLog(org string, log client.PeriodicAgentLog) (*client.PeriodicAgentLog, error) {
	s.store.Lock()
	defer s.store.Unlock()
	l, err := s.service.platform.addLog("AddPeriodicAgentLog", org, &log)
	if err != nil {
		return nil, err
	}
	s.runs.show(l, s.timeline.Now())
	s.runs.logsChanged(l)
	return logModel(l), nil
}

// AddChatSession adds a chat session to an org, as [WithChatSession] does. It returns
// an [*api.ArgumentError] for an invalid session.
func (s *Sandbox) AddChatSession(org string, session ChatSession) error {
	s.store.Lock()
	defer s.store.Unlock()
	return s.service.platform.seedSession("AddChatSession", org, session)
}

// DeletePeriodicAgentLog deletes a log, as the service does when logs expire. It
// reports whether there was one. The API has no such operation.
func (s *Sandbox) DeletePeriodicAgentLog(logID int64) bool {
	s.store.Lock()
	defer s.store.Unlock()
	l := s.store.log(logID)
	if l == nil {
		return false
	}
	l.agent.org.logs.Delete(func(other *log) bool { return other == l })
	l.deleted = true
	s.store.unlisted[l.ID] = l
	if a := l.agent; a.latest == l {
		a.latest = nil
		for _, other := range a.org.logs {
			if other.agent == a {
				a.setLatest(other)
			}
		}
	}
	s.runs.releaseDependents(l.agent.org, s.timeline.Now())
	s.runs.logsChanged(l)
	return true
}

// SetLogDelay makes logs appear in the API that long after their runs start, on the
// sandbox's clock; with 0 they appear at once. Until then a run doesn't count for
// statistics and dependent agents, but its callback may be posted. A log that
// appears late has a lower id than logs that are listed already. If d is negative,
// SetLogDelay returns an [*api.ArgumentError].
func (s *Sandbox) SetLogDelay(d time.Duration) error {
	if d < 0 {
		return invalid("d", "is %v, but must not be negative", d)
	}
	s.store.Lock()
	defer s.store.Unlock()
	s.runs.logDelay = d
	return nil
}

// LogDelay returns the delay of logs, see [Sandbox.SetLogDelay].
func (s *Sandbox) LogDelay() time.Duration {
	s.store.RLock()
	defer s.store.RUnlock()
	return s.runs.logDelay
}
