package callback_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/iblai/iblai-go/client/callback"
)

// A receiver for production: it handles each run once, refuses old recordings,
// doesn't wait for slow senders and tells what comes in. Here the same callback
// comes twice.
func Example() {
	// From the environment or a secret store: the agent's callback_secret.
	secret := callback.Secret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		fmt.Println(err)
		return
	}

	handler := callback.Handler(verifier,
		func(ctx context.Context, event *callback.Event) error {
			fmt.Printf("run %d: %s: %s\n", event.LogID, event.Status, event.AgentOutput)
			return nil
		},
		callback.WithReadTimeout(30*time.Second),
		callback.WithMaxAge(24*time.Hour),
		callback.WithDeduplication(callback.NewMemoryStore(10_000, 24*time.Hour)),
		callback.WithObserver(func(ctx context.Context, outcome callback.Outcome) {
			// Or slog.InfoContext(ctx, "callback", "outcome", outcome)
			fmt.Println(outcome.StatusCode, outcome.Err)
		}),
	)
	mux := http.NewServeMux()
	mux.Handle("/callbacks", handler)

	body := fmt.Sprintf(`{"timestamp": %q, "status": "success", "agent_output": "All quiet.", "log_id": 4711}`, time.Now().Format(time.RFC3339))
	for range 2 {
		request, err := callback.NewRequest(context.Background(), "/callbacks", []byte(body), secret)
		if err != nil {
			fmt.Println(err)
			return
		}
		mux.ServeHTTP(httptest.NewRecorder(), request)
	}
	// Output:
	// run 4711: success: All quiet.
	// 204 <nil>
	// 204 callback: duplicate: this event has been handled before
}

// NewRequest plays the platform in a test.
func ExampleHandler() {
	secret := callback.Secret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := callback.Handler(verifier, func(ctx context.Context, event *callback.Event) error {
		fmt.Println(event.LogID, event.Status, event.AgentOutput)
		return nil
	})

	body := []byte(`{"timestamp": "2026-01-02T03:04:05Z", "status": "success", "agent_output": "All quiet.", "log_id": 4711}`)
	request, err := callback.NewRequest(context.Background(), "/callbacks", body, secret)
	if err != nil {
		fmt.Println(err)
		return
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	fmt.Println(recorder.Code)

	request.Header.Set(callback.SignatureHeader, callback.Sign([]byte("another body"), secret))
	recorder = httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	fmt.Println(recorder.Code)
	// Output:
	// 4711 success All quiet.
	// 204
	// 401
}

// Give both secrets while one takes the other's place.
func ExampleNewVerifier() {
	_, err := callback.NewVerifier("the old secret of the agent", "the new secret of the agent")
	fmt.Println(err)

	_, err = callback.NewVerifier(callback.Secret(os.Getenv("A_VARIABLE_NOT_SET")))
	fmt.Println(errors.Is(err, callback.ErrNoSecret))
	// Output:
	// <nil>
	// true
}

// Without net/http, the two steps are made by hand, and in this order.
func ExampleVerifier_Verify() {
	secret := callback.Secret("4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55")
	verifier, err := callback.NewVerifier(secret)
	if err != nil {
		fmt.Println(err)
		return
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
	fmt.Println(receive(body, callback.Sign(body, secret)))
	err = receive(body, callback.Sign(body, "a secret that was only guessed"))
	fmt.Println(errors.Is(err, callback.ErrSignatureMismatch))
	// Output:
	// 4711 success
	// <nil>
	// true
}

// Fields that this package doesn't know, and values of another type, are kept.
func ExampleParseEvent() {
	event, err := callback.ParseEvent([]byte(`{"log_id": "4711", "log": {"steps": 2}, "run_ms": 12.5}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.LogID, event.Timestamp.IsZero())
	fmt.Println(string(event.Extra["log"]), string(event.Extra["run_ms"]))
	// Output:
	// 4711 true
	// {"steps": 2} 12.5
}

// A Secret can be printed and logged.
func ExampleSecret() {
	config := struct {
		URL    string
		Secret callback.Secret
	}{"https://receiver.example/callbacks", "4be1c0e0d2fa4e6c9d6b5b0a7a1f3c55"}
	fmt.Printf("%+v\n", config)
	// Output: {URL:https://receiver.example/callbacks Secret:***}
}
