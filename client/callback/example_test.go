package callback_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
)

// A receiver for production handles each run once, refuses old replays, doesn't
// wait for slow senders, and reports every request. In this example the same
// callback is delivered twice.
func Example() {
	// From the environment or a secret store: the agent's callback_secret.
	secret := api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	store, err := callback.NewMemoryStore(10_000, 25*time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := callback.NewHandler(verifier,
		func(ctx context.Context, event *callback.Event) error {
			fmt.Printf("run %d: %s: %s\n", event.LogID, event.Status, event.AgentOutput)
			return nil
		},
		callback.WithReadTimeout(30*time.Second),
		callback.WithMaxAge(24*time.Hour),
		callback.WithDeduplication(store),
		callback.WithObserver(func(ctx context.Context, outcome callback.Outcome) {
			fmt.Println(outcome.StatusCode, outcome.Err)
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/callbacks", handler)

	body := fmt.Appendf(nil, `{"timestamp": %q, "status": "success", "agent_output": "All quiet.", "log_id": 4711}`, time.Now().Format(time.RFC3339))
	for range 2 {
		request, err := callback.NewRequest(context.Background(), "/callbacks", body, secret)
		if err != nil {
			log.Fatal(err)
		}
		mux.ServeHTTP(httptest.NewRecorder(), request)
	}
	// Output:
	// run 4711: success: All quiet.
	// 204 <nil>
	// 204 callback: duplicate: this event has been handled before
}

// A server for callbacks has timeouts, and finishes the callbacks in flight before
// it stops.
func ExampleHandler() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := listen(ctx)
	interrupted := ctx.Err() != nil
	stop()
	if !interrupted {
		log.Fatal(err)
	}
}

func listen(ctx context.Context) error {
	verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("CALLBACK_SECRET")))
	if err != nil {
		return err
	}
	handler, err := callback.NewHandler(verifier, func(ctx context.Context, event *callback.Event) error {
		fmt.Println(event.LogID, event.Status)
		return nil
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/callbacks", handler)
	server := &http.Server{
		Addr:              ":8080",
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
	}
	ctx, cancel := context.WithCancelCause(ctx) // ctx ends when the program is to stop
	go func() { cancel(server.ListenAndServe()) }()
	<-ctx.Done()
	shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	return errors.Join(context.Cause(ctx), server.Shutdown(shutdown))
}

// The test of a receiver sends callbacks with NewRequest.
func ExampleNewHandler() {
	secret := api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	handler, err := callback.NewHandler(verifier, func(ctx context.Context, event *callback.Event) error {
		fmt.Println(event.LogID, event.Status, event.AgentOutput)
		return nil
	}, callback.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		log.Fatal(err)
	}

	body := []byte(`{"timestamp": "2026-01-02T03:04:05Z", "status": "success", "agent_output": "All quiet.", "log_id": 4711}`)
	for _, signer := range []api.Secret{secret, api.NewSecret("a secret that was only guessed")} {
		request, err := callback.NewRequest(context.Background(), "/callbacks", body, signer)
		if err != nil {
			log.Fatal(err)
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		fmt.Println(recorder.Code)
	}
	// Output:
	// 4711 success All quiet.
	// 204
	// 401
}

// During secret rotation, the old and the new secret are accepted.
func ExampleNewVerifier() {
	_, err := callback.NewVerifier(api.NewSecret("the old secret of the agent"), api.NewSecret("the new secret of the agent"))
	fmt.Println(err)

	_, err = callback.NewVerifier(api.NewSecret(os.Getenv("A_VARIABLE_THAT_IS_NOT_SET")))
	fmt.Println(err)
	fmt.Println(errors.Is(err, callback.ErrNoSecret))
	// Output:
	// <nil>
	// ibl.ai: secrets[0] is empty: callback: no secret: use the agent's callback_secret, which must not be empty
	// true
}

// Without net/http, verify the signature first and then parse the body.
func ExampleVerifier_Verify() {
	secret := api.NewSecret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		log.Fatal(err)
	}
	receive := func(body []byte, header string) error {
		if err := verifier.Verify(body, header); err != nil {
			return err
		}
		event, err := callback.ParseEvent(body)
		if err != nil {
			return err
		}
		fmt.Println(event.LogID, event.Status)
		return nil
	}

	body := []byte(`{"status": "success", "log_id": 4711}`)
	header, err := callback.Sign(body, secret)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receive(body, header))
	err = receive([]byte(`{"status": "success", "log_id": 4712}`), header)
	fmt.Println(errors.Is(err, callback.ErrSignatureMismatch))
	// Output:
	// 4711 success
	// <nil>
	// true
}

// Unknown fields, and values of another type, are kept.
func ExampleParseEvent() {
	event, err := callback.ParseEvent([]byte(`{"log_id": "4711", "log": {"steps": 2}, "run_ms": 12.5}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.LogID, event.Timestamp.IsZero())
	for name, value := range event.Unknown.All() {
		fmt.Printf("%s: %s\n", name, value)
	}
	// Output:
	// 4711 true
	// log: {"steps": 2}
	// run_ms: 12.5
}
