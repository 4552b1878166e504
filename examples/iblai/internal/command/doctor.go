package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/examples/iblai/internal/doctor"
)

func (a *app) newDoctor() *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why a key, an org or a base URL does not work",
		Long: `Examine a deployment: the connection, the key, the org, the user and its role, the
release, and every operation. Each finding says what it means and what to do.

It only reads, unless --write is set, and prints no secrets. The exit code is 1 if a
check failed. Warnings are not failures.`,
		Example: `  iblai doctor
  iblai doctor --base-url https://base.manager.acme.edu -o json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.settings()
			if err != nil {
				return err
			}
			report, err := doctor.Examine(cmd.Context(), doctor.Settings{
				APIKey: s.key.value, Org: s.org.value, Username: s.username.value, BaseURL: s.baseURL.value,
				HTTPClient: a.HTTPClient, Timeout: s.timeout, Now: a.Now, Write: write,
			})
			if err != nil {
				return s.nameSource(err)
			}
			if err := a.printReport(report); err != nil {
				return fmt.Errorf("the report could not be written: %w", err)
			}
			if report.Verdict == doctor.Failed {
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&write, "write", false, "also create, change and delete a disabled agent")
	return cmd
}

func (a *app) printReport(report *doctor.Report) error {
	if a.format == formatTable {
		return report.WriteText(a.Stdout)
	}
	var names []string
	for _, finding := range report.Findings {
		names = append(names, finding.Check)
	}
	return a.print(result{value: report, names: names})
}
