package client_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
)

// The snippets of the package's documentation are in this file, where they are
// compiled and vetted.
func TestSnippetsAreCompiled(t *testing.T) {
	t.Parallel()
	for _, snippet := range []any{createAgent, printLogs, clearPreviousAgent, collectAgents, nullPreviousAgent} {
		require.NotNil(t, snippet)
	}
	source, err := os.ReadFile("example_snippets_test.go")
	require.NoError(t, err)
	compiled := unindented(string(source))
	found := 0
	for _, file := range parsePackage(t) {
		if ast.IsGenerated(file) {
			continue
		}
		for _, group := range file.Comments {
			for _, block := range new(comment.Parser).Parse(group.Text()).Content {
				if code, ok := block.(*comment.Code); ok {
					found++
					assert.Contains(t, compiled, unindented(code.Text), "a snippet that is not compiled")
				}
			}
		}
	}
	assert.GreaterOrEqual(t, found, 5)
}

func unindented(code string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(strings.TrimSpace(code), "")
}

func createAgent(ctx context.Context) error {
	c, err := client.FromEnv() // IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME
	if err != nil {
		return err
	}
	agent, err := c.PeriodicAgents.Create(ctx, &client.PeriodicAgentCreateRequest{
		Mentor: "497f6eca-6276-4993-bfeb-53cbbbba6f08",
		Title:  "Morning digest",
		Prompt: new("Summarize what is due this week."),
		Task: client.PeriodicTaskRequest{
			Crontab: client.CrontabSchedule{Minute: "0", Hour: "8", DayOfWeek: "mon-fri"},
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(agent.ID)
	return nil
}

func printLogs(ctx context.Context, c *client.Client) error {
	for log, err := range c.PeriodicAgentLogs.All(ctx, nil, client.WithPrefetch(4)) {
		if err != nil {
			return err
		}
		fmt.Println(log.ID, log.Status)
	}
	return nil
}

func clearPreviousAgent(ctx context.Context, c *client.Client, agent *client.PeriodicAgent) error {
	_, err := c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{
		Description:   new(""),
		PreviousAgent: client.Null[int64](),
		Task:          &client.PeriodicTaskUpdateRequest{Enabled: new(false)},
	})
	return err
}

func collectAgents(ctx context.Context, c *client.Client) ([]*client.PeriodicAgent, error) {
	agents, err := client.Collect(c.PeriodicAgents.All(ctx, nil), 100)
	return agents, err
}

func nullPreviousAgent() client.PeriodicAgentUpdateRequest {
	update := client.PeriodicAgentUpdateRequest{PreviousAgent: client.Null[int64]()}
	return update
}
