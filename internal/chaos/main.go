// Command chaos measures whether a [runs.Receiver] misses a run when everything
// around it fails. The receiver is killed repeatedly. Callbacks are lost,
// duplicated, delayed and reordered. The service fails, its proxy responds with
// 404, the disk is full, and a store restarts and forgets everything.
//
//	go run ./internal/chaos                      # 24,000 runs at 60 a second, 250 kills
//	go run ./internal/chaos -receivers 2 -store-restarts 20
//	go run ./internal/chaos -backlog 100000 -runs 0 -kills 0
//
// Its exit status is 1 if a run was missed, or if a run was handled twice that
// was not in flight at a kill or at a restart of the store.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// config holds the values of the flags.
type config struct {
	runs      int
	rate      float64
	kills     int
	receivers int
	restarts  int
	backlog   int
	page      int
	wait      time.Duration
	faults    bool
	fullDisk  bool
	seed      uint64
}

func main() {
	var c config
	child := flag.String("receiver", "", "run as a receiver for the service at this address (internal)")
	number := flag.String("number", "", "number of the receiver (internal)")
	process := flag.String("process", "", "number of the process of the receiver (internal)")
	position := flag.String("position", "", "path of the position file (internal)")
	sharesStore := flag.Bool("shares-store", false, "use the store of the service (internal)")
	limit := flag.Int64("limit", 0, "maximum size of the position file in bytes; 0 means no limit (internal)")
	flag.IntVar(&c.runs, "runs", 24_000, "number of runs")
	flag.Float64Var(&c.rate, "rate", 60, "runs per second")
	flag.IntVar(&c.kills, "kills", 250, "number of times that the receiver is killed, evenly distributed over the runs")
	flag.IntVar(&c.receivers, "receivers", 1, "number of receivers; more than one share a store")
	flag.IntVar(&c.restarts, "store-restarts", 0, "number of times that the shared store restarts and forgets everything")
	flag.IntVar(&c.backlog, "backlog", 0, "number of runs that end before the receiver starts")
	flag.IntVar(&c.page, "page", 100, "maximum page size of the service")
	flag.DurationVar(&c.wait, "wait", time.Minute, "how long to wait after the last run for all runs to be handled")
	flag.BoolVar(&c.faults, "faults", true, "inject faults into the service and the callbacks")
	flag.BoolVar(&c.fullDisk, "full-disk", true, "simulate a full disk for every tenth receiver process")
	flag.Uint64Var(&c.seed, "seed", 1, "random seed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := error(nil)
	if *child != "" {
		err = receive(ctx, *child, *number, *process, *position, *limit, *sharesStore)
	} else {
		err = runExperiment(ctx, c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		stop()
		os.Exit(1)
	}
}
