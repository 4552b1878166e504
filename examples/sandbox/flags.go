package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"time"

	"github.com/iblai/iblai-go/internal/document"
	"github.com/iblai/iblai-go/internal/sandboxd"
	"github.com/iblai/iblai-go/internal/sandboxd/seed"
)

const usage = `Usage: sandbox [flags]

Serves the platform's API, a control API below /_sandbox/, and a console at /.

`

// hostName matches host names and IP addresses.
var hostName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+)$`)

// parseFlags parses the flags and reads the files that they name. It writes the
// help text to stderr.
func parseFlags(args []string, stderr, log io.Writer) (sandboxd.Config, error) {
	var config sandboxd.Config
	set := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&config.Addr, "addr", sandboxd.DefaultAddr, "`address` to listen on; port 0 selects a free port")
	set.BoolVar(&config.AllowRemote, "allow-remote", false, "allow an address that is not a loopback address; anyone who can connect to it can read an administrator's key")
	set.Func("host", "host `name` that is accepted from browsers, in addition to localhost; can be repeated", func(name string) error {
		if !hostName.MatchString(name) {
			return fmt.Errorf("%q must be a host name, without scheme and port", name)
		}
		config.Hosts = append(config.Hosts, name)
		return nil
	})
	seedFile := set.String("seed", "", "JSON or YAML `file` with the initial state; see examples/sandbox/seed.yaml")
	faultsFile := set.String("faults", "", "JSON or YAML `file` with fault rules, which replace the rules of the seed")
	clock := set.String("clock", "", "`time` at which the clock starts, such as 2026-01-05T07:55:00Z (default the seed's, or the current time)")
	speed := set.Float64("speed", 1, "`speed` of the clock, which replaces the seed's: 0 stops it, 1 is real time, 60 is a minute per second")
	style := set.String("log", "text", "`format` of the log of requests on stderr: text, json or off")
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stderr, usage)
		set.SetOutput(stderr)
		set.PrintDefaults()
		return config, err
	}
	if err != nil {
		return config, fmt.Errorf("%w; -h lists the flags", err)
	}
	if set.NArg() > 0 {
		return config, fmt.Errorf("unexpected argument %q; -h lists the flags", set.Arg(0))
	}
	if config.Logger, err = newLogger(*style, log); err != nil {
		return config, err
	}
	if config.Seed, err = readSeed(*seedFile); err != nil {
		return config, err
	}
	set.Visit(func(f *flag.Flag) { // only flags that were set
		switch {
		case err != nil:
		case f.Name == "clock":
			config.Seed.Start, err = parseClock(*clock)
		case f.Name == "speed":
			config.Seed.Speed, err = *speed, checkSpeed(*speed)
		case f.Name == "faults":
			config.Seed.Faults, err = seed.ReadFaultsFile(*faultsFile)
		}
	})
	return config, err
}

func newLogger(style string, w io.Writer) (*slog.Logger, error) {
	switch style {
	case "text":
		return slog.New(slog.NewTextHandler(w, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, nil)), nil
	case "off":
		return slog.New(slog.DiscardHandler), nil
	}
	return nil, fmt.Errorf("-log must be text, json or off, not %q", style)
}

func readSeed(file string) (*seed.Seed, error) {
	if file == "" {
		return seed.Default()
	}
	return seed.ReadFile(file)
}

func parseClock(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Before(document.MinTime()) || t.After(document.MaxTime()) {
		return t, fmt.Errorf("-clock must be a time such as 2026-01-05T07:55:00Z, not %q", text)
	}
	return t.UTC(), nil
}

func checkSpeed(speed float64) error {
	if !(speed >= 0 && speed <= seed.MaxSpeed) { // or NaN
		return fmt.Errorf("-speed must be from 0 to %d, not %v", seed.MaxSpeed, speed)
	}
	return nil
}
