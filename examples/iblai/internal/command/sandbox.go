package command

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/internal/sandboxd"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

func (a *app) newSandbox() *cobra.Command {
	var config sandboxd.Config
	var seedFile string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve a sandbox of the platform on this machine",
		Long: `Serve a sandbox of the platform on this machine, until interrupted. It has the API, a
console for the browser, and a control API. It needs no account and no network.`,
		Example: `  iblai sandbox &
  eval "$(iblai sandbox env)"
  iblai agents list`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if seedFile != "" {
				if config.Seed, err = seed.ReadFile(seedFile); err != nil {
					return err
				}
			}
			config.Output = a.Stdout
			config.Logger = slog.New(slog.NewTextHandler(a.Stderr, nil))
			return sandboxd.Serve(cmd.Context(), config)
		},
	}
	cmd.Flags().StringVar(&config.Addr, "addr", sandboxd.DefaultAddr, "loopback `address` to listen on")
	cmd.Flags().StringVar(&seedFile, "seed", "", "JSON or YAML `file` with the initial state")
	cmd.AddCommand(a.newSandboxEnv())
	return cmd
}

func (a *app) newSandboxEnv() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "env",
		Short: "Print the environment variables for a running sandbox",
		Long:  "Print shell commands that set the environment variables for a running sandbox. The command waits until the sandbox responds.",
		Example: `  eval "$(iblai sandbox env)"
  eval "$(iblai sandbox env --addr 127.0.0.1:9000)"`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			status, err := a.sandboxStatus(cmd, "http://"+addr)
			if err != nil {
				return err
			}
			for _, account := range status.Accounts {
				if account.Admin {
					return a.printVariables(map[string]string{
						client.EnvBaseURL: "http://" + addr, client.EnvAPIKey: account.APIKey,
						client.EnvOrg: account.Org, client.EnvUsername: account.Username,
					})
				}
			}
			return fmt.Errorf("the sandbox at %s has no administrator", addr)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", sandboxd.DefaultAddr, "`address` of the sandbox")
	return cmd
}

// printVariables prints environment variables, as shell commands unless a format
// is set.
func (a *app) printVariables(variables map[string]string) error {
	names := slices.Sorted(maps.Keys(variables))
	if a.format != formatTable {
		return a.print(result{value: variables, names: names})
	}
	for _, name := range names {
		if _, err := fmt.Fprintf(a.Stdout, "export %s=%s\n", name, quote(variables[name])); err != nil {
			return err
		}
	}
	return nil
}

// sandboxStatus has the accounts in the status of the control API.
type sandboxStatus struct {
	Accounts []struct {
		Org      string `json:"org"`
		Username string `json:"username"`
		Admin    bool   `json:"admin"`
		APIKey   string `json:"api_key"`
	} `json:"accounts"`
}

// sandboxStatus requests the status. It retries for a few seconds, since the
// sandbox may have just been started.
func (a *app) sandboxStatus(cmd *cobra.Command, url string) (*sandboxStatus, error) {
	c, err := client.New(client.WithBaseURL(url), client.WithHTTPClient(a.HTTPClient),
		client.WithAPIKey("none"), client.WithOrg("none"), client.WithUsername("none"),
		client.WithRetryPolicy(client.RetryPolicy{MaxAttempts: 10, BaseDelay: 100 * time.Millisecond, MaxDelay: time.Second}))
	if err != nil {
		return nil, fmt.Errorf("--addr: %w", err)
	}
	var status sandboxStatus
	if err := c.Do(cmd.Context(), client.Request{Method: http.MethodGet, PathTemplate: "/_sandbox/status"}, &status); err != nil {
		return nil, fmt.Errorf("no sandbox responds at %s; start one with iblai sandbox: %w", url, err)
	}
	return &status, nil
}

// quote quotes a word for a shell.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
