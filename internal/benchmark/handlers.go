package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/go-github/v89/github"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"

	"github.com/iblai/iblai-go/internal/benchmark/fixture"
	"github.com/iblai/iblai-go/internal/benchmark/measure"
)

// receiving compares complete handlers, called without a server: from the
// request to the program's function.
func receiving(ctx context.Context) ([]measurable, error) {
	var all []measurable
	for _, size := range []struct {
		text  string
		bytes int
	}{{"1 KB", 1 << 10}, {"16 KB", 16 << 10}} {
		comparison, err := reception(ctx, "receive a callback, "+size.text, fixture.Callback(size.bytes))
		if err != nil {
			return nil, err
		}
		all = append(all, comparison)
	}
	return all, nil
}

// An event is the decoded form of go-github's payload. It has the fields of
// callback.Event.
type event struct {
	Timestamp   time.Time `json:"timestamp"`
	Status      string    `json:"status"`
	Prompt      string    `json:"prompt"`
	AgentOutput string    `json:"agent_output"`
	Log         string    `json:"log"`
	LogID       int64     `json:"log_id"`
}

func reception(ctx context.Context, work string, body []byte) (*measure.Comparison, error) {
	verifier, err := callback.NewVerifier(api.NewSecret(callbackSecret))
	if err != nil {
		return nil, err
	}
	var ours *callback.Event
	handler, err := callback.NewHandler(verifier, func(_ context.Context, e *callback.Event) error {
		ours = e
		return nil
	})
	if err != nil {
		return nil, err
	}
	receiveOurs, err := receiver(ctx, handler, body)
	if err != nil {
		return nil, err
	}
	var theirs *event
	receiveTheirs, err := receiver(ctx, githubHandler(func(e *event) { theirs = e }), body)
	if err != nil {
		return nil, err
	}
	return &measure.Comparison{
		Work: work,
		Ours: measure.Contestant{Name: "callback.Handler", Run: func() (any, error) { err := receiveOurs(); return ours, err }},
		Others: []measure.Opponent{measure.Against(measure.Contestant{
			Name: "go-github's ValidatePayload, encoding/json",
			Run:  func() (any, error) { err := receiveTheirs(); return theirs, err },
		}, measure.TimesAsFast(2.3))},
	}, nil
}

func githubHandler(handle func(*event)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		payload, err := github.ValidatePayload(r, []byte(callbackSecret))
		if err != nil {
			http.Error(w, "invalid signature", http.StatusUnauthorized)
			return
		}
		e := new(event)
		if err := json.Unmarshal(payload, e); err != nil {
			http.Error(w, "malformed", http.StatusBadRequest)
			return
		}
		handle(e)
		w.WriteHeader(http.StatusNoContent)
	})
}

// receiver returns a function that sends the same request to handler every
// time.
func receiver(ctx context.Context, handler http.Handler, body []byte) (func() error, error) {
	request, err := callback.NewRequest(ctx, "https://app.example.com/callbacks", body, api.NewSecret(callbackSecret))
	if err != nil {
		return nil, err
	}
	reader := bytes.NewReader(body)
	request.Body = io.NopCloser(reader)
	w := &discard{header: http.Header{}}
	return func() error {
		reader.Reset(body)
		handler.ServeHTTP(w, request)
		if w.status != http.StatusNoContent {
			return fmt.Errorf("response with status %d", w.status)
		}
		return nil
	}, nil
}

// A discard is a ResponseWriter that costs nothing.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header { return d.header }

func (d *discard) Write(p []byte) (int, error) { return len(p), nil }

func (d *discard) WriteHeader(status int) { d.status = status }
