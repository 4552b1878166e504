package runs_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// A watchdog reports that an agent fails. Here, three runs fail in a row.
func ExampleNewWatchdog() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	for range 3 {
		if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{Status: api.StatusError}); err != nil {
			log.Fatal(err)
		}
	}
	folder, err := os.MkdirTemp("", "alarms")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()

	watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
		for _, alarm := range alarms {
			fmt.Println(alarm.Kind, alarm.AgentTitle, alarm.IsResolved())
		}
		stop()
		return nil
	},
		runs.WithAlarmFile(filepath.Join(folder, "alarms")),
		runs.WithFailures(3),
		runs.WithGrace(15*time.Minute),
		runs.WithSilence(time.Hour),
		runs.WithScheduleLocation(time.UTC),
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(watchdog.Run(ctx))
	for _, alarm := range watchdog.OpenAlarms() {
		fmt.Println("open:", alarm.Kind)
	}
	// Output:
	// failing Digest false
	// context canceled
	// open: failing
}

// savedAlarms saves open alarms, as a row of a database does.
type savedAlarms struct{ text []byte }

func (s *savedAlarms) Load(context.Context) ([]byte, error) { return s.text, nil }

func (s *savedAlarms) Save(_ context.Context, text []byte) error {
	s.text = text
	return nil
}

// In a program with a receiver, the watchdog reads the logs that the receiver
// polls.
func ExampleWithWatchdog() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	sb, c, agent := newAgent(ctx)
	defer sb.Close()
	if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{Status: api.StatusError}); err != nil {
		log.Fatal(err)
	}
	incidents := map[string]runs.AlarmKind{}
	watchdog, err := runs.NewWatchdog(c, func(_ context.Context, alarms []runs.Alarm) error {
		for _, alarm := range alarms {
			incidents[alarm.Key()] = alarm.Kind // the key is the same when it is resolved
		}
		stop()
		return nil
	}, runs.WithFailures(1), runs.WithAlarmStore(new(savedAlarms)))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := runs.NewReceiver(c, verifier, func(context.Context, *runs.Run) error { return nil },
		runs.WithWatchdog(watchdog), runs.WithStart(time.Now().Add(-time.Hour)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receiver.Follow(ctx))
	for _, kind := range incidents {
		fmt.Println("incident:", kind)
	}
	// Output:
	// context canceled
	// incident: failing
}
