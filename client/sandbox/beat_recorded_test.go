package sandbox_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/sandbox"
)

// A recordedStory is a random story that testdata/beat.py has told the real
// scheduler, and when that ran the task.
type recordedStory struct {
	Begin, Until time.Time
	Events       []recordedEvent // the first creates the task
	Runs         []time.Time
}

// A recordedEvent changes a task, or stops or starts the scheduler.
type recordedEvent struct {
	At        time.Time
	Crontab   *string
	Enabled   *bool
	StartTime json.RawMessage `json:"start_time"`
	Scheduler string
}

// task returns the fields of the task that change.
func (e *recordedEvent) task() string {
	fields := map[string]any{}
	if e.Crontab != nil {
		values := strings.Fields(*e.Crontab)
		fields["crontab"] = map[string]string{
			"minute": values[0], "hour": values[1], "day_of_month": values[2], "month_of_year": values[3], "day_of_week": values[4],
		}
	}
	if e.Enabled != nil {
		fields["enabled"] = *e.Enabled
	}
	if e.StartTime != nil {
		fields["start_time"] = e.StartTime
	}
	text, _ := json.Marshal(fields)
	return string(text)
}

func TestSchedulerMatchesRecordedBeat(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/beat24.jsonl")
	require.NoError(t, err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	stories := 0
	for ; lines.Scan(); stories++ {
		var story recordedStory
		require.NoError(t, json.Unmarshal(lines.Bytes(), &story))
		assert.Equal(t, story.Runs, story.play(t), lines.Text())
	}
	require.NoError(t, lines.Err())
	require.NotZero(t, stories)
}

// play returns the times of the sandbox's runs.
func (s *recordedStory) play(t *testing.T) []time.Time {
	t.Helper()
	server := newServer(t, withTestAccount(), sandbox.WithFrozenClock(s.Begin), sandbox.WithBeat(sandbox.Beat24))
	advanceTo := func(at time.Time) {
		_, err := server.AdvanceTo(t.Context(), at)
		require.NoError(t, err)
	}
	for i, event := range s.Events {
		advanceTo(event.At)
		switch {
		case i == 0:
			body := `{"mentor":"` + coach + `","title":"Story","task":` + event.task() + `}`
			require.Equal(t, http.StatusCreated, send(t, server, http.MethodPost, "periodic-agents/", body).status)
		case event.Scheduler == stopScheduler:
			server.StopScheduler()
		case event.Scheduler == startScheduler:
			server.StartScheduler()
		default:
			require.Equal(t, http.StatusOK, send(t, server, http.MethodPatch, "periodic-agents/1/", `{"task":`+event.task()+`}`).status)
		}
	}
	advanceTo(s.Until)
	runs := []time.Time{}
	for log := range server.Logs("acme", time.Time{}, server.Now().Add(1)) {
		runs = append(runs, log.StartTime.Time)
	}
	server.Close()
	return runs
}
