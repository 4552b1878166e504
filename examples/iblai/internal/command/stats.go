package command

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// agentStats are the statistics of an agent's finished runs.
type agentStats struct {
	Agent       int64   `json:"agent"`
	Title       string  `json:"title"` // empty if the agent was deleted
	Runs        int     `json:"runs"`
	Failed      int     `json:"failed"`
	SuccessRate float64 `json:"success_rate"`
	P50         float64 `json:"p50_seconds"`
	P95         float64 `json:"p95_seconds"`

	durations []time.Duration
}

func (a *app) newStats() *cobra.Command {
	since := period(day)
	var csvFile bool
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Summarize the finished runs of each agent",
		Long: `Summarize the finished runs of each agent in the last day, or in another period: the
number of runs and failures, and the median and 95th percentile of their durations.`,
		Example: `  iblai stats
  iblai stats --since 30d --csv > month.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if since == 0 {
				return errors.New("--since must be positive")
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			stats, err := a.readStats(cmd.Context(), c, time.Duration(since))
			if err != nil {
				return err
			}
			if csvFile {
				return a.printCSV(stats)
			}
			return a.printStats(stats)
		},
	}
	cmd.Flags().Var(&since, "since", "`duration` until now to summarize, such as 24h or 30d")
	cmd.Flags().BoolVar(&csvFile, "csv", false, "print CSV")
	return cmd
}

// readStats summarizes the logs of the given duration until now. It stores only
// the duration of each run.
func (a *app) readStats(ctx context.Context, c *client.Client, since time.Duration) ([]*agentStats, error) {
	byAgent := map[int64]*agentStats{}
	page, err := c.PeriodicAgentLogs.List(ctx, &client.PeriodicAgentLogListParams{PageSize: 1})
	if err != nil {
		return nil, err
	}
	defer a.clearProgress()
	read, shown := 0, -1
	for log, err := range a.logsSince(ctx, c, client.PeriodicAgentLogListParams{}, since) {
		if err != nil {
			return nil, err
		}
		read++
		ofPeriod := float64(a.serviceTime().Sub(log.CreatedAt.Time)) / float64(since)
		ofLogs := float64(read) / float64(max(page.Count, 1))
		if percent := min(int(max(ofPeriod, ofLogs)*100), 100); percent > shown {
			shown = percent
			a.showProgress(percent, fmt.Sprintf("runs: %d", read))
		}
		if log.EndTime == nil {
			continue
		}
		s := byAgent[log.PeriodicAgent]
		if s == nil {
			s = &agentStats{Agent: log.PeriodicAgent}
			byAgent[log.PeriodicAgent] = s
		}
		s.Runs++
		if log.Status == api.StatusError {
			s.Failed++
		}
		s.durations = append(s.durations, log.EndTime.Sub(log.StartTime.Time))
	}
	titles := map[int64]string{}
	for agent, err := range c.PeriodicAgents.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		titles[agent.ID] = agent.Title
	}
	stats := slices.SortedFunc(maps.Values(byAgent), func(x, y *agentStats) int { return cmp.Compare(x.Agent, y.Agent) })
	for _, s := range stats {
		slices.Sort(s.durations)
		s.Title = titles[s.Agent]
		s.SuccessRate = float64(s.Runs-s.Failed) / float64(s.Runs)
		s.P50, s.P95 = percentile(s.durations, 0.5), percentile(s.durations, 0.95)
	}
	return stats, nil
}

// percentile returns a percentile of sorted durations in seconds. The part is
// from 0 to 1.
func percentile(sorted []time.Duration, part float64) float64 {
	return sorted[max(0, int(math.Ceil(part*float64(len(sorted))))-1)].Seconds()
}

func (a *app) printStats(stats []*agentStats) error {
	var names []string
	for _, s := range stats {
		names = append(names, strconv.FormatInt(s.Agent, 10))
	}
	return a.print(result{value: nonNil(stats), names: names, table: func() *table {
		t := &table{heading: []string{"AGENT", "TITLE", "RUNS", "FAILED", "SUCCESS", "P50", "P95"}}
		for _, s := range stats {
			t.add(strconv.FormatInt(s.Agent, 10), firstLine(s.Title, 40), strconv.Itoa(s.Runs), strconv.Itoa(s.Failed),
				fmt.Sprintf("%.1f%%", 100*s.SuccessRate), fmt.Sprintf("%.1fs", s.P50), fmt.Sprintf("%.1fs", s.P95))
		}
		return t
	}})
}

func (a *app) printCSV(stats []*agentStats) error {
	w := csv.NewWriter(a.Stdout)
	_ = w.Write([]string{"agent", "title", "runs", "failed", "success_rate", "p50_seconds", "p95_seconds"}) // Flush reports errors
	for _, s := range stats {
		float := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
		_ = w.Write([]string{strconv.FormatInt(s.Agent, 10), csvText(s.Title), strconv.Itoa(s.Runs), strconv.Itoa(s.Failed), float(s.SuccessRate), float(s.P50), float(s.P95)})
	}
	w.Flush()
	return w.Error()
}

// csvText returns text with a leading apostrophe if a spreadsheet would run it
// as a formula.
func csvText(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
