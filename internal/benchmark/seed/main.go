// Command seed creates a sandbox with the given numbers of agents and logs, and
// requests sorted and searched lists of the logs. It prints the CPU time of the
// creation and its own peak of resident memory. It is a separate program so
// that no other memory is counted.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"

	"github.com/iblai/iblai-go/client"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
	"github.com/iblai/iblai-go/internal/benchmark/scale"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(agents, logs string) error {
	agentCount, err := strconv.Atoi(agents)
	if err != nil {
		return err
	}
	logCount, err := strconv.Atoi(logs)
	if err != nil {
		return err
	}
	begin := measure.ProcessorTime()
	sb, err := scale.NewOrg(agentCount, logCount).Sandbox()
	if err != nil {
		return err
	}
	defer sb.Close()
	var seeded struct {
		Seconds float64
		PeakKB  int
	}
	seeded.Seconds = (measure.ProcessorTime() - begin).Seconds()
	for _, query := range []string{"ordering=-content", "search=answered"} {
		request := httptest.NewRequest(http.MethodGet, "/api/ai-mentor/orgs/"+scale.Key+"/users/"+scale.Username+"/periodic-agent-logs/?"+query, http.NoBody)
		request.Header.Set("Authorization", client.DefaultAuthScheme+" "+scale.APIKey)
		response := httptest.NewRecorder()
		if sb.ServeHTTP(response, request); response.Code != http.StatusOK {
			return fmt.Errorf("status %d: %s", response.Code, response.Body)
		}
	}
	if runtime.GOOS == "linux" {
		if seeded.PeakKB, err = measure.ResidentPeakKB(); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(seeded)
}
