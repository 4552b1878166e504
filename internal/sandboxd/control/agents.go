package control

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/crontab"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

const (
	maxNextRuns  = 100
	maxSchedules = 200
)

type logBody struct {
	Log *client.PeriodicAgentLog `json:"log"`
}

// fire runs an agent immediately. If the body has an outcome, the run has it.
// Otherwise the run is like a scheduled one.
func (c *call) fire() (any, error) {
	var outcome *sandbox.Outcome
	if err := c.body(func(v *document.Value) {
		read := seed.ReadOutcome(v)
		if v.Len() > 0 {
			outcome = &read
		}
	}); err != nil {
		return nil, err
	}
	if _, err := c.sandbox.AgentState(c.id); err != nil {
		return nil, err
	}
	return c.runJob("fire", c.id, nil, func(ctx context.Context) (any, error) {
		if outcome == nil {
			log, err := c.sandbox.RunAsScheduled(ctx, c.id)
			if err != nil {
				return nil, err
			}
			return logBody{log}, nil
		}
		run, err := c.sandbox.RunNow(ctx, c.id, *outcome)
		if err != nil {
			return nil, err
		}
		return logBody{run.Log}, nil
	})
}

// scheduleBody describes a schedule.
type scheduleBody struct {
	Description string        `json:"description"` // empty if the schedule can't be parsed
	NextRuns    []time.Time   `json:"next_runs"`
	Verdict     string        `json:"verdict"`
	Findings    []findingBody `json:"findings"`
}

type findingBody struct {
	Field      string `json:"field"`
	Value      string `json:"value"`
	Verdict    string `json:"verdict"`
	Reason     string `json:"reason"`
	Suggestion string `json:"suggestion"`
}

// agentScheduleBody describes the schedule and the state of an agent.
type agentScheduleBody struct {
	scheduleBody

	NextRun     *time.Time `json:"next_run"`
	Waiting     bool       `json:"waiting"`
	Explanation string     `json:"explanation"`
}

func (c *call) schedule() (any, error) {
	n := c.query.integer("n", 5, 0, maxNextRuns)
	if c.query.err != nil {
		return nil, c.query.err
	}
	agent, err := c.sandbox.PeriodicAgent(c.id)
	if err != nil {
		return nil, err
	}
	state, err := c.sandbox.AgentState(c.id)
	if err != nil {
		return nil, err
	}
	task := agent.Task
	body := agentScheduleBody{scheduleBody: newScheduleBody(task.Crontab.Fields()), NextRun: timeOrNil(state.NextRun), Waiting: state.Waiting, Explanation: state.Explanation}
	runs, _ := task.NextRuns(c.sandbox.Now(), int(n), nil) // an invalid schedule has no runs
	body.NextRuns = append(body.NextRuns, runs...)
	return body, nil
}

// newScheduleBody describes a schedule, without its next runs.
func newScheduleBody(f crontab.Fields) scheduleBody {
	report := crontab.Check(f)
	body := scheduleBody{NextRuns: []time.Time{}, Verdict: report.Verdict.String(), Findings: []findingBody{}}
	for _, finding := range report.Findings {
		body.Findings = append(body.Findings, findingBody{
			string(finding.Field), finding.Value, finding.Verdict.String(), finding.Reason, finding.Suggestion,
		})
	}
	if schedule, err := f.Parse(); err == nil {
		body.Description = schedule.Describe()
	}
	return body
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// crontab describes a schedule that is given in the query.
func (c *call) crontab() (any, error) {
	n := c.query.integer("n", 5, 0, maxNextRuns)
	if c.query.err != nil {
		return nil, c.query.err
	}
	field := func(name crontab.Field) string {
		switch value := c.query.values.Get(string(name)); {
		case !c.query.values.Has(string(name)):
			return "*"
		case value == "":
			return " " // the API rejects a blank field
		default:
			return value
		}
	}
	f := crontab.Fields{
		Minute:      field(crontab.Minute),
		Hour:        field(crontab.Hour),
		DayOfWeek:   field(crontab.DayOfWeek),
		DayOfMonth:  field(crontab.DayOfMonth),
		MonthOfYear: field(crontab.MonthOfYear),
	}
	body := newScheduleBody(f)
	if schedule, err := f.Parse(); err == nil {
		body.NextRuns = append(body.NextRuns, schedule.NextN(c.sandbox.Now(), int(n))...)
	}
	return body, nil
}

// scheduleSummaryBody describes the schedule of an agent in a list.
type scheduleSummaryBody struct {
	Title       string     `json:"title"`
	Status      string     `json:"status"`
	Description string     `json:"description"`
	NextRun     *time.Time `json:"next_run"`
	Waiting     bool       `json:"waiting"`
	Verdict     string     `json:"verdict"`
}

// schedules returns the schedules of several agents. Unknown agents are omitted.
func (c *call) schedules() (any, error) {
	ids := strings.Split(c.query.values.Get("ids"), ",")
	if len(ids) > maxSchedules {
		return nil, errorf(http.StatusBadRequest, "the parameter ids has %d ids, but at most %d are allowed", len(ids), maxSchedules)
	}
	body := struct {
		Schedules map[string]scheduleSummaryBody `json:"schedules"`
	}{map[string]scheduleSummaryBody{}}
	for _, text := range ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errorf(http.StatusBadRequest, "the parameter ids must be ids separated by commas, as in 1,2,3, not %s", document.Quote(c.query.values.Get("ids")))
		}
		agent, err := c.sandbox.PeriodicAgent(id)
		if err != nil {
			continue
		}
		state, err := c.sandbox.AgentState(id)
		if err != nil { // the agent was deleted in the meantime
			continue
		}
		explained := newScheduleBody(agent.Task.Crontab.Fields())
		body.Schedules[strconv.FormatInt(id, 10)] = scheduleSummaryBody{
			agent.Title, string(state.Status), explained.Description, timeOrNil(state.NextRun), state.Waiting, explained.Verdict,
		}
	}
	return body, nil
}
