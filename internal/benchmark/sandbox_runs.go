package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/scale"
)

// deliveries measures how fast signed callbacks are delivered over the loopback
// interface to a receiver that verifies them. The agents run every minute.
type deliveries struct{ agents, minutes int }

// Measure delivers them once.
func (d deliveries) Measure(ctx context.Context, _ measure.Settings) ([]measure.Row, error) {
	verifier, err := callback.NewVerifier(api.NewSecret(callbackSecret))
	if err != nil {
		return nil, err
	}
	var received atomic.Int64
	handler, err := callback.NewHandler(verifier, func(context.Context, *callback.Event) error {
		received.Add(1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	receiver := httptest.NewServer(handler)
	defer receiver.Close()
	runs := d.agents * d.minutes
	begin := time.Now()
	err = advance(ctx, runs, d.agents, time.Duration(d.minutes)*time.Minute, func(r *client.PeriodicAgentCreateRequest) {
		r.Task.Crontab = client.CrontabSchedule{Minute: "*"}
		r.CallbackURL, r.CallbackSecret = &receiver.URL, new(api.NewSecret(callbackSecret))
	})
	if err != nil {
		return nil, err
	}
	if int(received.Load()) != runs {
		return nil, fmt.Errorf("%d callbacks received instead of %d", received.Load(), runs)
	}
	seconds := time.Since(begin).Seconds()
	rate := float64(runs) / seconds
	row := measure.Row{
		Work:  fmt.Sprintf("deliver %d callbacks", runs),
		Who:   "sandbox, over HTTP",
		Time:  measure.TimeText(seconds),
		Ratio: fmt.Sprintf("%.0f a second", rate),
	}
	row.AddTarget("≥ 1000 a second", rate >= 1000)
	return []measure.Row{row}, nil
}

// simulation measures the CPU time of simulated days with agents that run every
// hour.
type simulation struct{ agents, days int }

// Measure simulates it once.
func (s simulation) Measure(ctx context.Context, _ measure.Settings) ([]measure.Row, error) {
	runs := s.agents * s.days * 24
	begin := measure.ProcessorTime()
	err := advance(ctx, runs, s.agents, time.Duration(s.days)*24*time.Hour, func(r *client.PeriodicAgentCreateRequest) {
		r.CallbackURL = nil
	})
	if err != nil {
		return nil, err
	}
	took := measure.ProcessorTime() - begin
	row := measure.Row{
		Work:  fmt.Sprintf("%d days of %d hourly agents", s.days, s.agents),
		Who:   "sandbox",
		Time:  measure.TimeText(took.Seconds()),
		Ratio: fmt.Sprintf("%d runs", runs),
	}
	row.AddTarget("≤ 30s", took <= 30*time.Second)
	return []measure.Row{row}, nil
}

// advance moves the clock of a sandbox with agents forward by d, and checks the
// number of runs that start.
func advance(ctx context.Context, runs, agents int, d time.Duration, set func(*client.PeriodicAgentCreateRequest)) error {
	o := scale.NewOrg(agents, 0)
	for i := range o.Agents {
		set(&o.Agents[i])
	}
	sb, err := o.Sandbox()
	if err != nil {
		return err
	}
	defer sb.Close()
	began, err := sb.Advance(ctx, d)
	if err == nil && began != runs {
		err = fmt.Errorf("%d runs began instead of %d", began, runs)
	}
	return err
}
