// Package metrics exposes a [runs.Receiver] as Prometheus metrics.
package metrics

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// Metrics counts the outcomes of a receiver. Pass Metrics.Observe to
// [runs.WithObserver].
type Metrics struct {
	callbacks *prometheus.CounterVec
	handled   *prometheus.CounterVec
	polls     *prometheus.CounterVec
	requests  prometheus.Counter
	problems  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	alarms    *prometheus.CounterVec
}

// New returns metrics that are registered with registerer.
func New(registerer prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "iblai", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		callbacks: counter("callbacks_total", "Callbacks by the class of the response, such as 2xx.", "code"),
		handled:   counter("runs_total", "Runs found in the logs, by status and result: handled, duplicate, failed or dead.", "status", "result"),
		polls:     counter("polls_total", "Polls of the logs by result: succeeded or failed.", "result"),
		requests:  prometheus.NewCounter(prometheus.CounterOpts{Namespace: "iblai", Name: "poll_requests_total", Help: "Requests of all polls."}),
		problems:  counter("problems_total", "Problems by kind: log or save.", "kind"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "iblai", Name: "duration_seconds", Help: "Duration of steps by kind: callback, run or poll.", Buckets: prometheus.ExponentialBuckets(0.001, 4, 10),
		}, []string{"kind"}),
		alarms: counter("alarms_total", "Alarms of the watchdog by kind, when raised and when resolved.", "kind", "state"),
	}
	for _, collector := range []prometheus.Collector{m.callbacks, m.handled, m.polls, m.requests, m.problems, m.duration, m.alarms} {
		if err := registerer.Register(collector); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Observe counts an outcome. No label comes from a request or a log, so that
// the number of time series is bounded.
func (m *Metrics) Observe(_ context.Context, outcome runs.Outcome) {
	switch outcome.Kind {
	case runs.KindCallback:
		m.callbacks.WithLabelValues(class(outcome.StatusCode)).Inc()
		m.duration.WithLabelValues("callback").Observe(outcome.Duration.Seconds())
	case runs.KindRun:
		m.handled.WithLabelValues(known(string(outcome.Status)), result(outcome.Err)).Inc()
		m.duration.WithLabelValues("run").Observe(outcome.Duration.Seconds())
	case runs.KindPoll:
		m.polls.WithLabelValues(map[bool]string{true: "succeeded", false: "failed"}[outcome.Err == nil]).Inc()
		m.requests.Add(float64(outcome.Requests))
		m.duration.WithLabelValues("poll").Observe(outcome.Duration.Seconds())
	case runs.KindLog, runs.KindSave:
		m.problems.WithLabelValues(string(outcome.Kind)).Inc()
	}
}

// CountAlarms counts alarms. Call it in the function of a [runs.Watchdog].
func (m *Metrics) CountAlarms(alarms []runs.Alarm) {
	for _, alarm := range alarms {
		state := "raised"
		if alarm.IsResolved() {
			state = "resolved"
		}
		m.alarms.WithLabelValues(string(alarm.Kind), state).Inc()
	}
}

func class(code int) string {
	switch {
	case code < 300:
		return "2xx"
	case code < 500:
		return "4xx"
	default:
		return "5xx"
	}
}

func known(status string) string {
	if status == "success" || status == "error" {
		return status
	}
	return "other"
}

func result(err error) string {
	_, isDead := errors.AsType[*runs.DeadLetterError](err)
	switch {
	case err == nil:
		return "handled"
	case isDead:
		return "dead"
	case errors.Is(err, callback.ErrDuplicate), errors.Is(err, callback.ErrInProgress):
		return "duplicate"
	default:
		return "failed"
	}
}

// RegisterStatus registers gauges of the status of a receiver and, unless
// watchdog is nil, of the open alarms. They are read when they are collected.
func RegisterStatus(registerer prometheus.Registerer, receiver *runs.Receiver, watchdog *runs.Watchdog) error {
	gauges := map[string]struct {
		help  string
		value func(runs.Status) float64
	}{
		"ready":                       {"1 if the latest poll and the latest save succeeded.", func(s runs.Status) float64 { return map[bool]float64{true: 1}[s.Ready] }},
		"last_poll_timestamp_seconds": {"Time of the latest successful poll, in seconds since 1970; 0 before the first.", lastPoll},
		"lag_seconds":                 {"Age of the oldest finished run that is not handled.", func(s runs.Status) float64 { return s.Lag.Seconds() }},
		"runs_in_progress":            {"Runs that are being handled.", func(s runs.Status) float64 { return float64(s.InProgress) }},
		"runs_running":                {"Runs that have not finished.", func(s runs.Status) float64 { return float64(s.Running) }},
		"runs_stuck":                  {"Running runs that were reported as stuck.", func(s runs.Status) float64 { return float64(s.Stuck) }},
		"runs_failing":                {"Runs that will be retried.", func(s runs.Status) float64 { return float64(s.Failing) }},
		"runs_dead_letters":           {"Runs that were given up since the start.", func(s runs.Status) float64 { return float64(s.DeadLetters) }},
	}
	for name, gauge := range gauges {
		err := registerer.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "iblai", Name: name, Help: gauge.help},
			func() float64 { return gauge.value(receiver.Status()) }))
		if err != nil {
			return err
		}
	}
	if watchdog == nil {
		return nil
	}
	return registerer.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "iblai", Name: "open_alarms", Help: "Open alarms of the watchdog."},
		func() float64 { return float64(len(watchdog.OpenAlarms())) }))
}

func lastPoll(s runs.Status) float64 {
	if s.LastPoll.IsZero() {
		return 0
	}
	return float64(s.LastPoll.UnixMilli()) / 1000
}

// Ready is a readiness probe: it responds with 204 if the receiver is ready, and
// with 503 otherwise.
func Ready(receiver *runs.Receiver) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if receiver.Status().Ready {
			w.WriteHeader(http.StatusNoContent)
		} else {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})
}
