package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

const (
	speedRuns      = 20_000
	figuresKills   = 100
	serverRestarts = 2
)

// figures measures speed, and lost runs under kills.
func figures(ctx context.Context, w io.Writer, runs int) error {
	return errors.Join(speed(ctx, w),
		survival(ctx, w, runs, figuresKills, syscall.SIGTERM),
		survival(ctx, w, runs, figuresKills, syscall.SIGKILL))
}

// speed prints how many runs a second processes publish and handle. Callbacks
// come from this process, over HTTP.
func speed(ctx context.Context, w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "Runs a second, of %d:\n\n", speedRuns)
	fmt.Fprintln(table, "processes\tNATS: published\tNATS: handled\tRedis: handled\t")
	for _, n := range []int{1, 2, 4} {
		published, handled, err := natsSpeed(ctx, n)
		if err != nil {
			return err
		}
		redis := "no redis-server"
		if path, err := exec.LookPath("redis-server"); err == nil {
			rate, err := redisSpeed(ctx, path, n)
			if err != nil {
				return err
			}
			redis = fmt.Sprintf("%.0f", rate)
		}
		fmt.Fprintf(table, "%d\t%.0f\t%.0f\t%s\t\n", n, published, handled, redis)
	}
	return table.Flush()
}

func natsSpeed(ctx context.Context, n int) (published, handled float64, err error) {
	c, err := newCluster(ctx, os.Getenv("NATS_URL"))
	if err != nil {
		return 0, 0, err
	}
	defer c.close()
	urls, err := c.startMany(ctx, "receive", n)
	if err != nil {
		return 0, 0, err
	}
	if published, err = c.deliver(ctx, urls); err != nil {
		return 0, 0, err
	}
	start := time.Now()
	if _, err := c.startMany(ctx, "work", n); err != nil {
		return 0, 0, err
	}
	err = c.waitForRuns(ctx, speedRuns)
	return published, float64(c.handledRuns()) / time.Since(start).Seconds(), err
}

func redisSpeed(ctx context.Context, redisServer string, n int) (handled float64, err error) {
	c, err := newCluster(ctx, noNATS)
	if err != nil {
		return 0, err
	}
	defer c.close()
	dir, err := os.MkdirTemp("", "replicas-redis-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	socket := filepath.Join(dir, "s")
	// Every write is appended to a file, as NATS does. Neither waits for the disk.
	command := exec.CommandContext(ctx, redisServer, "--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "no")
	if err := command.Start(); err != nil {
		return 0, err
	}
	defer func() { _ = command.Process.Kill(); _ = command.Wait() }()
	urls, err := c.startMany(ctx, "redis", n, "REDIS_URL=unix://"+socket)
	if err != nil {
		return 0, err
	}
	return c.deliver(ctx, urls)
}

func (c *cluster) startMany(ctx context.Context, role string, n int, env ...string) (urls []string, err error) {
	for range n {
		p, err := c.start(ctx, role, env...)
		if err != nil {
			return nil, err
		}
		urls = append(urls, p.url)
	}
	return urls, nil
}

// deliver sends callbacks for runs of the ids 1 to speedRuns, and returns how many
// a second got 204.
func (c *cluster) deliver(ctx context.Context, urls []string) (rate float64, err error) {
	sender := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer sender.CloseIdleConnections()
	var id, accepted atomic.Int64
	start := time.Now()
	var senders sync.WaitGroup
	for range 64 {
		senders.Go(func() {
			for i := id.Add(1); i <= speedRuns && ctx.Err() == nil; i = id.Add(1) {
				if c.deliverOne(ctx, sender, urls[int(i)%len(urls)], i) {
					accepted.Add(1)
				}
			}
		})
	}
	senders.Wait()
	if n := accepted.Load(); n < speedRuns {
		return 0, errors.Join(ctx.Err(), fmt.Errorf("%d of %d callbacks were accepted", n, speedRuns))
	}
	return speedRuns / time.Since(start).Seconds(), nil
}

func (c *cluster) deliverOne(ctx context.Context, sender *http.Client, url string, id int64) bool {
	body := fmt.Appendf(nil, `{"timestamp": %q, "status": "success", "prompt": "What is due?", "agent_output": "Nothing is due.", "log": "Nothing is due.", "log_id": %d}`, time.Now().Format(time.RFC3339), id)
	request, err := callback.NewRequest(ctx, url+"/runs/"+c.org(), body, secret)
	if err != nil {
		return false
	}
	response, err := sender.Do(request)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode == http.StatusNoContent
}

// survival finishes runs while replicas are killed and the server is restarted,
// with a signal that stops or kills it. It returns an error if a run was lost, or
// handled twice without having been in flight.
func survival(ctx context.Context, w io.Writer, runs, kills int, signal syscall.Signal) error {
	c, err := newCluster(ctx, "")
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.startMany(ctx, "replica", 3); err != nil {
		return err
	}
	start, killed, restarted := time.Now(), 0, 0
	err = c.finishRuns(ctx, runs, func(n int) error {
		if n > 0 && n%(runs/(kills+1)) == 0 && killed < kills {
			killed++
			if err := c.kill(fmt.Sprintf("replica %d", killed)); err != nil {
				return err
			}
			if _, err := c.start(ctx, "replica"); err != nil {
				return err
			}
		}
		if n > 0 && n%(runs/(serverRestarts+1)) == runs/(2*(serverRestarts+1)) && restarted < serverRestarts {
			restarted++
			return c.restartServer(ctx, fmt.Sprintf("server %d", restarted), signal)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := c.waitForRuns(ctx, runs); err != nil {
		return err
	}
	inFlight := c.inFlight()
	c.mu.Lock()
	defer c.mu.Unlock()
	twice := 0
	for _, calls := range c.calls {
		twice += calls - 1
	}
	how := "restarted"
	if signal == syscall.SIGKILL {
		how = "killed"
	}
	lost := c.unhandled(runs)
	if _, err := fmt.Fprintf(w, "\n%d runs in %s, %d replicas killed and the server %s %d times: %d lost, %d handled twice (%d were in flight)\n",
		runs, time.Since(start).Round(time.Second), killed, how, restarted, len(lost), twice, inFlight); err != nil {
		return err
	}
	switch {
	case len(lost) > 0:
		dead, err := c.deadLetters(ctx)
		return errors.Join(fmt.Errorf("%d runs were lost, such as those of the logs %v; there are %d dead letters", len(lost), lost[:min(len(lost), 10)], dead), err)
	case twice > inFlight:
		return fmt.Errorf("%d runs were handled twice without having been in flight", twice-inFlight)
	}
	return nil
}

// unhandled returns the ids of the logs from 1 to n whose runs were not handled.
func (c *cluster) unhandled(n int) (ids []int64) {
	for id := int64(1); id <= int64(n); id++ {
		if c.calls[id] == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}
