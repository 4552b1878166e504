package command

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

const noFiles = cobra.ShellCompDirectiveNoFileComp

// completeFlag sets the function that completes the value of a flag.
func completeFlag(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	_ = cmd.RegisterFlagCompletionFunc(flag, complete) // the flag exists
}

// completeStatus completes the value of a flag with statuses.
func completeStatus(cmd *cobra.Command, flag string, statuses ...api.Status) {
	var texts []cobra.Completion
	for _, status := range statuses {
		texts = append(texts, string(status))
	}
	completeFlag(cmd, flag, cobra.FixedCompletions(texts, noFiles))
}

// completeAgents completes the ids of agents.
func (a *app) completeAgents(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c, err := a.client()
	if err != nil {
		return nil, noFiles
	}
	page, err := c.PeriodicAgents.List(cmd.Context(), nil)
	if err != nil {
		return nil, noFiles
	}
	var completions []cobra.Completion
	for _, agent := range page.Results {
		completions = append(completions, cobra.CompletionWithDesc(strconv.FormatInt(agent.ID, 10), firstLine(sanitize(agent.Title), 60)))
	}
	return completions, noFiles
}

// completeMentors completes the unique ids of mentors.
func (a *app) completeMentors(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c, err := a.client()
	if err != nil {
		return nil, noFiles
	}
	page, err := c.Mentors.List(cmd.Context(), &client.MentorListParams{})
	if err != nil {
		return nil, noFiles
	}
	var completions []cobra.Completion
	for _, mentor := range page.Results {
		completions = append(completions, cobra.CompletionWithDesc(sanitize(mentor.UniqueID), firstLine(sanitize(mentor.Name), 60)))
	}
	return completions, noFiles
}

// completeProfiles completes the names of profiles.
func (a *app) completeProfiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	profiles, _, err := readProfiles(filepath.Join(a.ConfigDir, "iblai", "config.yaml"))
	if err != nil {
		return nil, noFiles
	}
	return slices.Sorted(maps.Keys(profiles)), noFiles
}
