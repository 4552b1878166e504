package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Plan compares the fleet with the agents of the client's org, and returns the
// changes that are needed. It changes nothing.
//
// An error about the fleet itself, such as a mentor that doesn't exist or a secret
// that can't be read, wraps an [*api.ArgumentError] for each mistake.
//
// If the service has no list of mentors, but has agents, a fleet that names all
// mentors by their unique ids can be planned.
func (f *Fleet) Plan(ctx context.Context, c *client.Client) (*Plan, error) {
	now := time.Now()
	if err := f.validate(now); err != nil {
		return nil, err
	}
	agents, err := readAgents(ctx, c, f.Name)
	if err != nil {
		return nil, err
	}
	known, err := readMentors(ctx, c)
	absent := errors.Is(err, client.ErrNotFound) || errors.Is(err, client.ErrNotFromService)
	if absent && agents.count > 0 { // the agents show the release
		known, err = &mentors{numeric: agents.titleMarkers, unlisted: err}, nil
	}
	if err != nil {
		return nil, err
	}
	if agents.count == 0 {
		agents.titleMarkers = known.numeric
	}
	p := &planner{
		fleet: f, client: c, stored: agents, mentors: known, now: now,
		blocked: map[string]string{}, missing: map[string]bool{},
		plan: &Plan{Fleet: f.Name, Org: c.Org(), Changes: []Change{}, TitleMarkers: agents.titleMarkers},
	}
	return p.run(ctx)
}

type planner struct {
	fleet   *Fleet
	client  *client.Client
	stored  *stored
	mentors *mentors
	now     time.Time
	plan    *Plan
	blocked map[string]string // keys without a single agent, and why
	missing map[string]bool   // keys whose agent will be created
}

func (p *planner) run(ctx context.Context) (*Plan, error) {
	for _, problem := range p.stored.unclear {
		p.block(problem)
	}
	var errs []error
	for _, i := range p.fleet.order() {
		if err := p.agent(ctx, i); err != nil {
			if failed, ok := errors.AsType[*api.ArgumentError](err); !ok || ctx.Err() != nil {
				return nil, err
			} else if failed != nil {
				errs = append(errs, err)
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for _, removed := range p.stored.removed(p.fleet) {
		if err := p.remove(removed.key, removed.agent); err != nil {
			return nil, err
		}
	}
	return p.plan, nil
}

// block adds a problem because of which the agent with that key isn't changed.
func (p *planner) block(problem Problem) {
	p.plan.Problems = append(p.plan.Problems, problem)
	p.blocked[problem.Key] = problem.Text
}

// order returns the indexes of the agents, each after the one that it runs after.
func (f *Fleet) order() []int {
	index := map[string]int{}
	for i := range f.Agents {
		index[f.Agents[i].Key] = i
	}
	var order []int
	seen := make([]bool, len(f.Agents))
	for i := range f.Agents {
		var chain []int
		for !seen[i] {
			seen[i] = true
			chain = append(chain, i)
			if f.Agents[i].After != nil {
				i = index[f.Agents[i].After.Key]
			}
		}
		slices.Reverse(chain)
		order = append(order, chain...)
	}
	return order
}

// agent plans the change of an agent.
func (p *planner) agent(ctx context.Context, i int) error {
	a := &p.fleet.Agents[i]
	found := p.stored.owned[a.Key]
	if len(found) > 1 {
		var ids []int64
		for _, agent := range found {
			ids = append(ids, agent.ID)
		}
		p.block(Problem{Key: a.Key, IDs: ids, Text: fmt.Sprintf("agents %s have the same marker; delete all but one, or remove the marker from them", numbers(ids))})
		return nil
	}
	if p.blocked[a.Key] != "" {
		return nil
	}
	change, secret, err := p.wanted(i)
	if err != nil {
		return err
	}
	if a.After != nil && p.blocked[a.After.Key] != "" {
		if !p.keepsPrevious(a, found, change) {
			p.block(Problem{Key: a.Key, Text: fmt.Sprintf("waits for %s, which has a problem", a.After.Key)})
			return nil
		}
	}
	if len(found) == 0 {
		return p.create(a, change, secret)
	}
	return p.change(ctx, a, found[0], change, secret)
}

// keepsPrevious leaves previous_agent as it is, if it is one of the agents that
// have the marker of the wanted one.
func (p *planner) keepsPrevious(a *Agent, found []*client.PeriodicAgent, change *Change) bool {
	if len(found) == 0 || found[0].PreviousAgent == nil {
		return false
	}
	previous := *found[0].PreviousAgent
	change.Wanted.PreviousAgent = client.Value(previous)
	return slices.ContainsFunc(p.stored.owned[a.After.Key], func(agent *client.PeriodicAgent) bool { return agent.ID == previous })
}

// wanted returns a change with the agent that a fleet describes, and the agent's
// secret.
func (p *planner) wanted(i int) (*Change, api.Secret, error) {
	a := &p.fleet.Agents[i]
	argument := func(field string) string { return fmt.Sprintf("agents[%d].%s", i, field) }
	mentor, mentorErr := p.mentors.find(a, argument("mentor"))
	schedule, scheduleErr := a.utc(p.now)
	mark := marker{p.fleet.Name, a.Key}
	change := &Change{Key: a.Key, Title: trim(a.Title), Wanted: &client.PeriodicAgentCreateRequest{
		Mentor: mentor.reference,
		Title:  trim(a.Title),
		Prompt: new(trim(a.Prompt)),
		Task: client.PeriodicTaskRequest{
			Crontab: client.NewCrontabSchedule(schedule.fields),
			OneOff:  new(a.OneOff),
			Enabled: new(!a.Disabled),
		},
		CallbackURL:   new(""),
		PreviousAgent: client.Null[int64](),
	}}
	if p.mentors.numeric {
		change.MentorID = a.MentorID
	}
	var titleErr error
	if p.plan.TitleMarkers {
		change.Wanted.Title = mark.inTitle(a.Title)
		if utf8.RuneCountInString(change.Wanted.Title) > maxTitle {
			titleErr = &api.ArgumentError{Argument: argument("title"), Reason: fmt.Sprintf("is too long: with its marker, which this release of the service needs in the title, it has more than %d characters", maxTitle)}
		}
	} else {
		change.Wanted.Description = new(mark.inDescription(a.Description))
	}
	if a.After != nil {
		change.After = a.After.Key
		change.Wanted.PreviousAgentStatus = new(a.After.status())
		change.Wanted.PreviousAgent = client.Nullable[int64]{}
		if previous := p.stored.owned[a.After.Key]; len(previous) == 1 && !p.missing[a.After.Key] {
			change.Wanted.PreviousAgent = client.Value(previous[0].ID)
		}
	}
	var secret api.Secret
	var secretErr error
	if a.Callback != nil {
		change.Wanted.CallbackURL = new(trim(a.Callback.URL))
		change.Secret = a.Callback.SecretSource
		if secret, secretErr = change.Secret.read(); secretErr != nil {
			secretErr = &api.ArgumentError{Argument: argument("callback"), Reason: "has a secret that can't be used", Err: secretErr}
		}
	}
	if until := schedule.until; !until.IsZero() && (p.plan.ClocksChange.IsZero() || until.Before(p.plan.ClocksChange)) {
		p.plan.ClocksChange = until
	}
	if scheduleErr != nil {
		scheduleErr = &api.ArgumentError{Argument: argument("schedule"), Reason: "can't be used", Err: scheduleErr}
	}
	return change, secret, errors.Join(mentorErr, scheduleErr, titleErr, secretErr)
}

func (a *After) status() api.Status {
	if a.Status == "" {
		return api.StatusSuccess
	}
	return a.Status
}

func (p *planner) create(a *Agent, change *Change, secret api.Secret) error {
	// A release without descriptions hides the markers of agents that a newer release
	// has created.
	if id, ok := p.stored.titles[trim(a.Title)]; ok && p.plan.TitleMarkers {
		p.block(Problem{Key: a.Key, IDs: []int64{id}, Text: fmt.Sprintf("agent %d has the same title, and this release of the service has no descriptions with markers: adopt the agent, or choose another title", id)})
		return nil
	}
	p.missing[a.Key] = true
	change.Action = ActionCreate
	wanted := *change.Wanted
	if !secret.IsZero() {
		wanted.CallbackSecret = &secret
	}
	for _, field := range new(client.PeriodicAgent).Diff(&wanted).Fields {
		change.Fields = append(change.Fields, fieldChange(field.Path, "", field.Wanted))
	}
	p.addPrevious(change, "")
	p.plan.Changes = append(p.plan.Changes, *change)
	return nil
}

// addPrevious adds the change of previous_agent to an agent that doesn't exist yet.
func (p *planner) addPrevious(change *Change, old string) {
	if change.After != "" && change.Wanted.PreviousAgent.IsZero() {
		change.Fields = append(change.Fields, FieldChange{Path: "previous_agent", Old: old, New: change.After + " (new)"})
	}
}

func (p *planner) change(ctx context.Context, a *Agent, found *client.PeriodicAgent, change *Change, secret api.Secret) error {
	change.Action, change.ID = ActionChange, found.ID
	wanted := change.Wanted
	p.keepTexts(found, wanted)
	if !found.CallbackSecret.IsMasked() {
		wanted.CallbackSecret = &secret
	}
	if a.OneOff && !a.Disabled && found.Task.OneOff && !found.Task.Enabled {
		ran, err := hasRun(ctx, p.client, found.ID)
		if err != nil {
			return err
		}
		wanted.Task.Enabled = new(!ran)
	}
	for _, field := range found.Diff(wanted).Fields {
		change.Fields = append(change.Fields, fieldChange(field.Path, field.Stored, field.Wanted))
		last := &change.Fields[len(change.Fields)-1]
		switch field.Path {
		case "callback_url":
			last.Old = userinfo.ReplaceAllString(last.Old, "://***@")
		case "callback_secret":
			last.Old, last.New = masked(found.CallbackSecret), masked(secret)
		}
	}
	wanted.CallbackSecret = nil
	old := ""
	if found.PreviousAgent != nil {
		old = strconv.FormatInt(*found.PreviousAgent, 10)
	}
	p.addPrevious(change, old)
	if len(change.Fields) == 0 {
		return nil
	}
	var err error
	if change.Read, err = version(found); err != nil {
		return err
	}
	p.plan.Changes = append(p.plan.Changes, *change)
	return nil
}

// keepTexts keeps the texts of an agent that differ from the wanted ones in
// nothing that matters: line endings, or the place of the marker.
func (p *planner) keepTexts(found *client.PeriodicAgent, wanted *client.PeriodicAgentCreateRequest) {
	if sameText(found.Prompt, *wanted.Prompt) {
		wanted.Prompt = new(found.Prompt)
	}
	if p.plan.TitleMarkers {
		if sameText(withoutMarkers(found.Title), withoutMarkers(wanted.Title)) {
			wanted.Title = found.Title
		}
		return
	}
	hasMarker := markerExpression.MatchString(found.Description)
	if hasMarker && sameText(withoutMarkers(found.Description), withoutMarkers(*wanted.Description)) {
		wanted.Description = new(found.Description)
	}
}

func (p *planner) remove(key string, a *client.PeriodicAgent) (err error) {
	change := Change{Key: key, ID: a.ID, Title: withoutMarkers(a.Title)}
	if change.Read, err = version(a); err != nil {
		return err
	}
	dependents := p.stored.dependents[a.ID]
	switch {
	case p.fleet.Removed == RemovedDelete && len(dependents) == 0:
		change.Action = ActionDelete
	case a.Task.Enabled:
		change.Action = ActionDisable
		change.Fields = []FieldChange{{Path: "task.enabled", Old: "true", New: "false"}}
	}
	if p.fleet.Removed == RemovedDelete && len(dependents) > 0 {
		p.plan.Problems = append(p.plan.Problems, Problem{Key: key, IDs: dependents, Text: fmt.Sprintf("agent %d can't be deleted: agents %s, which the fleet doesn't have, run after it", a.ID, numbers(dependents))})
	}
	if change.Action != "" {
		p.plan.Changes = append(p.plan.Changes, change)
	}
	return nil
}
