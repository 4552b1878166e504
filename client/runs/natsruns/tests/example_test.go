package tests

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A replica receives callbacks, follows the logs and handles runs. The callback
// of the second run is lost: the follower finds the run in the logs.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	js, closeServer := startNATS()
	defer closeServer()
	sb, org, agent := newOrg()
	defer sb.Close()

	bridge, err := natsruns.New(ctx, js, []natsruns.Org{org},
		natsruns.WithLogger(slog.New(slog.DiscardHandler)),
		natsruns.WithFollowOptions(runs.WithStart(time.Time{}), runs.WithPollInterval(50*time.Millisecond)))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /runs/{org}", bridge)
	receiver := httptest.NewServer(mux)
	defer receiver.Close()

	finish(sb, agent)
	finish(sb, agent)
	fmt.Println("callback:", deliverCallback(receiver.URL+"/runs/"+org.Client.Org(), 1))

	var group sync.WaitGroup
	group.Go(func() { fmt.Println("Follow:", bridge.Follow(ctx)) })
	var mu sync.Mutex
	handled := map[int64]string{}
	err = bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error {
		mu.Lock()
		defer mu.Unlock()
		handled[run.LogID] = string(run.Status)
		if len(handled) == 2 {
			stop()
		}
		return nil
	}, natsruns.WithConcurrency(64))
	group.Wait()
	fmt.Println("Consume:", err)
	fmt.Println("handled:", handled)
	// Output:
	// callback: 204 No Content
	// Follow: context canceled
	// Consume: context canceled
	// handled: map[1:success 2:success]
}

// New creates the streams and buckets. The options are those of a group of orgs
// with many small runs. In production, use a cluster and WithReplicas(3).
func ExampleNew() {
	ctx := context.Background()
	js, closeServer := startNATS()
	defer closeServer()
	sb, org, _ := newOrg()
	defer sb.Close()

	orgs := []natsruns.Org{org}
	bridge, err := natsruns.New(ctx, js, orgs,
		natsruns.WithName("europe"),
		natsruns.WithReplicas(1),
		natsruns.WithMaxBytes(4<<30),
		natsruns.WithMaxRunsPerOrg(500_000),
		natsruns.WithDuplicateWindow(10*time.Minute),
		natsruns.WithDoneTTL(6*time.Hour),
		natsruns.WithAckWait(time.Minute),
		natsruns.WithLease(30*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	status, err := bridge.Status(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range status.Orgs {
		fmt.Println(o.Org, "pending:", o.Pending, "lag:", o.Lag, "dead:", o.Dead)
	}

	_, err = natsruns.New(ctx, js, orgs, natsruns.WithName("europe"), natsruns.WithMaxBytes(1<<30))
	if config, ok := errors.AsType[*natsruns.ConfigError](err); ok {
		fmt.Println(config.Setting, "of the", config.Kind, config.Name, "is", config.Got)
	}
	// Output:
	// acme pending: 0 lag: 0s dead: 0
	// max_bytes of the stream europe is 4294967296
}

// Metrics come from outcomes, which count what happens, and from the status, which
// measures what waits. Here they are variables of package expvar.
func ExampleBridge_Status() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	js, closeServer := startNATS()
	defer closeServer()
	sb, org, _ := newOrg()
	defer sb.Close()

	steps := new(expvar.Map) // expvar.NewMap publishes it
	finished := make(chan struct{}, 1)
	bridge, err := natsruns.New(ctx, js, []natsruns.Org{org}, natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
		result := "ok"
		switch {
		case o.Err != nil:
			result = "failed"
		case o.Duplicate:
			result = "duplicate"
		}
		steps.Add(o.Org+" "+string(o.Kind)+" "+result, 1)
		if o.Kind == natsruns.KindRun {
			finished <- struct{}{}
		}
	}))
	if err != nil {
		log.Fatal(err)
	}
	status := expvar.Func(func() any { // expvar.Publish publishes it
		status, err := bridge.Status(ctx)
		if err != nil {
			return err.Error()
		}
		var pending, redelivered, dead int64
		var lag time.Duration
		for _, o := range status.Orgs {
			pending, redelivered, dead, lag = pending+o.Pending, redelivered+o.Redelivered, dead+o.Dead, max(lag, o.Lag)
		}
		return map[string]any{"pending": pending, "redelivered": redelivered, "dead": dead, "lagging": lag > time.Hour}
	})

	receiver := httptest.NewServer(bridge)
	defer receiver.Close()
	deliverCallback(receiver.URL+"/"+org.Client.Org(), 1)
	fmt.Println(status)
	var group sync.WaitGroup
	group.Go(func() {
		_ = bridge.Consume(ctx, func(context.Context, *natsruns.Run) error { return nil })
	})
	<-finished
	stop()
	group.Wait()
	fmt.Println(steps)
	// Output:
	// {"dead":0,"lagging":false,"pending":1,"redelivered":0}
	// {"acme callback ok": 1, "acme run ok": 1}
}

// A run whose function fails becomes a dead letter. It is handled when it is
// replayed after the cause was fixed.
func ExampleBridge_Replay() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	js, closeServer := startNATS()
	defer closeServer()
	sb, org, _ := newOrg()
	defer sb.Close()

	dead := make(chan natsruns.Outcome, 2)
	bridge, err := natsruns.New(ctx, js, []natsruns.Org{org}, natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
		if o.Kind == natsruns.KindDeadLetter {
			dead <- o
		}
	}))
	if err != nil {
		log.Fatal(err)
	}
	receiver := httptest.NewServer(bridge)
	defer receiver.Close()
	deliverCallback(receiver.URL+"/"+org.Client.Org(), 1)
	deliverCallback(receiver.URL+"/"+org.Client.Org(), 2)

	results := make(chan error, 3) // of the calls of the function
	results <- errors.New("disk full")
	results <- errors.New("disk full")
	results <- nil
	handled := make(chan int64)
	var group sync.WaitGroup
	group.Go(func() {
		err := bridge.Consume(ctx, func(_ context.Context, run *natsruns.Run) error {
			err := <-results
			if err == nil {
				handled <- run.LogID
			}
			return err
		}, natsruns.WithMaxAttempts(1), natsruns.WithHandleTimeout(time.Minute), natsruns.WithShutdownTimeout(time.Minute))
		fmt.Println(err)
	})
	<-dead
	<-dead
	var letters []*natsruns.DeadLetter
	for letter, err := range bridge.DeadLetters(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		letters = append(letters, letter)
	}
	for _, letter := range letters {
		fmt.Println("log", letter.LogID, letter.Reason)
		if letter.LogID == 1 {
			err = bridge.Replay(ctx, letter.ID)
		} else {
			err = bridge.Delete(ctx, letter.ID)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("handled", <-handled)
	stop()
	group.Wait()
	// Unordered output:
	// log 1 disk full
	// log 2 disk full
	// handled 1
	// context canceled
}

// startNATS starts a server in this process. Programs connect to one with
// nats.Connect.
func startNATS() (js jetstream.JetStream, closeServer func()) {
	dir, err := os.MkdirTemp("", "natsruns-")
	if err != nil {
		log.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		log.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		log.Fatal("the NATS server did not start")
	}
	conn, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(-1))
	if err != nil {
		log.Fatal(err)
	}
	if js, err = jetstream.New(conn); err != nil {
		log.Fatal(err)
	}
	return js, func() {
		conn.Close()
		s.Shutdown()
		s.WaitForShutdown()
		_ = os.RemoveAll(dir)
	}
}

// newOrg starts a sandbox, and returns its org and the id of an agent.
func newOrg() (*sandbox.Server, natsruns.Org, int64) {
	sb, err := sandbox.Start()
	if err != nil {
		log.Fatal(err)
	}
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	agent, err := sb.AddPeriodicAgent(c.Org(), client.PeriodicAgentCreateRequest{
		Mentor: sb.Mentors(c.Org())[0].UniqueID, Title: "Digest",
		Task: client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0", Hour: "8"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	return sb, natsruns.Org{Client: c, Verifier: verifier}, agent.ID
}

func finish(sb *sandbox.Server, agent int64) {
	if _, err := sb.RunNow(context.Background(), agent, sandbox.Outcome{}); err != nil {
		log.Fatal(err)
	}
}

// deliverCallback sends the callback of a run, as the platform does.
func deliverCallback(url string, logID int64) string {
	body := fmt.Appendf(nil, `{"status": "success", "agent_output": "Nothing is due.", "log_id": %d}`, logID)
	request, err := callback.NewRequest(context.Background(), url, body, secret)
	if err != nil {
		log.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		log.Fatal(err)
	}
	return response.Status
}
