package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"

	"github.com/iblai/iblai-go/client"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/scale"
)

// sandboxing measures the sandbox: how fast it lists at the size of a large
// test, and how much memory it needs at ten times that size.
func sandboxing(ctx context.Context) ([]measurable, error) {
	return append(sandboxOf(ctx, 10_000, 100_000), seeding{100_000, 1_000_000}, deliveries{agents: 1000, minutes: 20}, simulation{agents: 1000, days: 30}), nil
}

// sandboxOf measures how fast a sandbox lists the given numbers of agents and
// logs.
func sandboxOf(ctx context.Context, agents, logs int) []measurable {
	var all []measurable
	seeded := sync.OnceValues(func() (*seededOrg, error) { return newSeededOrg(agents, logs) })
	for _, q := range queries(agents, logs) {
		comparison := &measure.Comparison{
			Work:    q.work,
			Rounds:  7,
			Targets: []measure.Target{measure.Within(q.limit)},
			Ours: measure.Contestant{Name: "sandbox", Run: func() (any, error) {
				o, err := seeded()
				if err != nil {
					return nil, err
				}
				return q.ask(ctx, o.client)
			}},
		}
		if q.byHand != nil {
			comparison.Others = []measure.Opponent{measure.Against(measure.Contestant{Name: q.how, Run: func() (any, error) {
				o, err := seeded()
				if err != nil {
					return nil, err
				}
				return q.byHand(o.org), nil
			}})}
		}
		all = append(all, comparison)
	}
	return all
}

// A seededOrg is an org in a sandbox, with the data that it was seeded with.
type seededOrg struct {
	org    *scale.Org
	client *client.Client
}

func newSeededOrg(agents, logs int) (*seededOrg, error) {
	o := scale.NewOrg(agents, logs)
	sb, err := o.Sandbox()
	if err != nil {
		return nil, err
	}
	c, err := client.New(client.WithHTTPClient(&http.Client{Transport: handlerTransport{sb}}),
		client.WithAPIKey(scale.APIKey), client.WithOrg(scale.Key), client.WithUsername(scale.Username))
	return &seededOrg{o, c}, err
}

// A handlerTransport sends requests to a handler, without a network.
type handlerTransport struct{ http.Handler }

// RoundTrip returns the handler's response.
func (t handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody // as a server guarantees
	}
	recorder := httptest.NewRecorder()
	t.ServeHTTP(recorder, r)
	response := recorder.Result()
	response.Request = r
	return response, nil
}

// seeding measures the CPU time to create a sandbox, and the peak of memory
// with a sorted list and a search, in a separate program.
type seeding struct{ agents, logs int }

// Measure seeds once.
func (s seeding) Measure(ctx context.Context, _ measure.Settings) ([]measure.Row, error) {
	var seeded struct {
		Seconds float64
		PeakKB  int // 0 if the system does not report it
	}
	if err := runProgram(ctx, &seeded, "./seed", strconv.Itoa(s.agents), strconv.Itoa(s.logs)); err != nil {
		return nil, err
	}
	row := measure.Row{
		Work: fmt.Sprintf("seed %d agents and %d logs, 200 bytes each", s.agents, s.logs),
		Who:  "sandbox",
		Time: measure.TimeText(seeded.Seconds),
	}
	row.AddTarget("≤ 10s", seeded.Seconds <= 10)
	if seeded.PeakKB > 0 {
		row.Ratio = fmt.Sprintf("%d MB resident at most", seeded.PeakKB>>10)
		row.AddTarget("≤ 2048 MB", seeded.PeakKB <= 2048<<10)
	}
	return []measure.Row{row}, nil
}
