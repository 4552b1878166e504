package main

import (
	"context"
	"encoding/json"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/githubway"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/oapi"
	"github.com/iblai/iblai-go/internal/benchmark/ogen"
)

// decoding compares how JSON is decoded into models. The other libraries decode
// a byte slice. Our client has no exported function for that, so its time
// includes a complete call.
func decoding(ctx context.Context) ([]measurable, error) {
	agents, agent, logs := fixture.Agents(), fixture.Agent(), fixture.Logs()
	ours := make(map[string]*clients)
	for name, answer := range map[string][]byte{"agents": agents, "agent": agent, "logs": logs} {
		c, err := newClients(answer)
		if err != nil {
			return nil, err
		}
		ours[name] = c
	}
	return []measurable{
		&measure.Comparison{
			Work:    "decode a list of 100 agents, 1.13 MB",
			Items:   fixture.AgentsOnPage,
			Ours:    measure.Contestant{Name: "client", Run: func() (any, error) { return ours["agents"].ours.PeriodicAgents.List(ctx, nil) }},
			Targets: []measure.Target{measure.Allocations(105)},
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PaginatedPeriodicAgentList](oapiTypes, agents), measure.TimesAsFast(2.3)),
				measure.Against(decodesItself[ogen.PaginatedPeriodicAgentList](ogenTypes, agents), measure.Goal(measure.TimesAsFast(1)).Because(reflection)),
				measure.Against(decodes[githubway.Page[githubway.Agent]](githubTypes, agents)),
			},
		},
		&measure.Comparison{
			Work: "decode one agent, 11 KB",
			Ours: measure.Contestant{Name: "client", Run: func() (any, error) { return ours["agent"].ours.PeriodicAgents.Get(ctx, 7) }},
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PeriodicAgent](oapiTypes, agent), measure.TimesAsFast(2.8).Because(shortFields)),
				measure.Against(decodesItself[ogen.PeriodicAgent](ogenTypes, agent)),
				measure.Against(decodes[githubway.Agent](githubTypes, agent)),
			},
		},
		&measure.Comparison{
			Work: "decode a page of 100 logs, 0.87 MB",
			Ours: measure.Contestant{Name: "client", Run: func() (any, error) { return ours["logs"].ours.PeriodicAgentLogs.List(ctx, nil) }},
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PaginatedPeriodicAgentLogList](oapiTypes, logs), measure.TimesAsFast(2.2)),
				measure.Against(decodesItself[ogen.PaginatedPeriodicAgentLogList](ogenTypes, logs)),
				measure.Against(decodes[githubway.Page[githubway.Log]](githubTypes, logs)),
			},
		},
	}, nil
}

const reflection = "ogen generates a decoder for every field, but ours uses reflection. Our time includes the call around it (see Calls), " + "and our decoder accepts unknown enum values, missing fields and unexpected nulls, which ogen rejects."

const shortFields = "the decoder reads an agent's prompts byte by byte. The faster decoder of long strings is used for logs only: " + "it would slow down the many short fields of an agent."

const (
	oapiTypes   = "oapi-codegen's types, encoding/json"
	ogenTypes   = "ogen's types, their own decoder"
	githubTypes = "go-github's style, encoding/json"
)

func decodes[T any](name string, text []byte) measure.Contestant {
	return measure.Contestant{Name: name, Run: func() (any, error) {
		out := new(T)
		return out, json.Unmarshal(text, out)
	}}
}

// decodesItself is for types with generated decoders, which encoding/json would
// slow down.
func decodesItself[T any, P interface {
	*T
	json.Unmarshaler
}](name string, text []byte) measure.Contestant {
	return measure.Contestant{Name: name, Run: func() (any, error) {
		out := P(new(T))
		return out, out.UnmarshalJSON(text)
	}}
}
