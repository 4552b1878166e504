package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/sandbox"
)

// roleVariable tells a process of this program what it is.
const roleVariable = "REPLICAS_ROLE"

// nameVariable holds the name of the stream.
const nameVariable = "REPLICAS_NAME"

var secret = api.NewSecret("a secret of enough bytes")

// runRole runs a process of the cluster. It ends with the program that has started
// it, even if that is killed: the standard input is then closed.
func runRole(ctx context.Context, role string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	switch role {
	case "server":
		return natsServer(ctx)
	case "redis":
		return redisReplica(ctx)
	default:
		return replica(ctx, role)
	}
}

// natsServer runs an embedded NATS server.
func natsServer(ctx context.Context) error {
	port, err := strconv.Atoi(os.Getenv("NATS_PORT"))
	if err != nil {
		return err
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: os.Getenv("NATS_DIR"), NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		return errors.New("the NATS server did not start")
	}
	fmt.Println("listening", s.ClientURL())
	<-ctx.Done()
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// cluster is a sandbox, a NATS server, processes of this program, and a load
// balancer in front of them.
type cluster struct {
	sandbox  *sandbox.Server
	agent    int64
	natsURL  string
	name     string // of the stream; the ids of the runs of each sandbox begin at 1
	dir      string // of the NATS server, or empty
	balancer *httptest.Server

	mu        sync.Mutex
	processes []*process
	next      int           // for the load balancer
	calls     map[int64]int // by the id of the log

	isServerDown bool
	serverUpAt   time.Time // when the server was started again
}

// process is a process of this program.
type process struct {
	role, name string
	end        string
	url        string // where it listens
	command    *exec.Cmd
	ready      chan struct{}
	exited     chan struct{}

	received, handled, redelivered int

	// unsettled are the runs that were handled, by the id of the log, and whose
	// result may not be stored yet. interrupted is the number of those that an
	// outage of the server interrupted.
	unsettled   map[int64]time.Time
	interrupted int
}

// noNATS is the URL of a cluster without NATS.
const noNATS = "nats://unused:1"

func newCluster(ctx context.Context, natsURL string) (_ *cluster, err error) {
	c := &cluster{natsURL: natsURL, name: "iblai-example-" + rand.Text(), calls: map[int64]int{}}
	if natsURL != "" && natsURL != noNATS {
		_, closeConn, err := c.connect()
		if err != nil {
			return nil, err
		}
		closeConn()
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.sandbox, err = sandbox.Start(); err != nil {
		return nil, err
	}
	c.sandbox.StopScheduler()
	c.balancer = httptest.NewServer(&httputil.ReverseProxy{Rewrite: c.route, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusBadGateway)
	}})
	org := c.org()
	if c.agent, err = newAgent(c.sandbox, org, c.balancer.URL+"/runs/"+org); err != nil {
		return nil, err
	}
	if natsURL != "" {
		return c, nil
	}
	if c.dir, err = os.MkdirTemp("", "replicas-nats-"); err != nil {
		return nil, err
	}
	c.natsURL = "nats://127.0.0.1:" + strconv.Itoa(server.RANDOM_PORT)
	if err = c.startServer(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// startServer starts the NATS server, on the port that it had before.
func (c *cluster) startServer(ctx context.Context) error {
	p, err := c.start(ctx, "server")
	if err == nil {
		c.natsURL = p.url
	}
	return err
}

func (c *cluster) org() string { return c.sandbox.Accounts()[0].Org }

// redactedURL returns the URL of the NATS server without a password.
func (c *cluster) redactedURL() string {
	u, err := url.Parse(c.natsURL)
	if err != nil {
		return "NATS_URL"
	}
	return u.Redacted()
}

// route sends a callback to the replicas in turn, whether they are alive or not.
func (c *cluster) route(r *httputil.ProxyRequest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range c.processes {
		p := c.processes[c.next%len(c.processes)]
		c.next++
		if p.role != "server" && p.url != "" && p.end == "" {
			if target, err := url.Parse(p.url); err == nil {
				r.SetURL(target)
			}
			return
		}
	}
}

// start starts a process, and waits until it is ready.
func (c *cluster) start(ctx context.Context, role string, env ...string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	account := c.sandbox.Accounts()[0]
	p := &process{role: role, ready: make(chan struct{}), exited: make(chan struct{}), unsettled: map[int64]time.Time{}}
	p.command = exec.CommandContext(context.WithoutCancel(ctx), program)
	p.command.Env = append(os.Environ(), roleVariable+"="+role,
		"NATS_URL="+c.natsURL, nameVariable+"="+c.name, "NATS_DIR="+c.dir, "NATS_PORT="+c.natsURL[strings.LastIndex(c.natsURL, ":")+1:],
		"IBLAI_BASE_URL="+c.sandbox.URL, "IBLAI_API_KEY="+account.APIKey.Reveal(), "IBLAI_ORG="+account.Org,
		"IBLAI_USERNAME="+account.Username, "IBLAI_CALLBACK_SECRET="+secret.Reveal())
	p.command.Env = append(p.command.Env, env...)
	p.command.Stderr = os.Stderr
	output, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if _, err := p.command.StdinPipe(); err != nil { // open until this program ends
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	number := 1
	for _, other := range c.processes {
		if other.role == role {
			number++
		}
	}
	p.name = fmt.Sprintf("%s %d", role, number)
	c.processes = append(c.processes, p)
	c.mu.Unlock()
	go func() {
		defer close(p.exited)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			c.record(p, strings.Fields(lines.Text()))
		}
		_ = p.command.Wait()
	}()
	if role == "work" { // it doesn't listen
		return p, nil
	}
	select {
	case <-p.ready:
		return p, nil
	case <-p.exited:
		return nil, errors.New(p.name + " did not start")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// record records a line that a process has printed.
func (c *cluster) record(p *process, words []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(words) == 2 && words[0] == "listening":
		p.url = words[1]
		close(p.ready)
	case len(words) == 1 && words[0] == "received":
		p.received++
	case len(words) == 3 && words[0] == "handled":
		id, isRedelivered := parseHandled(words[1], words[2])
		p.handled++
		if isRedelivered {
			p.redelivered++
		}
		c.calls[id]++
		p.unsettled[id] = time.Now()
	case len(words) == 2 && words[0] == "settled":
		id, _ := strconv.ParseInt(words[1], 10, 64)
		handledAt, isHandled := p.unsettled[id]
		delete(p.unsettled, id)
		if isHandled && (c.isServerDown || c.serverUpAt.After(handledAt)) {
			p.interrupted++
		}
	}
}

// inFlight returns how many runs were handled, and not settled, when their
// replica was killed or the server stopped.
func (c *cluster) inFlight() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.processes {
		n += p.interrupted
		if p.end != "" {
			n += len(p.unsettled)
		}
	}
	return n
}

// restartServer stops the NATS server with a signal, and starts it again.
func (c *cluster) restartServer(ctx context.Context, name string, signal syscall.Signal) error {
	c.mu.Lock()
	c.isServerDown = true
	c.mu.Unlock()
	if err := c.signal(name, signal, "stopped"); err != nil {
		return err
	}
	err := c.startServer(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.isServerDown, c.serverUpAt = false, time.Now()
	return err
}

func (c *cluster) handledRuns() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.calls)
}

// kill kills a process.
func (c *cluster) kill(name string) error { return c.signal(name, syscall.SIGKILL, "killed") }

func (c *cluster) signal(name string, signal syscall.Signal, end string) error {
	c.mu.Lock()
	var found *process
	for _, p := range c.processes {
		if p.name == name {
			found = p
		}
	}
	if found == nil {
		c.mu.Unlock()
		return fmt.Errorf("there is no %s", name)
	}
	found.end = end
	c.mu.Unlock()
	if err := found.command.Process.Signal(signal); err != nil {
		return err
	}
	<-found.exited
	return nil
}

// close kills all processes.
func (c *cluster) close() {
	for _, p := range c.processes {
		if p.end == "" {
			_ = c.kill(p.name)
		}
	}
	if c.balancer != nil {
		c.balancer.Close()
	}
	if c.sandbox != nil {
		c.sandbox.Close()
	}
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
	} else if c.natsURL == noNATS {
		return
	} else if err := c.deleteStreams(); err != nil {
		log.Print("replicas: ", err)
	}
}

// deleteStreams deletes the streams and buckets of this cluster from the server
// at NATS_URL.
func (c *cluster) deleteStreams() error {
	js, closeConn, err := c.connect()
	if err != nil {
		return err
	}
	defer closeConn()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, name := range []string{c.name, c.name + "-dead", "KV_" + c.name + "-done", "KV_" + c.name + "-positions"} {
		if err := js.DeleteStream(ctx, name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			return fmt.Errorf("stream %s: %w", name, err)
		}
	}
	return nil
}

// deadLetters returns the number of dead letters.
func (c *cluster) deadLetters(ctx context.Context) (n uint64, err error) {
	js, closeConn, err := c.connect()
	if err != nil {
		return 0, err
	}
	defer closeConn()
	stream, err := js.Stream(ctx, c.name+"-dead")
	if err != nil {
		return 0, err
	}
	return stream.CachedInfo().State.Msgs, nil
}

func (c *cluster) connect() (_ jetstream.JetStream, closeConn func(), err error) {
	conn, err := nats.Connect(c.natsURL)
	if invalid, ok := errors.AsType[*url.Error](err); ok {
		err = invalid.Err // without the URL, which may have a password
	}
	if err != nil {
		return nil, nil, fmt.Errorf("NATS at %s: %w", c.redactedURL(), err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return js, conn.Close, nil
}
