// Command benchmark compares the SDK's speed with other libraries, and prints
// tables: see README.md.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"time"

	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

func main() {
	only := flag.String("only", "", "measure only the tables whose titles match this `expression`")
	write := flag.Bool("write", false, "write the tables into README.md, which must be in the working directory")
	settings := measure.Settings{Turns: 4}
	flag.IntVar(&settings.Rounds, "rounds", 31, "how many rounds to measure; the result is their median")
	flag.DurationVar(&settings.Turn, "turn", 10*time.Millisecond, "how long one turn takes")
	flag.BoolVar(&settings.Wall, "wall", false, "measure wall-clock time instead of CPU time")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, *write, settings); err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, write bool, settings measure.Settings) error {
	chosen, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if write && only != "" {
		return errors.New("-write writes all tables: leave out -only")
	}
	begin := time.Now()
	var tables bytes.Buffer
	out := io.MultiWriter(os.Stdout, &tables)
	fmt.Fprintf(out, "%s, %s/%s, GOMAXPROCS %d, %d rounds of %d turns of %s\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), settings.Rounds, settings.Turns, settings.Turn)
	for _, subject := range subjects {
		if !chosen.MatchString(subject.title) {
			continue
		}
		rows, err := measureAll(ctx, subject.parts, settings)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n### %s\n\n", subject.title)
		if err := measure.Write(out, rows); err != nil {
			return err
		}
	}
	fmt.Printf("\nmeasured in %s\n", time.Since(begin).Round(time.Second))
	if write {
		return writeResults("README.md", tables.String())
	}
	return nil
}

func measureAll(ctx context.Context, parts func(context.Context) ([]measurable, error), settings measure.Settings) ([]measure.Row, error) {
	all, err := parts(ctx)
	if err != nil {
		return nil, err
	}
	var rows []measure.Row
	for _, part := range all {
		more, err := part.Measure(ctx, settings)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}
