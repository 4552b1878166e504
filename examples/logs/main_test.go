package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func TestPrintRuns(t *testing.T) {
	t.Parallel()
	sb, err := sandbox.Start()
	require.NoError(t, err)
	t.Cleanup(sb.Close)
	c, err := client.New(sb.ClientOptions()...)
	require.NoError(t, err)
	agent, err := c.PeriodicAgents.Create(t.Context(), &client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(sb.Accounts()[0].Org)[0].UniqueID,
		Title:  "Digest",
		Task:   client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
	})
	require.NoError(t, err)
	for _, log := range []string{"first", "second", "Asked.\nAnswered \x1b[31mred.\n"} {
		_, err := sb.RunNow(t.Context(), agent.ID, sandbox.Outcome{Log: log})
		require.NoError(t, err)
	}

	var out bytes.Buffer
	require.NoError(t, printRuns(t.Context(), c, &client.PeriodicAgentLogListParams{Ordering: "-id"}, 2, &out))
	lines := bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n"))
	require.Len(t, lines, 3, "a heading and two rows")
	assert.Regexp(t, `^3 +1 +success .*Answered \\x1b\[31mred\.$`, string(lines[1]))
	assert.Regexp(t, `^2 +1 +success .*second$`, string(lines[2]))

	err = printRuns(t.Context(), c, &client.PeriodicAgentLogListParams{PeriodicAgent: 99}, 2, &out)
	require.ErrorIs(t, err, client.ErrValidation)
}
