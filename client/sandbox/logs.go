package sandbox

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox/internal/django"
	"github.com/iblai/iblai-go/client/sandbox/internal/listing"
)

// logListing says how the logs of o can be filtered, searched and sorted.
func logListing(o *org) *listing.Listing[*log] {
	return &listing.Listing[*log]{
		Filters: []listing.Filter[*log]{
			listing.UUIDFilter("mentor_id", func(l *log) string { return l.agent.mentorID() }),
			listing.NumberFilter("parent_mentor_id", func(l *log) *int64 { return l.agent.ParentMentorID }),
			listing.CharFilter("parent_session_id", func(l *log) string { return l.agent.ParentSessionID }),
			listing.ModelChoiceFilter("periodic_agent", o.hasAgent, func(l *log) *int64 { return &l.PeriodicAgent }),
			listing.ChoiceFilter("status", logStatuses, func(l *log) api.Status { return l.Status }),
			listing.CharFilter("username", func(l *log) string { return l.agent.Username }),
		},
		Search: []func(*log) string{
			func(l *log) string { return l.Content },
			func(l *log) string { return l.agent.Title },
		},
		Orderings: map[string]func(a, b *log) int{
			"id":             listing.By((*log).RowID),
			"content":        listing.By(func(l *log) string { return l.Content }),
			"status":         listing.By(func(l *log) api.Status { return l.Status }),
			"start_time":     listing.ByDateTime(func(l *log) django.DateTime { return l.StartTime }),
			"end_time":       listing.ByDateTime(func(l *log) django.DateTime { return l.EndTime }),
			"created_at":     listing.ByDateTime(func(l *log) django.DateTime { return l.CreatedAt }),
			"modified_at":    listing.ByDateTime(func(l *log) django.DateTime { return l.ModifiedAt }),
			"periodic_agent": listing.By(func(l *log) int64 { return l.PeriodicAgent }),
		},
		Default: newestFirst,
	}
}

func (p *platform) listLogs(o *org, r *listing.Request) *django.Response {
	p.store.RLock()
	defer p.store.RUnlock()
	return logListing(o).List(o.logs, r, func(l *log) any { return *l })
}

func (p *platform) retrieveLog(o *org, id string) *django.Response {
	number, ok := django.ParsePrimaryKey(id)
	if !ok {
		return django.NotFound()
	}
	p.store.RLock()
	defer p.store.RUnlock()
	l := o.logs.ByID(number)
	if l == nil {
		return django.ObjectNotFound("PeriodicAgentLog")
	}
	return django.OK(*l)
}

// seedLogs adds the logs of past runs to all orgs.
func (p *platform) seedLogs(all []orgSeed[[]client.PeriodicAgentLog]) error {
	const option = "WithPeriodicAgentLog"
	now := p.now()
	count := 0
	for _, seeds := range all {
		count += len(seeds.value)
	}
	taken := make(map[int64]bool, count)
	for _, seeds := range all {
		o, err := p.orgFor(option, seeds.org)
		if err != nil {
			return err
		}
		logs := make([]log, len(seeds.value)) // adjacent in memory
		for i := range logs {
			seed := &seeds.value[i]
			field, reason := logs[i].initFromSeed(o, seed, now)
			if reason == "" && taken[seed.ID] {
				field, reason = "ID", fmt.Sprintf("is %d, which is another log's id", seed.ID)
			}
			if reason != "" {
				return invalid(fmt.Sprintf("%s[%d].%s", option, i, field), "%s", reason)
			}
			logs[i].ID = p.store.reserveID("log", seed.ID)
			taken[logs[i].ID] = true
			o.logs = append(o.logs, &logs[i]) // sorted below
		}
	}
	for _, o := range p.store.orgs {
		o.sortLogs()
	}
	return nil
}

// addLog validates the log of a past run, which is then to be shown. The caller holds
// the store's lock.
func (p *platform) addLog(argument, orgKey string, seed *client.PeriodicAgentLog) (*log, error) {
	o, err := p.orgFor(argument, orgKey)
	if err != nil {
		return nil, err
	}
	l := &log{}
	field, reason := l.initFromSeed(o, seed, p.now())
	if reason == "" && p.store.log(seed.ID) != nil {
		field, reason = "ID", fmt.Sprintf("is %d, which is another log's id", seed.ID)
	}
	if reason != "" {
		return nil, invalid(argument+"."+field, "%s", reason)
	}
	l.ID = p.store.reserveID("log", seed.ID)
	return l, nil
}

// initFromSeed sets the fields of l, except its id, to those of the log of a past run.
// It returns the field that is invalid and the reason, if there is one.
func (l *log) initFromSeed(o *org, seed *client.PeriodicAgentLog, now django.DateTime) (field, reason string) {
	a := o.agents.ByID(seed.PeriodicAgent)
	status := cmp.Or(seed.Status, api.StatusSuccess)
	var end django.DateTime
	if seed.EndTime != nil {
		end = django.NewDateTime(seed.EndTime.Time)
	}
	start := cmp.Or(django.NewDateTime(seed.StartTime.Time), end, now)
	times := []client.Time{seed.StartTime, seed.CreatedAt, seed.ModifiedAt}
	if seed.EndTime != nil {
		times = append(times, *seed.EndTime)
	}
	for _, t := range times {
		if !django.IsRepresentable(t.Time) {
			return "StartTime, EndTime, CreatedAt or ModifiedAt", fmt.Sprintf("is %v, but must be in the years 1 to 9999", t.Time)
		}
	}
	switch {
	case seed.ID < 0:
		return "ID", fmt.Sprintf("is %d, but ids start at 1", seed.ID)
	case a == nil:
		return "PeriodicAgent", fmt.Sprintf("is %d, but org %q has no such agent", seed.PeriodicAgent, o.key)
	case !slices.Contains(logStatuses, status):
		return "Status", fmt.Sprintf("is %q, but must be success, error or running", seed.Status)
	case !end.IsNull() && end < start:
		return "EndTime", fmt.Sprintf("is %v, before the StartTime %v", end, start)
	case !end.IsNull() && status == api.StatusRunning:
		return "EndTime", "is set, but the Status is running"
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

// sortLogs sorts the logs by id, and sets the latest log of each agent.
func (o *org) sortLogs() {
	slices.SortFunc(o.logs, listing.By((*log).RowID))
	for _, l := range o.logs {
		l.agent.setLatest(l)
	}
}
