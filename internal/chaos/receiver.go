package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

const secret = "a secret of enough bytes"

// receive runs a Receiver that reports to the service which runs it has handled,
// and for which of them it has recorded that.
func receive(ctx context.Context, address, number, process, position string, limit int64, sharesStore bool) error {
	limitFileSize(limit)
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"), client.WithBaseURL(address))
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	if err != nil {
		return err
	}
	report := func(ctx context.Context, event string, id int64) error {
		return post(ctx, fmt.Sprintf("%s/ledger/%s?receiver=%s&process=%s&id=%d", address, event, number, process, id), "")
	}
	opts := []runs.Option{
		runs.WithPositionFile(position), runs.WithStart(time.Time{}), runs.WithPollInterval(time.Second),
		runs.WithObserver(func(ctx context.Context, outcome runs.Outcome) {
			switch {
			case outcome.LogID == 0, limit > 0: // on a full disk, nothing counts as recorded
			case outcome.Kind == runs.KindSave:
				_ = report(ctx, "unrecorded", outcome.LogID)
			case outcome.Err == nil:
				_ = report(ctx, "recorded", outcome.LogID)
			case errors.Is(outcome.Err, callback.ErrDuplicate):
				_ = report(ctx, "duplicate", outcome.LogID)
			}
		}),
	}
	if sharesStore {
		opts = append(opts, runs.WithStore(remoteStore{address}))
	}
	receiver, err := runs.NewReceiver(c, verifier, func(ctx context.Context, run *runs.Run) error {
		return report(ctx, "handled", run.LogID)
	}, opts...)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: receiver, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	go func() { _ = server.Serve(listener) }()
	if err := post(ctx, address+"/receiver?receiver="+number, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	err = receiver.Follow(ctx)
	return errors.Join(err, server.Close())
}

// statusError is an unsuccessful response.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("%d %s", int(e), http.StatusText(int(e))) }

func post(ctx context.Context, url, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusNoContent {
		return statusError(response.StatusCode)
	}
	return nil
}
