package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
)

// seed adds what options add.
func (p *platform) seed(s *settings) error {
	for _, a := range s.accounts {
		if p.store.orgs[a.Org] == nil {
			p.store.orgs[a.Org] = newOrg(a.Org)
		}
		p.store.orgs[a.Org].usernames[a.Username] = true
	}
	for _, m := range s.mentors {
		if err := p.seedMentor(m.org, m.value); err != nil {
			return err
		}
	}
	if err := p.seedDefaultMentors(s.accounts); err != nil {
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
		if err := p.seedSession(session.org, session.value); err != nil {
			return err
		}
	}
	return nil
}

// seedDefaultMentors adds a mentor to each org that has none.
func (p *platform) seedDefaultMentors(accounts []Account) error {
	for _, a := range accounts {
		if len(p.store.orgs[a.Org].mentors) > 0 {
			continue
		}
		m := client.Mentor{Name: "Study coach"}
		if a.Org == accounts[0].Org {
			m.UniqueID = DefaultMentorID
		}
		if err := p.seedMentor(a.Org, m); err != nil {
			return err
		}
	}
	return nil
}

// seedAgents adds agents as the first account of their org would create them.
func (p *platform) seedAgents(accounts []Account, orgKey string, requests []client.PeriodicAgentCreateRequest) error {
	const option = "WithPeriodicAgent"
	o, err := p.orgFor(option, orgKey)
	if err != nil {
		return err
	}
	first := slices.IndexFunc(accounts, func(a Account) bool { return a.Org == orgKey })
	for i, request := range requests {
		setDefault(&request.Mentor, o.mentors[0].UniqueID)
		if r := p.createAgent(o, accounts[first].Username, requestData(&request)); r.Status != http.StatusCreated {
			text, _ := django.EncodeJSON(r.Body)
			return &api.ArgumentError{Argument: fmt.Sprintf("%s[%d]", option, i), Reason: "is invalid", Err: errors.New(string(text))}
		}
	}
	return nil
}

// requestData returns a request as the client sends it: with the secret in clear,
// which encoding/json masks.
func requestData(request *client.PeriodicAgentCreateRequest) any {
	text, _ := django.EncodeJSON(request) // strings, numbers and times can be encoded
	data, _ := django.DecodeJSON(text)
	if fields, ok := data.(django.Dict); ok && request.CallbackSecret != nil {
		fields["callback_secret"] = request.CallbackSecret.Reveal()
	}
	return data
}
