package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
)

// flagNames maps the paths of the API's fields to flags.
var flagNames = map[string]string{
	"mentor":                "--mentor",
	"title":                 "--title",
	"description":           "--description",
	"prompt":                "--prompt",
	"callback_url":          "--callback-url",
	"callback_secret":       "--callback-secret-env",
	"previous_agent":        "--after",
	"previous_agent_status": "--after-status",
	"task.start_time":       "--start-time",
	"task.enabled":          "--enabled",
	"task.one_off":          "--one-off",

	// Query parameters of lists.
	"status":    "--status",
	"search":    "--search",
	"mentor_id": "--mentor-id",
	"ordering":  "--ordering",
}

// sdkNames removes the prefix of the SDK's errors, and replaces the names of its
// options with flags.
var sdkNames = strings.NewReplacer("ibl.ai: ", "", "(WithAttemptTimeout)", "(--timeout)")

// reportError prints an error and returns the exit code.
func (a *app) reportError(err error) int {
	switch {
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.Is(err, errChanges):
		return exitChanges
	}
	fmt.Fprintf(a.Stderr, "iblai: %s\n", sanitize(sdkNames.Replace(explain(err))))
	if isOfDeployment(err) {
		fmt.Fprintln(a.Stderr, "To find the cause, run: iblai doctor")
	}
	return exitFailed
}

// isOfDeployment reports whether the settings or the deployment may be the cause
// of an error.
func isOfDeployment(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	_, isTransport := errors.AsType[*client.TransportError](err)
	_, isDecode := errors.AsType[*client.DecodeError](err)
	return isTransport || isDecode ||
		errors.Is(err, client.ErrUnauthorized) || errors.Is(err, client.ErrForbidden) || errors.Is(err, client.ErrNotFromService)
}

// kinds are the descriptions of the kinds of error responses.
var kinds = []struct {
	kind error
	text string
}{
	{client.ErrValidation, "the service rejected the values"},
	{client.ErrUnauthorized, "the service rejected the API key"},
	{client.ErrForbidden, "the user is not allowed to do this"},
	{client.ErrNotFound, "not found"},
	{client.ErrNotFromService, "a proxy or another program responded instead of the service"},
	{client.ErrRateLimited, "the service limits the rate of requests"},
	{client.ErrServer, "the service failed"},
}

// An agentError names the agent of an error.
type agentError struct {
	id  int64
	err error
}

func (e *agentError) Error() string { return fmt.Sprintf("agent %d: %v", e.id, e.err) }
func (e *agentError) Unwrap() error { return e.err }

// explain returns the text of an error, and replaces the API's fields with
// flags.
func explain(err error) string {
	if failure, is := errors.AsType[*agentError](err); is {
		return fmt.Sprintf("agent %d: %s", failure.id, explain(failure.err))
	}
	if failure, is := errors.AsType[*mentorNumberError](err); is {
		return fmt.Sprintf("%s\nThis may be a release 3.5x, which needs the number of the mentor instead of its unique id. No\nresponse contains it: ask the platform's administrator, and set %s NUMBER.", explain(failure.err), failure.flag)
	}
	if unrunnable, is := errors.AsType[*client.UnrunnableError](err); is {
		return "--schedule would never run:" + lines(len(unrunnable.Report.Findings), func(i int) string {
			return unrunnable.Report.Findings[i].String()
		})
	}
	if invalid, is := errors.AsType[*api.ArgumentError](err); is && flagFor(invalid.Argument) != invalid.Argument {
		return fmt.Sprintf("%s %s", flagFor(invalid.Argument), invalid.Reason)
	}
	if failure, is := errors.AsType[*client.Error](err); is {
		return explainResponse(failure)
	}
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	return err.Error()
}

func explainResponse(failure *client.Error) string {
	text := "the service rejected the request"
	for _, k := range kinds {
		if errors.Is(failure, k.kind) {
			text = k.text
		}
	}
	text += fmt.Sprintf(" (%d)", failure.StatusCode)
	if len(failure.Fields) > 0 {
		return text + ":" + lines(len(failure.Fields), func(i int) string {
			return flagFor(failure.Fields[i].Path) + ": " + strings.Join(failure.Fields[i].Messages, " ")
		})
	}
	if failure.Message != "" {
		text += ": " + failure.Message
	}
	return text
}

func flagFor(path string) string {
	if field, is := strings.CutPrefix(path, "task.crontab"); is {
		return "--schedule" + strings.Replace(field, ".", " ", 1)
	}
	if flag := flagNames[path]; flag != "" {
		return flag
	}
	return path
}

func lines(n int, line func(int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("\n  " + line(i))
	}
	return b.String()
}
