package tests

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/runs/natsruns"
	"github.com/iblai/iblai-go/client/sandbox"
)

// Some tests kill or pause processes. These processes run this test binary with
// the variable set.
const roleVariable = "NATSRUNS_TEST_ROLE"

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		if err := process(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1) //nolint:forbidigo // a program
		}
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // as m.Run requires
}

func process(role string) error {
	if role == "server" {
		return serverProcess()
	}
	return bridgeProcess(role)
}

// bridgeProcess follows, or handles runs. It prints a line when the function is
// called for a run, and when the result is stored. The role hang never finishes a
// run.
func bridgeProcess(role string) error {
	ctx := context.Background()
	conn, err := nats.Connect(os.Getenv("NATS_URL"), nats.MaxReconnects(-1), nats.ReconnectWait(tick))
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		return err
	}
	bridge, err := natsruns.New(ctx, js, []natsruns.Org{{Client: c, Verifier: verifier}}, append(bridgeOptions(),
		natsruns.WithObserver(func(_ context.Context, o natsruns.Outcome) {
			if o.Kind == natsruns.KindRun {
				printEvent("settled", o.LogID)
			}
		}))...)
	if err != nil {
		return err
	}
	if role == "follow" {
		return bridge.Follow(ctx)
	}
	return bridge.Consume(ctx, func(ctx context.Context, run *natsruns.Run) error {
		printEvent("handled", run.LogID)
		if role == "hang" {
			<-ctx.Done()
		}
		return nil
	}, natsruns.WithConcurrency(4))
}

func printEvent(event string, logID int64) {
	fmt.Println(event, logID, time.Now().UnixNano()) //nolint:forbidigo // the output of a program
}

// bridgeOptions returns options of the bridges of tests with processes. The
// AckWait is long, because a claim that expires on a slow machine would be handled
// twice without a kill.
func bridgeOptions() []natsruns.Option {
	return []natsruns.Option{
		natsruns.WithLogger(slog.New(slog.DiscardHandler)), natsruns.WithAckWait(5 * time.Second), natsruns.WithLease(time.Second),
		natsruns.WithFollowOptions(runs.WithPollInterval(50*time.Millisecond), runs.WithStart(time.Time{})),
	}
}

// serverProcess runs a NATS server until the process is told to stop.
func serverProcess() error {
	port, err := strconv.Atoi(os.Getenv("NATS_PORT"))
	if err != nil {
		return err
	}
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: os.Getenv("NATS_DIR"), NoLog: true, NoSigs: true,
	})
	if err != nil {
		return err
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		return errors.New("the NATS server did not start")
	}
	fmt.Println(s.ClientURL()) //nolint:forbidigo // the output of a program
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	s.Shutdown()
	s.WaitForShutdown()
	return nil
}

// testProcess is a process of this test binary.
type testProcess struct {
	*os.Process
	exited chan struct{}
}

// startProcess starts a process that connects to the server at url and to the
// sandbox. Lines that it prints are passed to printed, unless that is nil.
func startProcess(t *testing.T, role, url string, sb *sandbox.Server, printed func(string)) *testProcess {
	t.Helper()
	account := sb.Accounts()[0]
	return startRole(t, role, printed, "NATS_URL="+url, "IBLAI_BASE_URL="+sb.URL,
		"IBLAI_API_KEY="+account.APIKey.Reveal(), "IBLAI_ORG="+account.Org, "IBLAI_USERNAME="+account.Username)
}

func startRole(t *testing.T, role string, printed func(string), env ...string) *testProcess {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	p := &testProcess{Process: command.Process, exited: make(chan struct{})}
	go func() {
		defer close(p.exited)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if printed != nil {
				printed(lines.Text())
			}
		}
		_ = command.Wait()
	}()
	t.Cleanup(p.kill)
	return p
}

// kill kills the process and waits until all that it has printed is read.
func (p *testProcess) kill() { p.stop(syscall.SIGKILL) }

func (p *testProcess) stop(signal syscall.Signal) {
	_ = p.Signal(signal)
	<-p.exited
}

// serverInProcess is a NATS server in a process of its own.
type serverInProcess struct {
	t       *testing.T
	dir     string
	port    int
	url     string
	process *testProcess
}

func startServerProcess(t *testing.T) *serverInProcess {
	t.Helper()
	s := &serverInProcess{t: t, dir: t.TempDir(), port: freePorts(t, 1)[0]}
	s.start()
	return s
}

func (s *serverInProcess) start() {
	s.t.Helper()
	urls := make(chan string, 1)
	s.process = startRole(s.t, "server", func(url string) { urls <- url }, "NATS_DIR="+s.dir, fmt.Sprintf("NATS_PORT=%d", s.port))
	select {
	case s.url = <-urls:
	case <-s.process.exited:
		require.FailNow(s.t, "the server did not start")
	}
}

// restart stops the server with a signal and starts it again.
func (s *serverInProcess) restart(signal syscall.Signal) {
	s.t.Helper()
	s.process.stop(signal)
	s.start()
}
