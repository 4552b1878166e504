package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/iblai/iblai-go/client"
)

const (
	checkAccount = "org and user"
	checkRole    = "role"
)

// checkAccount checks the org, the user and the user's role. It distinguishes a
// wrong org or user from a missing role: all members may list mentors, but only
// administrators may list periodic agents.
func (e *examination) checkAccount(ctx context.Context) {
	if e.skipAll(ctx, checkAccount, checkRole) {
		return
	}
	agents := e.page(ctx, agentsPath, 1)
	mentors := e.page(ctx, mentorsPath, 1)
	for path, p := range map[string]page{agentsPath: agents, mentorsPath: mentors} {
		e.known.missing[path] = errors.Is(p.err, client.ErrNotFromService)
	}
	switch {
	case agents.err == nil:
		e.passAccount()
		e.add(OK, checkRole, 0, Diagnosis{Found: "can read periodic agents, so the user is an administrator"})
	case e.known.missing[agentsPath] && mentors.err == nil:
		e.passAccount()
		e.skip(checkRole, "needs periodic agents, which this service does not have")
	case mentors.err == nil:
		e.passAccount()
		e.reportRole(agents)
	case isRefusal(agents.err):
		e.reportAccount(agents, e.findUser(ctx))
	case isRefusal(mentors.err):
		e.reportAccount(mentors, e.findUser(ctx))
	default:
		e.stopped = "the org and the user could not be checked"
		e.fail(checkAccount, 0, agents.err, &agents.response)
		e.skip(checkRole, notRun+e.stopped)
	}
}

func (e *examination) passAccount() {
	e.known.account = true
	e.add(OK, checkAccount, 0, Diagnosis{Found: "the key belongs to them"})
}

// isRefusal reports whether the service itself responded 403 or 404.
func isRefusal(err error) bool {
	failure, is := errors.AsType[*client.Error](err)
	return is && failure.FromService && (errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrNotFound))
}

// reportRole explains why a member of the org can't list periodic agents.
func (e *examination) reportRole(agents page) {
	if !isRefusal(agents.err) {
		e.fail(checkRole, agents.took, agents.err, &agents.response)
		return
	}
	e.failRole(agents, "The user can list mentors but not periodic agents. To list periodic agents, the user must be an administrator.")
}

// failRole stops the examination, since the other checks require an
// administrator.
func (e *examination) failRole(refused page, meaning string) {
	found := e.explain(refused.err, &refused.response)
	found.Meaning = meaning
	found.Advice = fmt.Sprintf("Make %s an administrator of the org %s, or use the key and the username of an administrator.", e.Username, e.Org)
	e.add(Failed, checkRole, refused.took, found)
	e.stopped = "the user is not an administrator"
}

// reportAccount explains why the user can't list anything.
func (e *examination) reportAccount(refused page, user membership) {
	switch found := e.explain(refused.err, &refused.response); {
	case user == member:
		e.passAccount()
		e.failRole(refused, "The platform's list of users says that the user is not an administrator.")
		return
	case user == administrator:
		found.Meaning = "The user is an administrator of the org, so the key must belong to another user or org."
		found.Advice = "Use a key of this user, or set " + client.EnvOrg + " and " + client.EnvUsername + " to the org and the user of the key."
		e.add(Failed, checkAccount, refused.took, found)
	case user == nonMember:
		found.Meaning = fmt.Sprintf("The platform's list of users has no %s in the org %s.", e.Username, e.Org)
		found.Advice = "Correct " + client.EnvUsername + ". It is the username, not the email address or the full name."
		e.add(Failed, checkAccount, refused.took, found)
	case errors.Is(refused.err, client.ErrNotFound):
		found.Meaning = "The key is accepted, but the service finds no such org, or no such user in it."
		found.Advice = "Check the spelling of " + client.EnvOrg + " and " + client.EnvUsername + "."
		e.add(Failed, checkAccount, refused.took, found)
	default:
		found.Meaning = "The key is accepted. Either the user is not an administrator of the org, or the key belongs to another org or user. The response does not say which."
		found.Advice = "Make " + e.Username + " an administrator of the org. If the user already is one, check that the key belongs to " + client.EnvOrg + " and " + client.EnvUsername + "."
		e.add(Failed, checkAccount, refused.took, found)
	}
	e.stopped = "the service refuses the org and the user"
	e.skip(checkRole, notRun+e.stopped)
}

// membership is the user's role according to the platform's list of users.
type membership int

const (
	unknown membership = iota // the list is not accessible
	nonMember
	member
	administrator
)

// findUser looks up the user in the org's list of users. Some releases don't
// allow that with a platform key.
func (e *examination) findUser(ctx context.Context) membership {
	var users struct {
		Count   int `json:"count"`
		Results []struct {
			Username string `json:"username"`
			IsAdmin  *bool  `json:"is_admin"`
		} `json:"results"`
	}
	err := e.client.Do(ctx, client.Request{
		Method:       http.MethodGet,
		PathTemplate: "/api/core/platform/users/",
		Query:        url.Values{"platform_key": {e.Org}, "platform_org": {e.Org}, "query": {e.Username}, "page_size": {"100"}},
	}, &users)
	if err != nil {
		return unknown
	}
	for _, user := range users.Results {
		switch {
		case user.Username != e.Username:
		case user.IsAdmin == nil:
			return unknown
		case *user.IsAdmin:
			return administrator
		default:
			return member
		}
	}
	if users.Results == nil || users.Count > len(users.Results) {
		return unknown // the list may have more pages
	}
	return nonMember
}
