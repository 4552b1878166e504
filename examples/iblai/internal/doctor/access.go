package main

import (
	"context"
	"errors"

	"github.com/iblai/iblai-go/client"
)

const (
	checkAccount = "org and user"
	checkRole    = "role"
)

// checkAccess tells a wrong org or user from a role that is too low: every
// member may see mentors, and only administrators see periodic agents.
func (d *doctor) checkAccess(ctx context.Context) {
	if d.skipAll(ctx, checkAccount, checkRole) {
		return
	}
	var agents, mentors client.Response
	_, agentsErr := d.client.PeriodicAgents.List(ctx, &client.PeriodicAgentListParams{PageSize: 1}, client.WithResponse(&agents))
	_, mentorsErr := d.client.Mentors.List(ctx, &client.MentorListParams{PageSize: 1}, client.WithResponse(&mentors))
	switch {
	case agentsErr == nil:
		d.add(ok, checkAccount, 0, diagnosis{Found: "the key is for them"})
		d.add(ok, checkRole, 0, diagnosis{Found: "may read periodic agents, as administrators may"})
	case mentorsErr == nil:
		d.add(ok, checkAccount, 0, diagnosis{Found: "the key is for them"})
		d.foundRole(agentsErr, &agents)
	default:
		d.foundAccount(mentorsErr, &mentors)
		d.skip(checkRole, notTried+d.stopped)
	}
}

// foundRole tells why a member of the org does not get its periodic agents.
func (d *doctor) foundRole(err error, response *client.Response) {
	found := explain(err, response)
	if errors.Is(err, client.ErrForbidden) {
		found.Meaning = "The user can see mentors but not periodic agents: the role is too low."
		found.Advice = "Make the user an administrator of the org, or use a key of one."
	}
	d.add(failed, checkRole, 0, found)
}

// foundAccount tells why nothing of the org is to be had.
func (d *doctor) foundAccount(err error, response *client.Response) {
	found := explain(err, response)
	switch {
	case errors.Is(err, client.ErrForbidden):
		found.Meaning = "The key is accepted, but not for this org and user: a key is bound to one of each. Or the user has no role in the org."
		found.Advice = "Check that " + client.EnvOrg + " and " + client.EnvUsername + " are those that the key was made for."
	case errors.Is(err, client.ErrNotFound) && isFromService(response.Body):
		found.Meaning = "The key is accepted, but there is no such org, or no such user in it."
	}
	d.add(failed, checkAccount, 0, found)
	d.stopped = "the org or the user is wrong"
}
