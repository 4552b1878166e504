// Command chaos measures whether a [runs.Receiver] misses a run although
// everything around it fails: its process is killed again and again, callbacks
// are lost, doubled, late and out of order, the service fails, its proxy says
// 404, the disk is full.
//
//	go run ./internal/chaos                      # 24,000 runs at 60 a second, 250 kills
//	go run ./internal/chaos -backlog 100000 -runs 0 -kills 0
//
// It exits with 1 if a run was lost.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// config is what the flags set.
type config struct {
	runs     int
	rate     float64
	kills    int
	backlog  int
	page     int
	wait     time.Duration
	faults   bool
	fullDisk bool
	seed     uint64
}

func main() {
	var c config
	child := flag.String("receiver", "", "run as a receiver of the service at this address (internal)")
	folder := flag.String("folder", "", "the folder of the receiver's position (internal)")
	limit := flag.Int64("limit", 0, "the size that the receiver's file may have (internal)")
	flag.IntVar(&c.runs, "runs", 24_000, "the number of runs")
	flag.Float64Var(&c.rate, "rate", 60, "runs a second")
	flag.IntVar(&c.kills, "kills", 250, "how often the receiver is killed, evenly over the runs")
	flag.IntVar(&c.backlog, "backlog", 0, "the number of runs that ended before the receiver starts")
	flag.IntVar(&c.page, "page", 100, "the largest page that the service sends")
	flag.DurationVar(&c.wait, "wait", time.Minute, "how long after the last run all must be handled")
	flag.BoolVar(&c.faults, "faults", true, "let the service and the callbacks fail")
	flag.BoolVar(&c.fullDisk, "full-disk", true, "let the disk be full in every tenth life of the receiver")
	flag.Uint64Var(&c.seed, "seed", 1, "the seed of everything that is random")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := error(nil)
	if *child != "" {
		err = receive(ctx, *child, filepath.Join(*folder, "position"), *limit)
	} else {
		err = runExperiment(ctx, c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		stop()
		os.Exit(1)
	}
}
