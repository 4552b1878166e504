package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/bytedance/sonic"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/internal/benchmark/easyjson"
	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/githubway"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/oapi"
	"github.com/iblai/iblai-go/internal/benchmark/ogen"
)

// decoding compares how JSON is decoded into models. The other libraries decode
// a byte slice. The time of our client includes a complete call.
func decoding(ctx context.Context) ([]measurable, error) {
	agents, agent, logs := fixture.Agents(), fixture.Agent(), fixture.Logs()
	odd := bytes.Replace(agents, []byte(`"show_voice_call":false`), []byte(`"show_voice_call":"0"  `), 1) // as long
	ours := make(map[string]*clients)
	for name, response := range map[string][]byte{"agents": agents, "odd": odd, "agent": agent, "logs": logs} {
		c, err := newClients(response)
		if err != nil {
			return nil, err
		}
		ours[name] = c
	}
	list := func(name string) func() (any, error) {
		return func() (any, error) { return ours[name].ours.PeriodicAgents.List(ctx, nil) }
	}
	return []measurable{
		&measure.Comparison{
			Work:    "decode a list of 100 agents, 1.13 MB",
			Items:   fixture.AgentsOnPage,
			Ours:    measure.Contestant{Name: "client", Run: list("agents")},
			Targets: []measure.Target{measure.Allocations(45)},
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PaginatedPeriodicAgentList](oapiTypes, agents), measure.TimesAsFast(3.6)),
				measure.Against(decodesItself[ogen.PaginatedPeriodicAgentList](ogenTypes, agents), measure.TimesAsFast(1.4)),
				measure.Against(decodes[githubway.Page[githubway.Agent]](githubTypes, agents)),
				measure.Against(decodesWithSonic[oapi.PaginatedPeriodicAgentList](agents)),
				measure.Against(decodesItself[easyjson.PaginatedPeriodicAgentList](easyjsonTypes, agents)),
			},
		},
		&measure.Comparison{
			Work:  "decode the same with one value of another type",
			Items: fixture.AgentsOnPage,
			Ours:  measure.Contestant{Name: "client", Run: list("odd")},
			Others: []measure.Opponent{
				measure.Against(measure.Contestant{Name: "client, without that value", Run: list("agents")}, measure.TimesItsTime(1.1)),
			},
		},
		&measure.Comparison{
			Work: "decode one agent, 11 KB",
			Ours: measure.Contestant{Name: "client", Run: func() (any, error) { return ours["agent"].ours.PeriodicAgents.Get(ctx, 7) }},
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PeriodicAgent](oapiTypes, agent), measure.TimesAsFast(4)),
				measure.Against(decodesItself[ogen.PeriodicAgent](ogenTypes, agent), measure.TimesAsFast(1.4).Because("ours includes a call, as said above. Without it, UnmarshalJSON meets the target.")),
				measure.Against(decodesItself[client.PeriodicAgent]("the client's types, UnmarshalJSON", agent)),
				measure.Against(decodes[githubway.Agent](githubTypes, agent)),
				measure.Against(decodesWithSonic[oapi.PeriodicAgent](agent)),
				measure.Against(decodesItself[easyjson.PeriodicAgent](easyjsonTypes, agent)),
			},
		},
		&measure.Comparison{
			Work:    "decode a page of 100 logs, 0.87 MB",
			Items:   fixture.LogsOnPage,
			Ours:    measure.Contestant{Name: "client", Run: func() (any, error) { return ours["logs"].ours.PeriodicAgentLogs.List(ctx, nil) }},
			Targets: []measure.Target{measure.Allocations(3.5)}, // three, and those of the call
			Others: []measure.Opponent{
				measure.Against(decodes[oapi.PaginatedPeriodicAgentLogList](oapiTypes, logs), measure.TimesAsFast(2.2)),
				measure.Against(decodesItself[ogen.PaginatedPeriodicAgentLogList](ogenTypes, logs), measure.TimesAsFast(2)),
				measure.Against(decodes[githubway.Page[githubway.Log]](githubTypes, logs)),
				measure.Against(decodesWithSonic[oapi.PaginatedPeriodicAgentLogList](logs)),
				measure.Against(decodesItself[easyjson.PaginatedPeriodicAgentLogList](easyjsonTypes, logs)),
			},
		},
	}, nil
}

const (
	oapiTypes   = "oapi-codegen's types, encoding/json"
	ogenTypes   = "ogen's types, their own decoder"
	githubTypes = "go-github's style, encoding/json"
	sonicTypes  = "oapi-codegen's types, sonic"

	easyjsonTypes = "oapi-codegen's types, easyjson"
)

func decodes[T any](name string, text []byte) measure.Contestant {
	return measure.Contestant{Name: name, Run: func() (any, error) {
		out := new(T)
		return out, json.Unmarshal(text, out)
	}}
}

// decodesWithSonic has the configuration that agrees most with encoding/json.
func decodesWithSonic[T any](text []byte) measure.Contestant {
	return measure.Contestant{Name: sonicTypes, Run: func() (any, error) {
		out := new(T)
		return out, sonic.ConfigStd.Unmarshal(text, out)
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
