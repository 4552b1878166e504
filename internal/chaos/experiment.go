package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// runExperiment runs the service, starts and kills receivers, and prints the
// results.
func runExperiment(ctx context.Context, c config) error {
	s := newService(c)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	folder, err := os.MkdirTemp("", "chaos")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()

	begin := time.Now()
	for i := range c.backlog {
		at := begin.Add(-time.Duration(c.backlog-i) * time.Second)
		s.end(s.begin(int64(i+1), at), at)
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	var supervisors []*supervisor
	for number := range c.receivers {
		v := &supervisor{service: s, number: number, address: "http://" + listener.Addr().String(), file: fmt.Sprintf("%s/position%d", folder, number)}
		supervisors = append(supervisors, v)
		group.Go(func() { v.run(running) })
	}
	group.Go(func() { s.restartStore(running) })
	s.generateRuns(ctx)
	last := time.Now()
	for ctx.Err() == nil && s.countUnhandled() > 0 && time.Since(last) < c.wait {
		time.Sleep(100 * time.Millisecond)
	}
	took := time.Since(last)
	stop()
	group.Wait()
	return report(s, supervisors, took, time.Since(begin))
}

// duration returns how long the runs take.
func (c config) duration() time.Duration {
	return time.Duration(float64(c.runs) / c.rate * float64(time.Second))
}

// restartStore restarts the shared store, evenly distributed over the runs.
func (s *service) restartStore(ctx context.Context) {
	begin := time.Now()
	for i := range s.restarts {
		select {
		case <-time.After(time.Until(begin.Add(s.duration() * time.Duration(i+1) / time.Duration(s.restarts+1)))):
		case <-ctx.Done():
			return
		}
		s.store.restart(ctx, s.excuseForgotten)
	}
}

// generateRuns starts and finishes runs and posts their callbacks.
func (s *service) generateRuns(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	begin := time.Now()
	for i := range s.runs {
		due := begin.Add(time.Duration(float64(i) / s.rate * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return
		}
		group.Go(func() {
			at := time.Now()
			if s.injectFault(0.02) { // a slow transaction
				time.Sleep(time.Duration(s.intN(3000)) * time.Millisecond)
			}
			r := s.begin(int64(s.backlog+i+1), at)
			time.Sleep(time.Duration(s.intN(3000)) * time.Millisecond)
			s.end(r, time.Now())
			s.postCallbacks(ctx, r)
		})
	}
}

// postCallbacks posts the callback of a run. At random, it is lost, delayed or
// sent twice.
func (s *service) postCallbacks(ctx context.Context, r *run) {
	if s.injectFault(0.3) {
		return
	}
	times := 1
	if s.injectFault(0.1) {
		times = 2
	}
	if s.injectFault(0.2) {
		time.Sleep(time.Duration(s.intN(5000)) * time.Millisecond)
	}
	for range times {
		s.mu.Lock()
		address := s.urls[strconv.Itoa(s.random.IntN(s.config.receivers))]
		s.mu.Unlock()
		body := fmt.Appendf(nil, `{"timestamp": %q, "status": "success", "log": "Answered.", "log_id": %d}`, time.Now().UTC().Format(time.RFC3339Nano), r.id)
		request, err := callback.NewRequest(ctx, address, body, api.NewSecret(secret))
		if err != nil {
			continue // no receiver yet
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}
}

// supervisor starts the processes of a receiver and kills them.
type supervisor struct {
	*service
	number        int
	address, file string

	killed  int
	memory  int64 // the maximum of all processes, in KiB
	written int64
	size    int64
	failure error
}

func (s *supervisor) run(ctx context.Context) {
	begin := time.Now()
	count := s.kills / s.config.receivers
	for process := 0; ctx.Err() == nil; process++ {
		limit := int64(0)
		if s.fullDisk && process%10 == 9 {
			limit = s.fileSize() + 2000
		}
		program, err := os.Executable()
		if err != nil {
			s.failure = err
			return
		}
		command := exec.CommandContext(ctx, program, "-receiver", s.address, "-number", strconv.Itoa(s.number), "-process", strconv.Itoa(process), "-position", s.file,
			"-limit", strconv.FormatInt(limit, 10), fmt.Sprintf("-shares-store=%t", s.config.receivers > 1))
		command.Stderr = os.Stderr
		if err := command.Start(); err != nil {
			s.failure = err
			return
		}
		exited := make(chan struct{})
		go func() { _ = command.Wait(); close(exited) }()
		var until <-chan time.Time
		if s.killed < count {
			until = time.After(time.Until(begin.Add(s.duration() * time.Duration(s.killed+1) / time.Duration(count))))
		}
		for alive := true; alive; {
			select {
			case <-exited:
				alive = false
			case <-until:
				s.measure(command.Process.Pid)
				_ = command.Process.Kill()
				s.killed++
				<-exited
				alive = false
			case <-time.After(20 * time.Millisecond):
				s.measure(command.Process.Pid)
			}
		}
		if ctx.Err() == nil {
			time.Sleep(50 * time.Millisecond) // its last reports arrive
			s.excuseKilled(s.number)
		}
	}
}

// measure records the growth of the position file and the memory of the
// receiver.
func (s *supervisor) measure(pid int) {
	if size := s.fileSize(); size >= s.size {
		s.written += size - s.size
		s.size = size
	} else {
		s.written += size // the file was replaced
		s.size = size
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return
	}
	for line := range strings.Lines(string(status)) {
		var n int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &n); err == nil {
			s.memory = max(s.memory, n)
		}
	}
}

func (s *supervisor) fileSize() int64 {
	info, err := os.Stat(s.file)
	if err != nil {
		return 0
	}
	return info.Size()
}

// report prints the results.
func report(s *service, supervisors []*supervisor, took, total time.Duration) error {
	kills, memory, written := 0, int64(0), int64(0)
	for _, v := range supervisors {
		if v.failure != nil {
			return v.failure
		}
		kills, memory, written = kills+v.killed, max(memory, v.memory), written+v.written
	}
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	lost, twice, unexcused := 0, 0, 0
	var delays []time.Duration
	for _, r := range s.byID {
		if len(r.handled) == 0 {
			lost++
			continue
		}
		twice += len(r.handled) - 1
		unexcused += max(0, len(r.handled)-1-r.excuses)
		delays = append(delays, r.handled[0].Sub(r.ended))
	}
	slices.Sort(delays)
	if len(delays) == 0 {
		return errors.New("no run was handled")
	}
	all := len(s.byID)
	p50, p99 := delays[len(delays)/2].Round(time.Millisecond).String(), delays[len(delays)*99/100].Round(time.Millisecond).String()
	if s.runs == 0 {
		p50, p99 = "–", "–"
	}
	fmt.Printf("| runs | receivers | kills | restarts of the store | lost | handled twice | in flight | p50 | p99 | all handled after | requests | written per run | memory |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	fmt.Printf("| %d | %d | %d | %d | %d | %d | %d | %s | %s | %s of %s | %d | %d B | %d MiB |\n", all, s.config.receivers, kills, s.restarts, lost, twice, s.excused,
		p50, p99, took.Round(time.Second), total.Round(time.Second), s.requests, written/int64(all), memory/1024)
	switch {
	case lost > 0:
		return fmt.Errorf("%d runs were lost", lost)
	case unexcused > 0:
		return fmt.Errorf("%d runs were handled twice without having been in flight", unexcused)
	}
	return nil
}
