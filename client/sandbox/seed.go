package sandbox

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// seedAgents adds agents as the first account of their org would create them.
func (s *Sandbox) seedAgents(orgKey string, requests []client.PeriodicAgentCreateRequest) error {
	const option = "WithPeriodicAgent"
	o, err := s.orgFor(option, orgKey)
	if err != nil {
		return err
	}
	first := slices.IndexFunc(s.accounts, func(a Account) bool { return a.Org == orgKey })
	for i, request := range requests {
		fill(&request.Mentor, o.mentors[0].UniqueID)
		if _, refusal := s.create(o, s.accounts[first].Username, dataOf(&request)); refusal != nil {
			text, _ := marshal(refusal.body)
			return &OptionError{Option: option, Reason: fmt.Sprintf("%d is refused: %s", i, text)}
		}
	}
	return nil
}

// dataOf is a request as the client sends it: with its secret in clear, which
// encoding/json masks.
func dataOf(request *client.PeriodicAgentCreateRequest) any {
	text, _ := marshal(request) // can't fail: texts, numbers and times
	data, _ := decodeJSON(text) // nor can this
	if fields, ok := data.(object); ok && request.CallbackSecret != nil {
		fields["callback_secret"] = request.CallbackSecret.Reveal()
	}
	return data
}

// seedLogs adds the logs of past runs to all orgs.
func (s *Sandbox) seedLogs(all []ofOrg[[]client.PeriodicAgentLog]) error {
	const option = "WithPeriodicAgentLog"
	now := s.time()
	count := 0
	for _, ofOrg := range all {
		count += len(ofOrg.thing)
	}
	taken := make(map[int64]bool, count) // ids, in any order
	for _, ofOrg := range all {
		o, err := s.orgFor(option, ofOrg.org)
		if err != nil {
			return err
		}
		logs := make([]log, len(ofOrg.thing)) // together, since they are gone through together
		for i := range logs {
			seed := &ofOrg.thing[i]
			reason := logs[i].setPast(o, seed, now)
			if reason == "" && taken[seed.ID] {
				reason = fmt.Sprintf("has the id %d, as one before it", seed.ID)
			}
			if reason != "" {
				return &OptionError{Option: option, Reason: fmt.Sprintf("%d %s", i, reason)}
			}
			logs[i].ID = s.store.takeID("log", seed.ID)
			taken[logs[i].ID] = true
			o.logs.add(&logs[i])
		}
	}
	for _, o := range s.store.orgs {
		o.orderLogs()
	}
	return nil
}

// setPast makes of l, but for its id, the log of a past run, or returns what is
// wrong with that.
func (l *log) setPast(o *org, seed *client.PeriodicAgentLog, now moment) (reason string) {
	a := o.agents.byID(seed.PeriodicAgent)
	status := cmp.Or(seed.Status, api.StatusSuccess)
	var end moment
	if seed.EndTime != nil {
		end = momentOf(seed.EndTime.Time)
	}
	start := cmp.Or(momentOf(seed.StartTime.Time), end, now)
	switch {
	case seed.ID < 0:
		return fmt.Sprintf("has the id %d, but ids start at 1", seed.ID)
	case a == nil:
		return fmt.Sprintf("names the agent %d, which %q has not", seed.PeriodicAgent, o.key)
	case !slices.Contains(logStatuses, status):
		return fmt.Sprintf("has the status %q", seed.Status)
	case !end.isNull() && end < start:
		return fmt.Sprintf("ends at %v, before it starts at %v", end, start)
	case end.isNull() && status != api.StatusRunning:
		end = start
	}
	*l = log{
		Content:       cleanText(seed.Content),
		Status:        status,
		StartTime:     start,
		EndTime:       end,
		CreatedAt:     cmp.Or(momentOf(seed.CreatedAt.Time), start),
		ModifiedAt:    cmp.Or(momentOf(seed.ModifiedAt.Time), end, start),
		PeriodicAgent: a.ID,
		agent:         a,
	}
	return ""
}

// orderLogs sorts logs that came in any order, and finds the latest of each
// agent.
func (o *org) orderLogs() {
	slices.SortFunc(o.logs, by((*log).rowID))
	logs := o.logs
	o.logs = logs[:0]
	for _, l := range logs {
		o.addLog(l)
		if l.agent.latest == nil || l.agent.latest.StartTime <= l.StartTime {
			l.agent.latest = l
		}
	}
}
