package sandbox

import (
	"math/rand/v2"
	"time"

	"github.com/iblai/iblai-go/client"
)

// sandbox makes what the settings say.
func (s *settings) sandbox() (*Sandbox, error) {
	sb := &Sandbox{
		store:       store{orgs: map[string]*org{}, lastID: map[string]int64{}},
		byKey:       map[string]*Account{},
		pageSize:    s.pageSize,
		maxPageSize: s.maxPageSize,
		clock:       newClock(s.start, s.clockSpeed),
		driver:      make(chan struct{}, 1),
		outcomes:    s.outcomes,
		random:      rand.New(rand.NewPCG(s.seed, 0)), //nolint:gosec // what happens shall be the same for the same seed
		lifetime:    newLifetime(),
	}
	sb.deliveries.init(s.httpClient)
	sb.deliveries.faults.set(s.deliveryFaults)
	sb.faults.seed = s.seed
	sb.faults.set(s.faults)
	sb.requests.maxCount, sb.requests.maxSize = maxRequests, maxRequestsSize
	sb.addAccounts(s.accounts)
	for _, m := range s.mentors {
		if err := sb.addMentor(m.org, m.thing); err != nil {
			return nil, err
		}
	}
	for _, a := range s.accounts {
		if len(sb.store.orgs[a.Org].mentors) > 0 {
			continue
		}
		m := client.Mentor{Name: "Study coach"}
		if a.Org == s.accounts[0].Org {
			m.UniqueID = DefaultMentorID // so that examples can print it
		}
		if err := sb.addMentor(a.Org, m); err != nil {
			return nil, err
		}
	}
	for _, a := range s.agents {
		if err := sb.seedAgents(a.org, a.thing); err != nil {
			return nil, err
		}
	}
	if err := sb.seedLogs(s.logs); err != nil {
		return nil, err
	}
	for _, session := range s.sessions {
		if err := sb.addSession(session.org, session.thing); err != nil {
			return nil, err
		}
	}
	sb.store.Lock()
	defer sb.store.Unlock()
	sb.timer = time.AfterFunc(longestNap, sb.tick)
	sb.rearm()
	return sb, nil
}

func (s *Sandbox) addAccounts(accounts []Account) {
	for _, a := range accounts {
		if a.APIKey.IsZero() {
			a.APIKey = newAPIKey()
		}
		if s.store.orgs[a.Org] == nil {
			s.store.orgs[a.Org] = newOrg(a.Org)
		}
		s.store.orgs[a.Org].usernames[a.Username] = true
		s.accounts = append(s.accounts, a)
		s.byKey[a.APIKey.Reveal()] = &a
	}
}

// orgFor is the org that an option names.
func (s *Sandbox) orgFor(option, key string) (*org, error) {
	if o := s.store.orgs[key]; o != nil {
		return o, nil
	}
	return nil, invalid(option, "has org %q, which has no account", key)
}
