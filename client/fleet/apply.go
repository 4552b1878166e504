package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// Apply makes the changes of the plan, in order, and goes on after a failure where
// it can. The result has a step for every change, also if there is an error. The
// error joins those of the steps.
//
// Apply returns no result if nothing was tried: the plan is for another org, or the
// agents can't be listed.
func (p *Plan) Apply(ctx context.Context, c *client.Client) (*Result, error) {
	if p.Org != c.Org() {
		return nil, &api.ArgumentError{Argument: "plan", Reason: fmt.Sprintf("is for the org %q, but the client's is %q", p.Org, c.Org())}
	}
	a := &applier{plan: p, client: c, ids: map[string]int64{}, failed: map[string]bool{}}
	if slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action == ActionCreate }) {
		if err := a.read(ctx); err != nil {
			return nil, err
		}
	}
	result := &Result{Steps: make([]Step, 0, len(p.Changes))}
	var errs []error
	for _, change := range p.Changes {
		id, err := a.apply(ctx, change)
		if err != nil {
			err = fmt.Errorf("%s %s: %w", change.Action, change.Key, err)
			errs = append(errs, err)
			a.failed[change.Key] = true
		} else {
			a.ids[change.Key] = id
		}
		result.Steps = append(result.Steps, Step{Change: change, ID: id, Err: err})
	}
	return result, errors.Join(errs...)
}

type applier struct {
	plan   *Plan
	client *client.Client
	stored *stored          // before the first change
	ids    map[string]int64 // of agents that are done, by key
	failed map[string]bool  // keys whose change has failed
}

// read reads the agents, to find those that exist already.
func (a *applier) read(ctx context.Context) (err error) {
	a.stored, err = readAgents(ctx, a.client, a.plan.Fleet)
	if err == nil && a.stored.count > 0 && a.stored.titleMarkers != a.plan.TitleMarkers {
		err = ErrMixedReleases
	}
	return err
}

// apply makes a change, and returns the id of the agent.
func (a *applier) apply(ctx context.Context, change Change) (int64, error) {
	if err := ctx.Err(); err != nil {
		return change.ID, fmt.Errorf("%w: %w", ErrSkipped, context.Cause(ctx))
	}
	if change.After != "" && a.failed[change.After] {
		return change.ID, fmt.Errorf("%w: it runs after %s, which is not done", ErrSkipped, change.After)
	}
	switch change.Action {
	case ActionCreate, ActionChange:
		wanted, err := a.wanted(change)
		if err != nil {
			return change.ID, err
		}
		if change.Action == ActionCreate {
			return a.create(ctx, change, wanted)
		}
		return change.ID, a.change(ctx, change, wanted)
	case ActionDisable, ActionDelete:
		return change.ID, a.remove(ctx, change)
	}
	return change.ID, &api.ArgumentError{Argument: "plan", Reason: fmt.Sprintf("has the unknown action %q", change.Action)}
}

// wanted returns the agent of a change, with its secret and its previous agent.
func (a *applier) wanted(change Change) (*client.PeriodicAgentCreateRequest, error) {
	if change.Wanted == nil {
		return nil, &api.ArgumentError{Argument: "plan", Reason: "has no wanted agent for " + change.Key}
	}
	wanted := *change.Wanted
	secret, err := change.Secret.read()
	if err != nil {
		return nil, err
	}
	wanted.CallbackSecret = &secret
	if change.After != "" && wanted.PreviousAgent.IsZero() {
		id, ok := a.ids[change.After]
		if !ok {
			return nil, fmt.Errorf("%w: it runs after %s, which does not exist", ErrSkipped, change.After)
		}
		wanted.PreviousAgent = client.Value(id)
	}
	return &wanted, nil
}

// create creates an agent, unless it exists already because the plan was applied
// before.
func (a *applier) create(ctx context.Context, change Change, wanted *client.PeriodicAgentCreateRequest) (int64, error) {
	if found := a.stored.owned[change.Key]; len(found) > 0 {
		if len(found) == 1 && found[0].Diff(wanted).IsEmpty() {
			return found[0].ID, nil
		}
		return 0, fmt.Errorf("%w: agent %d has its marker", ErrChanged, found[0].ID)
	}
	request := *wanted
	if change.MentorID != 0 {
		request.Mentor = strconv.FormatInt(change.MentorID, 10)
	}
	created, err := a.client.PeriodicAgents.Create(ctx, &request)
	if err != nil {
		return a.recover(ctx, change, wanted, err)
	}
	if len(markersOf(created)) == 0 && !lacksDescription(created) { // every further plan would create one more
		err = fmt.Errorf("the service does not keep the marker of agent %d, which is deleted again", created.ID)
		return 0, errors.Join(err, a.client.PeriodicAgents.Delete(ctx, created.ID))
	}
	return created.ID, change.checkStored(created, wanted)
}

// recover finds the agent after a creation whose response was lost. Otherwise, it
// returns the error of the creation.
func (a *applier) recover(ctx context.Context, change Change, wanted *client.PeriodicAgentCreateRequest, failure error) (int64, error) {
	if !mayBeDone(failure) {
		return 0, failure
	}
	now, err := readAgents(ctx, a.client, a.plan.Fleet)
	if err != nil {
		return 0, failure
	}
	found := now.owned[change.Key]
	if len(found) != 1 {
		return 0, failure
	}
	return found[0].ID, change.checkStored(found[0], wanted)
}

func (a *applier) change(ctx context.Context, change Change, wanted *client.PeriodicAgentCreateRequest) error {
	current, err := a.client.PeriodicAgents.Get(ctx, change.ID)
	if errors.Is(err, client.ErrNotFound) {
		return fmt.Errorf("%w: it was deleted", ErrChanged)
	} else if err != nil {
		return err
	}
	if lacksDescription(current) != a.plan.TitleMarkers {
		return ErrMixedReleases
	}
	compared := *wanted
	if current.CallbackSecret.IsMasked() {
		compared.CallbackSecret = nil
	}
	diff := current.Diff(&compared)
	if read, err := version(current); err != nil {
		return err
	} else if read != change.Read && !diff.IsEmpty() {
		return ErrChanged
	}
	if diff.IsEmpty() {
		return nil
	}
	update := &diff.Update
	if current.CallbackSecret.IsMasked() && !wanted.CallbackSecret.IsZero() {
		update.CallbackSecret = wanted.CallbackSecret
	}
	if update.Mentor != nil && change.MentorID != 0 {
		update.Mentor = new(strconv.FormatInt(change.MentorID, 10))
	}
	reschedules := update.Task != nil && update.Task.Crontab != nil && current.Task.Enabled && update.Task.Enabled == nil &&
		(current.Task.StartTime == nil || current.Task.StartTime.Text() == "")
	if reschedules {
		update.Task.Enabled = new(false)
	}
	updated, err := a.client.PeriodicAgents.Update(ctx, change.ID, update)
	if !reschedules || err != nil && !mayBeDone(err) {
		return change.checked(err, updated, &compared)
	}
	enabled, enableErr := a.client.PeriodicAgents.Update(ctx, change.ID, &client.PeriodicAgentUpdateRequest{
		Task: &client.PeriodicTaskUpdateRequest{Enabled: new(true)},
	})
	if enableErr != nil {
		enableErr = fmt.Errorf("it may have been left disabled, until the fleet is applied again: %w", enableErr)
	}
	return change.checked(errors.Join(err, enableErr), enabled, &compared)
}

// checked returns err, or else the error of checkStored.
func (c *Change) checked(err error, agent *client.PeriodicAgent, wanted *client.PeriodicAgentCreateRequest) error {
	if err != nil {
		return err
	}
	return c.checkStored(agent, wanted)
}

// checkStored returns an error if the service has stored something else than what
// was sent, since every further plan would change it again.
func (c *Change) checkStored(agent *client.PeriodicAgent, wanted *client.PeriodicAgentCreateRequest) error {
	compared := *wanted
	if lacksDescription(agent) {
		compared.Description = nil
	}
	for _, text := range []struct {
		wanted **string
		stored string
	}{{&compared.Prompt, agent.Prompt}, {&compared.Description, agent.Description}} {
		if *text.wanted != nil && sameText(**text.wanted, text.stored) {
			*text.wanted = nil
		}
	}
	if agent.Mentor.UniqueID == "" && agent.Mentor.ID == c.MentorID { // releases 3.5x return what was sent
		compared.Mentor = ""
	}
	if agent.CallbackSecret.IsMasked() {
		compared.CallbackSecret = nil
	}
	fields := agent.Diff(&compared).Fields
	if len(fields) == 0 {
		return nil
	}
	var errs []error
	for _, field := range fields {
		errs = append(errs, fmt.Errorf("agent %d is written, but the service has another %s: %s instead of %s", agent.ID, field.Path, quote(field.Stored), quote(field.Wanted)))
	}
	return errors.Join(errs...)
}

func (a *applier) remove(ctx context.Context, change Change) error {
	current, err := a.client.PeriodicAgents.Get(ctx, change.ID)
	if errors.Is(err, client.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	if change.Action == ActionDisable && !current.Task.Enabled {
		return nil
	}
	if read, err := version(current); err != nil {
		return err
	} else if read != change.Read {
		return ErrChanged
	}
	if change.Action == ActionDisable {
		_, err := a.client.PeriodicAgents.Update(ctx, change.ID, &client.PeriodicAgentUpdateRequest{
			Task: &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
		})
		return err
	}
	if err := a.client.PeriodicAgents.Delete(ctx, change.ID); !errors.Is(err, client.ErrNotFound) {
		return err
	}
	return nil
}

// mayBeDone reports whether the service may have done the work of a call.
func mayBeDone(err error) bool {
	if failed, ok := errors.AsType[*client.Error](err); ok {
		return failed.Outcome == client.OutcomeMaybeDone
	}
	if failed, ok := errors.AsType[*client.TransportError](err); ok {
		return failed.Outcome == client.OutcomeMaybeDone
	}
	if failed, ok := errors.AsType[*client.DecodeError](err); ok {
		return failed.Outcome == client.OutcomeMaybeDone
	}
	return false
}
