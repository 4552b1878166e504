package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// receive runs a Receiver that notifies the service of every run that it
// handles.
func receive(ctx context.Context, address, position string, limit int64) error {
	limitFileSize(limit)
	c, err := client.New(client.WithAPIKey("key"), client.WithOrg("acme"), client.WithUsername("ada"), client.WithBaseURL(address))
	if err != nil {
		return err
	}
	verifier, err := callback.NewVerifier(api.NewSecret(secret))
	if err != nil {
		return err
	}
	receiver, err := runs.NewReceiver(c, verifier, func(ctx context.Context, run *runs.Run) error {
		return post(ctx, fmt.Sprintf("%s/handled?id=%d", address, run.LogID), "")
	}, runs.WithPositionFile(position), runs.WithStart(time.Time{}), runs.WithPollInterval(time.Second),
		runs.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: receiver, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second}
	go func() { _ = server.Serve(listener) }()
	if err := post(ctx, address+"/receiver", "http://"+listener.Addr().String()); err != nil {
		return err
	}
	err = receiver.Follow(ctx)
	return errors.Join(err, server.Close())
}

func post(ctx context.Context, url, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusNoContent {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
