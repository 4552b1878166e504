package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const usage = `Usage: sandbox [flags]

Serves the platform's API, a control API below /_sandbox/, and a console at /.

`

// settings are what the flags say.
type settings struct {
	addr        string
	allowRemote bool
	hosts       []string
	log         string
	seed        string
	faults      string
	clock       string
	speed       float64
	isSet       map[string]bool // flags that were given
}

// parseFlags reads the flags, and tells what is wrong on stderr.
func parseFlags(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{isSet: map[string]bool{}}
	set := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&s.addr, "addr", "127.0.0.1:8765", "`address` to listen on; port 0 takes a free one")
	set.BoolVar(&s.allowRemote, "allow-remote", false, "listen beyond this machine, and so give an administrator's key to all who reach it")
	set.Func("host", "`name` that browsers may reach it by, besides localhost; may be given again", func(name string) error {
		if name == "" {
			return errors.New("must not be empty")
		}
		s.hosts = append(s.hosts, strings.ToLower(name))
		return nil
	})
	set.StringVar(&s.seed, "seed", "", "`file` of JSON or YAML with all that it begins with, see seed.yaml")
	set.StringVar(&s.faults, "faults", "", "`file` of JSON or YAML with what goes wrong, in place of the seed's")
	set.StringVar(&s.clock, "clock", "", "`time` that the clock begins at, such as 2026-01-05T07:55:00Z, in place of the seed's or of now")
	set.Float64Var(&s.speed, "speed", 1, "`speed` of the clock, in place of the seed's: 0 stands still, 1 is real time, 60 a minute a second")
	set.StringVar(&s.log, "log", "text", "`style` in which requests to the API and changes are logged to stderr: text, json or off")
	err := set.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stderr, usage)
		set.SetOutput(stderr)
		set.PrintDefaults()
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w; -h tells the flags", err)
	}
	set.Visit(func(f *flag.Flag) { s.isSet[f.Name] = true })
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q; -h tells the flags", set.Arg(0))
	}
	if !slices.Contains([]string{"text", "json", "off"}, s.log) {
		return nil, fmt.Errorf("-log must be text, json or off, not %q", s.log)
	}
	if err := s.checkAddr(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkAddr refuses to listen beyond this machine unasked.
func (s *settings) checkAddr() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return fmt.Errorf("-addr %q is not HOST:PORT: %w", s.addr, err)
	}
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.Unmap().IsLoopback() || s.allowRemote {
		return nil
	}
	return fmt.Errorf("-addr %s is beyond this machine's loopback interface, and whoever reaches this test server gets its administrator's key; "+
		"give -allow-remote too if that is what you want", s.addr)
}

// load reads the seed and the faults.
func (s *settings) load() (*seedReader, error) {
	from, text, as := fileSource("default.yaml"), defaultSeed, formatYAML
	if s.seed != "" {
		var err error
		if from, text, as, err = readDocument("-seed", s.seed); err != nil {
			return nil, err
		}
	}
	r, err := readSeed(from, text, as)
	if err != nil {
		return nil, err
	}
	return r, s.override(r.seed)
}

// override puts what the flags say in the place of what the seed says.
func (s *settings) override(loaded *seed) error {
	if s.isSet["clock"] {
		t, err := time.Parse(time.RFC3339, s.clock)
		if err != nil || t.Before(firstTime) || t.After(lastTime) {
			return fmt.Errorf("-clock must be a time such as 2026-01-05T07:55:00Z, not %q", s.clock)
		}
		loaded.start = t.UTC()
	}
	if s.isSet["speed"] {
		if !(s.speed >= 0 && s.speed <= maxSpeed) { // NaN neither
			return fmt.Errorf("-speed must be from 0 to %d, not %v", maxSpeed, s.speed)
		}
		loaded.speed = s.speed
	}
	if s.isSet["faults"] {
		from, text, as, err := readDocument("-faults", s.faults)
		if err != nil {
			return err
		}
		loaded.faults, err = readFaultsFile(from, text, as)
		return err
	}
	return nil
}

// readDocument reads a file that a flag names.
func readDocument(flagName, file string) (from source, text []byte, as format, err error) {
	opened, err := os.Open(file)
	if err != nil {
		return source{}, nil, 0, fmt.Errorf("%s: %w", flagName, err)
	}
	defer func() { _ = opened.Close() }() // it was only read
	text, err = io.ReadAll(io.LimitReader(opened, maxSeed+1))
	switch {
	case err != nil:
		return source{}, nil, 0, fmt.Errorf("%s: %w", flagName, err)
	case len(text) > maxSeed:
		return source{}, nil, 0, fmt.Errorf("%s: %s is longer than %d bytes", flagName, file, maxSeed)
	}
	as = formatYAML
	if strings.EqualFold(filepath.Ext(file), ".json") {
		as = formatJSON
	}
	return fileSource(file), text, as, nil
}
