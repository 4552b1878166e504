// Command logs lists the runs of an org's periodic agents, newest first.
//
//	go run ./examples/logs -status error -limit 50
//
// It requires IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME, and reads
// IBLAI_BASE_URL.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/iblai/iblai-go/client"
)

func main() {
	log.SetFlags(0)
	params := client.PeriodicAgentLogListParams{Ordering: client.OrderByCreatedAt.Descending()}
	flag.Int64Var(&params.PeriodicAgent, "agent", 0, "only runs of the agent with this id")
	flag.StringVar((*string)(&params.Status), "status", "", "only runs with this status: success, error or running")
	limit := flag.Int("limit", 20, "how many runs to print")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c, err := client.FromEnv()
	if err == nil {
		err = printRuns(ctx, c, &params, *limit, os.Stdout)
	}
	if err != nil {
		log.Fatal("logs: ", err)
	}
}

// printRuns prints a row for each of the first limit runs.
func printRuns(ctx context.Context, c *client.Client, params *client.PeriodicAgentLogListParams, limit int, w io.Writer) error {
	runs, err := client.Collect(c.PeriodicAgentLogs.All(ctx, params), limit)
	if err != nil && !errors.Is(err, client.ErrTruncated) {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LOG\tAGENT\tSTATUS\tSTARTED\tTOOK\tLAST LINE")
	for _, run := range runs {
		fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%s\n", run.ID, run.PeriodicAgent, run.Status,
			run.StartTime.Format(time.DateTime), took(run), lastLine(run.Content))
	}
	return table.Flush()
}

func took(run *client.PeriodicAgentLog) string {
	if run.EndTime == nil {
		return "-"
	}
	return run.EndTime.Sub(run.StartTime.Time).Round(time.Millisecond).String()
}

// lastLine returns the last line of a run's log. It escapes control characters,
// which a model may have written.
func lastLine(content string) string {
	content = strings.TrimSpace(content)
	line := strconv.Quote(content[strings.LastIndex(content, "\n")+1:])
	return line[1 : len(line)-1]
}
