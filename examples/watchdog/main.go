// Command watchdog posts an alarm to a webhook when an agent doesn't run, is
// stuck or keeps failing, and when no agent runs at all. It posts again when the
// alarm is resolved.
//
//	go run ./examples/watchdog -webhook https://hooks.example.com/alarms -alarms /var/lib/watchdog/alarms
//
// It reads IBLAI_API_KEY, IBLAI_ORG and IBLAI_USERNAME from the environment.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/runs"
)

func main() {
	address := flag.String("webhook", "", "URL that receives the alarms")
	file := flag.String("alarms", "", "file that saves the open alarms")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *address, *file)
	interrupted := ctx.Err() != nil
	stop()
	if !interrupted {
		log.Fatal("watchdog: ", err)
	}
}

func run(ctx context.Context, address, file string) error {
	hook, err := newWebhook(address)
	if err != nil {
		return err
	}
	c, err := client.FromEnv()
	if err != nil {
		return err
	}
	return watch(ctx, c, hook, file)
}

// watch posts the alarms until the context ends.
func watch(ctx context.Context, c *client.Client, hook *webhook, file string, opts ...runs.WatchOption) error {
	var watchdogOptions []runs.WatchdogOption
	if file != "" {
		watchdogOptions = append(watchdogOptions, runs.WithAlarmFile(file))
	}
	watchdog, err := runs.NewWatchdog(c, hook.post, watchdogOptions...)
	if err != nil {
		return err
	}
	return watchdog.Run(ctx, opts...)
}
