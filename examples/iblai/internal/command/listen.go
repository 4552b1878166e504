package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/spf13/cobra"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

const (
	// forwardTimeout limits one callback.
	forwardTimeout = 30 * time.Second
	// maxForwardResponse limits how much of a response is read, in bytes.
	maxForwardResponse = 1 << 20
)

// listenDifferences says what the logs don't contain.
const listenDifferences = `  agent_output  is the complete log, like log
  prompt        is the present prompt of the agent, without the previous agent's output
  timestamp     is the end of the run in the log
`

func (a *app) newListen() *cobra.Command {
	var since period
	var forwardTo, secretEnv string
	cmd := &cobra.Command{
		Use:   "listen [AGENT]",
		Short: "Post a signed callback to a local URL for each finished run",
		Long: `Post a signed callback to a local URL for each finished run, until interrupted. A
receiver of callbacks can be developed with it before it has a public address.

The command follows the logs. It posts what the platform would post to the
callback_url of the agent, even if the agent has none. It signs with the
callback_secret of the agent, or with that of --callback-secret-env. Without either,
callbacks are unsigned, like the platform's.

Each callback is posted once, soon after the end of the run. It is made from the log,
and differs from the platform's own callback:

` + strings.TrimSuffix(listenDifferences, "\n"),
		Example: `  iblai listen --forward-to http://localhost:8080/runs
  iblai listen "Morning digest" --forward-to http://localhost:8080/runs --since 1d   # past runs, too`,
		Args:              agentArgs(0, 1),
		ValidArgsFunction: a.completeAgents,
		RunE: func(cmd *cobra.Command, args []string) error {
			f := &forwarder{app: a, client: &http.Client{
				Transport:     a.HTTPClient.Transport,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
				Timeout:       forwardTimeout,
			}}
			var err error
			if f.url, err = parseForwardURL(forwardTo); err != nil {
				return err
			}
			if secretEnv != "" {
				if f.secret, err = a.readSecret(secretEnv); err != nil {
					return err
				}
			}
			if f.api, err = a.client(); err != nil {
				return err
			}
			var params client.PeriodicAgentLogListParams
			if params.PeriodicAgent, err = agentID(cmd.Context(), f.api, args); err != nil {
				return err
			}
			fmt.Fprintf(a.Stderr, "posting finished runs to %s; interrupt to stop\nThe callbacks differ from the platform's, since they are made from the logs:\n%s", sanitize(f.url), listenDifferences)
			return a.follow(cmd.Context(), f.api, params, time.Duration(since), func(log *client.PeriodicAgentLog) error {
				return f.forward(cmd.Context(), log)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&forwardTo, "forward-to", "", "`URL` of the receiver")
	flags.StringVar(&secretEnv, "callback-secret-env", "", "environment `variable` with the secret that signs callbacks (default the agent's secret)")
	flags.Var(&since, "since", "also post the runs created in this `duration` until now, such as 2h or 7d")
	_ = cmd.MarkFlagRequired("forward-to") // the flag exists
	return cmd
}

// agentID returns the id of the agent in the arguments, or 0 if there is none.
func agentID(ctx context.Context, c *client.Client, args []string) (int64, error) {
	if len(args) == 0 {
		return 0, nil
	}
	agent, err := findAgent(ctx, c, args[0])
	if err != nil {
		return 0, err
	}
	return agent.ID, nil
}

// parseForwardURL returns a URL to which callbacks can be posted. Only this
// machine receives them unencrypted.
func parseForwardURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Hostname() == "", u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("--forward-to must be a URL such as http://localhost:8080/runs, not %q", text)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", fmt.Errorf("--forward-to would send the output of runs unencrypted to %s; use https, or a loopback host", u.Host)
	}
	return text, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// A forwarder posts runs to a receiver.
type forwarder struct {
	app    *app
	api    *client.Client
	client *http.Client
	url    string
	secret *api.Secret // replaces the secrets of the agents, if set
}

// A forwarded callback is the result of a post.
type forwarded struct {
	LogID          int64      `json:"log_id"`
	Agent          int64      `json:"agent"`
	Status         api.Status `json:"status"`
	Signed         bool       `json:"signed"`
	ResponseStatus int        `json:"response_status,omitempty"`
	Error          string     `json:"error,omitempty"`
	Seconds        float64    `json:"seconds"`
}

// forward posts a run and prints the result. It returns only errors that end
// the command.
func (f *forwarder) forward(ctx context.Context, log *client.PeriodicAgentLog) error {
	agent, err := f.api.PeriodicAgents.Get(ctx, log.PeriodicAgent)
	switch {
	case errors.Is(err, client.ErrNotFound):
		agent = &client.PeriodicAgent{} // deleted
	case err != nil && ctx.Err() == nil:
		fmt.Fprintf(f.app.Stderr, "iblai: run %d was not posted: %s\n", log.ID, sanitize(explain(err)))
		return nil
	case err != nil:
		return err
	}
	secret := agent.CallbackSecret
	if f.secret != nil {
		secret = *f.secret
	}
	if secret.IsMasked() {
		return fmt.Errorf("the service hides the callback_secret of agent %d; set --callback-secret-env", log.PeriodicAgent)
	}
	result := forwarded{LogID: log.ID, Agent: log.PeriodicAgent, Status: log.Status, Signed: !secret.IsZero()}
	begin := time.Now()
	if result.ResponseStatus, err = f.post(ctx, callbackBody(log, agent.Prompt), secret); err != nil {
		result.Error = err.Error()
	}
	result.Seconds = time.Since(begin).Seconds()
	return f.print(result)
}

func (f *forwarder) post(ctx context.Context, body string, secret api.Secret) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if !secret.IsZero() {
		signature, err := callback.Sign([]byte(body), secret)
		if err != nil {
			return 0, err
		}
		request.Header.Set(callback.SignatureHeader, signature)
	}
	response, err := f.client.Do(request)
	if err != nil {
		return 0, err
	}
	_, _ = io.CopyN(io.Discard, response.Body, maxForwardResponse) // the connection is reused
	return response.StatusCode, response.Body.Close()
}

func (f *forwarder) print(result forwarded) error {
	if f.app.format != formatTable {
		return f.app.printEach(result, strconv.FormatInt(result.LogID, 10))
	}
	response := cmp.Or(result.Error, strings.TrimSpace(strconv.Itoa(result.ResponseStatus)+" "+http.StatusText(result.ResponseStatus)))
	signed := "signed"
	if !result.Signed {
		signed = "unsigned, since the agent has no callback_secret"
	}
	_, err := fmt.Fprintf(f.app.Stdout, "run %d of agent %d (%s, %s): %s\n", result.LogID, result.Agent, result.Status, signed, sanitize(response))
	return err
}

// callbackBody returns the body of the callback about a finished run, in the
// form of Python's json.dumps, as the platform sends it.
func callbackBody(log *client.PeriodicAgentLog, prompt string) string {
	end := log.CreatedAt
	if log.EndTime != nil {
		end = *log.EndTime
	}
	layout := "2006-01-02T15:04:05Z"
	if end.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return fmt.Sprintf(`{"timestamp": "%s", "status": %s, "prompt": %s, "agent_output": %s, "log": %s, "log_id": %d}`,
		end.UTC().Format(layout), pythonString(string(log.Status)), pythonString(prompt), pythonString(log.Content), pythonString(log.Content), log.ID)
}

// pythonString returns a string as Python's json.dumps encodes it, which
// escapes all characters outside of printable ASCII.
func pythonString(text string) string {
	escapes := map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch escape, special := escapes[r]; {
		case special:
			b.WriteString(escape)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
