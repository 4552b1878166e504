package sandboxd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
	"github.com/iblai/iblai-go/internal/sandboxd/control"
)

// printGreeting prints the addresses of the server, and shell commands that set
// the environment variables of a client.
func printGreeting(w io.Writer, url string, sb *sandbox.Sandbox) {
	account := administrator(sb.Accounts())
	speed := fmt.Sprintf("runs at %v times real time", sb.ClockSpeed())
	switch sb.ClockSpeed() {
	case 0:
		speed = "stopped"
	case 1:
		speed = "runs in real time"
	}
	_, _ = fmt.Fprintf(w, `ibl.ai sandbox (stop with Ctrl-C)

  console      %[1]s/
  API          %[1]s/api/ai-mentor/
  control API  %[1]s%[2]sopenapi.yaml
  clock        %[3]s, %[4]s

To connect a program:

export %[5]s=%[6]s
export %[7]s=%[8]s
export %[9]s=%[10]s
export %[11]s=%[12]s
`, url, control.Prefix, sb.Now().UTC().Format(time.RFC3339), speed,
		client.EnvBaseURL, url,
		client.EnvAPIKey, quote(account.APIKey.Reveal()),
		client.EnvOrg, quote(account.Org),
		client.EnvUsername, quote(account.Username))
}

// administrator returns the first administrator, or else the first account.
func administrator(accounts []sandbox.Account) sandbox.Account {
	for _, a := range accounts {
		if !a.Member {
			return a
		}
	}
	return accounts[0]
}

// quote quotes a word for the shell if necessary.
func quote(word string) string {
	isPlain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.@", r)
	}
	if strings.ContainsFunc(word, func(r rune) bool { return !isPlain(r) }) {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}
