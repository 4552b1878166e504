// Command replicas shows three replicas that share their work through NATS
// JetStream, and what happens when one of them is killed. It starts a NATS server
// and a sandbox of the platform, or uses the server at NATS_URL:
//
//	go run .
//
// The replicas are processes of this program; see replica.go. With -figures, it
// measures how fast they are beside replicas that share Redis, and counts lost
// runs while replicas are killed and the server restarts.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/sandbox"
)

func main() {
	withFigures := flag.Bool("figures", false, "measure speed, and lost runs under kills, which takes minutes")
	runs := flag.Int("runs", 100_000, "with -figures, how many runs finish under kills")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run := demonstrate
	if role := os.Getenv(roleVariable); role != "" {
		run = func(ctx context.Context, _ io.Writer) error { return runRole(ctx, role) }
	} else if *withFigures {
		run = func(ctx context.Context, w io.Writer) error { return figures(ctx, w, max(*runs, 1000)) }
	}
	if err := run(ctx, os.Stdout); err != nil && ctx.Err() == nil {
		log.Fatal("replicas: ", err)
	}
}

const demonstratedRuns = 300

// demonstrate kills a replica while runs finish, and prints who handled them.
func demonstrate(ctx context.Context, w io.Writer) error {
	c, err := newCluster(ctx, os.Getenv("NATS_URL"))
	if err != nil {
		return err
	}
	defer c.close()
	for range 3 {
		if _, err := c.start(ctx, "replica"); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "Three replicas share NATS at %s. %d runs finish, and replica 2 is killed in the middle.\n\n", c.redactedURL(), demonstratedRuns)
	if err := c.finishRuns(ctx, demonstratedRuns, func(n int) error {
		if n == demonstratedRuns/2 {
			return c.kill("replica 2")
		}
		return nil
	}); err != nil {
		return err
	}
	if err := c.waitForRuns(ctx, demonstratedRuns); err != nil {
		return err
	}
	return c.printTable(w, demonstratedRuns)
}

// finishRuns makes the sandbox finish runs, several at a time. It calls each
// before each run.
func (c *cluster) finishRuns(ctx context.Context, n int, each func(int) error) error {
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for range numbers {
				if _, err := c.sandbox.RunNow(ctx, c.agent, sandbox.Outcome{Output: "Nothing is due."}); err != nil {
					return
				}
			}
		})
	}
	defer workers.Wait()
	defer close(numbers)
	for i := range n {
		if err := each(i); err != nil {
			return err
		}
		select {
		case numbers <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// patience is longer than the longest delay before a run is delivered again.
const patience = 6 * time.Minute

// waitForRuns waits until all runs are handled, or none has been for a long time.
func (c *cluster) waitForRuns(ctx context.Context, n int) error {
	last, lastAt := 0, time.Now()
	for ctx.Err() == nil {
		handled := c.handledRuns()
		if handled > last {
			last, lastAt = handled, time.Now()
		}
		if handled >= n || time.Since(lastAt) > patience {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return ctx.Err()
}

// printTable prints who handled the runs.
func (c *cluster) printTable(w io.Writer, n int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "replica\tcallbacks received\truns handled\tredelivered to it\tend\t")
	for _, p := range c.processes {
		if p.role != "replica" {
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t\n", p.name, p.received, p.handled, p.redelivered, cmp.Or(p.end, "alive"))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	twice := 0
	for _, calls := range c.calls {
		twice += calls - 1
	}
	_, err := fmt.Fprintf(w, "\n%d runs, %d handled, %d lost, %d handled twice\n", n, len(c.calls), n-len(c.calls), twice)
	return err
}

// parseHandled parses the line that a replica prints for a run.
func parseHandled(id, attempt string) (logID int64, isRedelivered bool) {
	logID, _ = strconv.ParseInt(id, 10, 64)
	return logID, attempt != "1"
}

func newAgent(sb *sandbox.Server, org, callbackURL string) (int64, error) {
	agent, err := sb.AddPeriodicAgent(org, client.PeriodicAgentCreateRequest{
		Mentor:         sb.Mentors(org)[0].UniqueID,
		Title:          "Morning digest",
		Task:           client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
		CallbackURL:    &callbackURL,
		CallbackSecret: &secret,
	})
	if err != nil {
		return 0, err
	}
	return agent.ID, nil
}
