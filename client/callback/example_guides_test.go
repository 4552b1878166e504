package callback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/iblai/iblai-go/client"
	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/sandbox"
)

// How does one receiver serve two orgs? Each org has a path, a secret and a handler
// of its own. They share the store, whose keys contain the org: the log ids of two
// deployments may be the same.
func Example_twoTenants() {
	store, err := callback.NewMemoryStore(10_000, 24*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	secrets := map[string]api.Secret{
		"acme":    api.NewSecret("the callback_secret of acme"),
		"library": api.NewSecret("the callback_secret of library"),
	}
	mux := http.NewServeMux()
	for org, secret := range secrets {
		verifier, err := callback.NewVerifier(secret)
		if err != nil {
			log.Fatal(err)
		}
		handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
			fmt.Println(callback.Key(org, event.LogID), event.AgentOutput)
			return nil
		}, callback.WithOrg(org), callback.WithDeduplication(store), callback.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			log.Fatal(err)
		}
		mux.Handle("/runs/"+org, handler)
	}

	for _, sent := range []struct{ path, signedBy string }{
		{"/runs/acme", "acme"}, {"/runs/library", "library"}, {"/runs/library", "acme"},
	} {
		body := []byte(`{"log_id": 7, "status": "success", "agent_output": "All quiet."}`)
		request, err := callback.NewRequest(context.Background(), sent.path, body, secrets[sent.signedBy])
		if err != nil {
			log.Fatal(err)
		}
		response := httptest.NewRecorder()
		mux.ServeHTTP(response, request)
		fmt.Println(sent.path, response.Code)
	}
	// Output:
	// acme:7 All quiet.
	// /runs/acme 204
	// library:7 All quiet.
	// /runs/library 204
	// /runs/library 401
}

// How is a secret rotated without losing a callback? The receiver accepts both
// secrets while the agents are given the new one.
func ExampleVerifier_SetSecrets() {
	ctx := context.Background()
	oldSecret, newSecret := api.NewSecret("the old secret of the agents"), api.NewSecret("the new secret of the agents")
	verifier, err := callback.NewVerifier(oldSecret)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := callback.NewHandler(verifier, func(_ context.Context, event *callback.Event) error {
		fmt.Println("run", event.LogID)
		return nil
	}, callback.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		log.Fatal(err)
	}
	sb, err := sandbox.New(
		sandbox.WithCallbackHandler(handler),
		sandbox.WithPeriodicAgent(sandbox.DefaultOrg, client.PeriodicAgentCreateRequest{
			Title:          "Digest",
			Task:           client.PeriodicTaskRequest{Crontab: client.CrontabSchedule{Minute: "0"}},
			CallbackURL:    new("https://hooks.example.edu/runs"),
			CallbackSecret: &oldSecret,
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	defer sb.Close()
	c, err := client.New(sb.ClientOptions()...)
	if err != nil {
		log.Fatal(err)
	}
	runOnce := func() {
		run, err := sb.RunNow(ctx, 1, sandbox.Outcome{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(run.Delivery.StatusCode)
	}

	runOnce()
	if err := verifier.SetSecrets(newSecret, oldSecret); err != nil { // in every replica, before any agent changes
		log.Fatal(err)
	}
	runOnce()
	for agent, err := range c.PeriodicAgents.All(ctx, nil) {
		if err != nil {
			log.Fatal(err)
		}
		if _, err := c.PeriodicAgents.Update(ctx, agent.ID, &client.PeriodicAgentUpdateRequest{CallbackSecret: &newSecret}); err != nil {
			log.Fatal(err)
		}
	}
	if err := verifier.SetSecrets(newSecret); err != nil { // after the last run that started with the old secret
		log.Fatal(err)
	}
	runOnce()
	// Output:
	// run 1
	// 204
	// run 2
	// 204
	// run 3
	// 204
}

// A store of one process recognizes callbacks that are delivered again.
func ExampleNewMemoryStore() {
	ctx := context.Background()
	store, err := callback.NewMemoryStore(10_000, 24*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	// A Handler does this for each event, see WithDeduplication.
	key := callback.Key("acme", 4711)
	fmt.Println(store.Claim(ctx, key, "first delivery"))
	fmt.Println(errors.Is(store.Claim(ctx, key, "second delivery"), callback.ErrInProgress))
	if err := store.Release(ctx, key, "first delivery"); err != nil { // the function has failed
		log.Fatal(err)
	}
	fmt.Println(store.Claim(ctx, key, "second delivery"))
	if err := store.Done(ctx, key); err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(store.Claim(ctx, key, "third delivery"), callback.ErrDuplicate))
	// Output:
	// <nil>
	// true
	// <nil>
	// true
}

// A callback and a log of the same run have the same key.
func ExampleKey() {
	fmt.Println(callback.Key("acme", 4711))
	// Output: acme:4711
}

// The test of a receiver sends a callback as the platform would.
func ExampleNewRequest() {
	secret := api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	request, err := callback.NewRequest(context.Background(), "https://hooks.example.edu/runs", []byte(`{"log_id": 4711}`), secret)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Method, request.URL.Path, request.Header.Get("X-Hub-Signature-256") != "")
	// Output: POST /runs true
}

// A program that passes callbacks on signs them for its own receivers.
func ExampleSign() {
	header, err := callback.Sign([]byte(`{"log_id": 4711}`), api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(header)
	// Output: sha256=5a02a245c1d8d1011977ba013470f9e093c1629fe589b8990263e36c558e81b5
}

// An agent whose secret is short, and can't be changed, can still be verified.
func ExampleNewVerifierAllowShort() {
	_, err := callback.NewVerifier(api.NewSecret("hunter2"))
	fmt.Println(errors.Is(err, callback.ErrShortSecret))
	verifier, err := callback.NewVerifierAllowShort(api.NewSecret("hunter2"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(verifier.Verify([]byte(`{}`), ""), callback.ErrNoSignature))
	// Output:
	// true
	// true
}

// The limits of a receiver are tested with a clock of the test.
func ExampleWithMaxAge() {
	secret := api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	noon := time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)
	handler, err := callback.NewHandler(verifier, func(context.Context, *callback.Event) error { return nil },
		callback.WithMaxAge(time.Hour),
		callback.WithClock(func() time.Time { return noon }),
		callback.WithMaxBody(1<<20),
		callback.WithMaxUnverified(16<<20),
		callback.WithObserver(func(_ context.Context, outcome callback.Outcome) { fmt.Println(outcome.StatusCode, outcome.Err) }),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, body := range [][]byte{
		[]byte(`{"log_id": 1, "timestamp": "2026-01-05T11:30:00Z"}`),
		[]byte(`{"log_id": 2, "timestamp": "2026-01-05T10:30:00Z"}`),
		bytes.Repeat([]byte(" "), 2<<20),
	} {
		request, err := callback.NewRequest(context.Background(), "/runs", body, secret)
		if err != nil {
			log.Fatal(err)
		}
		handler.ServeHTTP(httptest.NewRecorder(), request)
	}
	// Output:
	// 204 <nil>
	// 400 callback: too old: a replay or a late delivery; see WithMaxAge
	// 413 callback: body too large: raise the limit with WithMaxBody
}
