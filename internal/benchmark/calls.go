package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/githubway"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/oapi"
	"github.com/iblai/iblai-go/internal/benchmark/ogen"
)

// userPath begins all paths, in the style of go-github's services.
const userPath = "api/ai-mentor/orgs/%v/users/%v/"

const (
	oapiClient   = "oapi-codegen's client"
	ogenClient   = "ogen's client"
	githubClient = "go-github's style"
)

// calling compares complete calls, from the method to the model.
func calling(ctx context.Context) ([]measurable, error) {
	list, err := newClients(fixture.Agents())
	if err != nil {
		return nil, err
	}
	small, err := newClients(fixture.Statistics())
	if err != nil {
		return nil, err
	}
	return []measurable{listCall(ctx, list), smallCall(ctx, small)}, nil
}

func listCall(ctx context.Context, c *clients) *measure.Comparison {
	return &measure.Comparison{
		Work:  "call: list 100 agents",
		Items: fixture.AgentsOnPage,
		Ours:  measure.Contestant{Name: "client", Run: func() (any, error) { return c.ours.PeriodicAgents.List(ctx, nil) }},
		Others: []measure.Opponent{
			measure.Against(measure.Contestant{Name: oapiClient, Run: func() (any, error) {
				answer, err := c.oapi.AiMentorOrgsUsersPeriodicAgentsListWithResponse(ctx, org, user, nil)
				if err != nil {
					return nil, err
				}
				return answer.JSON200, nil
			}}, measure.TimesAsFast(2.8)),
			measure.Against(measure.Contestant{Name: ogenClient, Run: func() (any, error) {
				return c.ogen.AiMentorOrgsUsersPeriodicAgentsList(ctx, ogen.AiMentorOrgsUsersPeriodicAgentsListParams{Org: org, UserID: user})
			}}, measure.Goal(measure.TimesAsFast(1))),
			measure.Against(measure.Contestant{Name: githubClient, Run: func() (any, error) {
				return githubway.Get[githubway.Page[githubway.Agent]](ctx, c.github, fmt.Sprintf(userPath+"periodic-agents/", org, user))
			}}),
		},
	}
}

func smallCall(ctx context.Context, c *clients) *measure.Comparison {
	return &measure.Comparison{
		Work: "call: statistics, 0.1 KB",
		Ours: measure.Contestant{Name: "client", Run: func() (any, error) { return c.ours.PeriodicAgents.Statistics(ctx, nil) }},
		Others: []measure.Opponent{
			measure.Against(
				measure.Contestant{Name: "bare net/http, io.ReadAll", Run: func() (any, error) { return bareCall(ctx, c.http) }},
				measure.TimesItsTime(1.5).Because(service), measure.MoreAllocations(14).Because(service),
			),
			measure.Against(measure.Contestant{Name: "the same and json.Unmarshal", Run: func() (any, error) {
				text, err := bareCall(ctx, c.http)
				if err != nil {
					return nil, err
				}
				out := new(oapi.PeriodicAgentStatistics)
				return out, json.Unmarshal(*text, out)
			}}),
			measure.Against(measure.Contestant{Name: oapiClient, Run: func() (any, error) {
				answer, err := c.oapi.AiMentorOrgsUsersPeriodicAgentsStatisticsRetrieveWithResponse(ctx, org, user, nil)
				if err != nil {
					return nil, err
				}
				return answer.JSON200, nil
			}}),
			measure.Against(measure.Contestant{Name: ogenClient, Run: func() (any, error) {
				return c.ogen.AiMentorOrgsUsersPeriodicAgentsStatisticsRetrieve(ctx, ogen.AiMentorOrgsUsersPeriodicAgentsStatisticsRetrieveParams{Org: org, UserID: user})
			}}),
			measure.Against(measure.Contestant{Name: githubClient, Run: func() (any, error) {
				return githubway.Get[githubway.Statistics](ctx, c.github, fmt.Sprintf(userPath+"periodic-agents/statistics/", org, user))
			}}),
		},
	}
}

const service = "our call also validates and escapes its arguments, limits the time of each attempt, can be retried, " + "and decodes the response."

const statisticsURL = baseURL + "/api/ai-mentor/orgs/" + org + "/users/" + user + "/periodic-agents/statistics/"

// bareCall is the least code that gets a response: a constant URL, the API key,
// and a body that is not decoded.
func bareCall(ctx context.Context, c *http.Client) (*json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, statisticsURL, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Api-Token "+apiKey)
	response, err := c.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return (*json.RawMessage)(&text), err
}
