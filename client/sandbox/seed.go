package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
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
			text, _ := django.EncodeJSON(refusal.Body)
			return &api.ArgumentError{Argument: fmt.Sprintf("%s[%d]", option, i), Reason: "is invalid", Err: errors.New(string(text))}
		}
	}
	return nil
}

// dataOf is a request as the client sends it: with its secret in clear, which
// encoding/json masks.
func dataOf(request *client.PeriodicAgentCreateRequest) any {
	text, _ := django.EncodeJSON(request) // can't fail: texts, numbers and times
	data, _ := django.DecodeJSON(text)    // nor can this
	if fields, ok := data.(django.Dict); ok && request.CallbackSecret != nil {
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
			field, reason := logs[i].setPast(o, seed, now)
			if reason == "" && taken[seed.ID] {
				field, reason = "ID", fmt.Sprintf("is %d, which is another log's id", seed.ID)
			}
			if reason != "" {
				return invalid(fmt.Sprintf("%s[%d].%s", option, i, field), "%s", reason)
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

// setPast makes of l, but for its id, the log of a past run, or returns the field
// that is invalid and the reason.
func (l *log) setPast(o *org, seed *client.PeriodicAgentLog, now django.DateTime) (field, reason string) {
	a := o.agents.byID(seed.PeriodicAgent)
	status := cmp.Or(seed.Status, api.StatusSuccess)
	var end django.DateTime
	if seed.EndTime != nil {
		end = django.NewDateTime(seed.EndTime.Time)
	}
	start := cmp.Or(django.NewDateTime(seed.StartTime.Time), end, now)
	switch {
	case seed.ID < 0:
		return "ID", fmt.Sprintf("is %d, but ids start at 1", seed.ID)
	case a == nil:
		return "PeriodicAgent", fmt.Sprintf("is %d, but org %q has no such agent", seed.PeriodicAgent, o.key)
	case !slices.Contains(logStatuses, status):
		return "Status", fmt.Sprintf("is %q, but must be success, error or running", seed.Status)
	case !end.IsNull() && end < start:
		return "EndTime", fmt.Sprintf("is %v, before the StartTime %v", end, start)
	case end.IsNull() && status != api.StatusRunning:
		end = start
	}
	*l = log{
		Content:       django.ReplaceInvalidUTF8(seed.Content),
		Status:        status,
		StartTime:     start,
		EndTime:       end,
		CreatedAt:     cmp.Or(django.NewDateTime(seed.CreatedAt.Time), start),
		ModifiedAt:    cmp.Or(django.NewDateTime(seed.ModifiedAt.Time), end, start),
		PeriodicAgent: a.ID,
		agent:         a,
	}
	return "", ""
}

// orderLogs sorts logs that came in any order, and finds the latest of each
// agent.
func (o *org) orderLogs() {
	slices.SortFunc(o.logs, listing.By((*log).RowID))
	for _, l := range o.logs {
		if l.agent.latest == nil || l.agent.latest.StartTime <= l.StartTime {
			l.agent.latest = l
		}
	}
}
