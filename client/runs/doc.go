// Package runs reports every finished run of periodic agents to a program: from
// callbacks, which are fast, and from the logs, since the platform sends a callback
// only once and it may be lost.
//
//   - A [Receiver] calls a function for every run.
//   - [Follow] yields the logs of finished runs, without callbacks.
//   - [Once] runs a mentor once and returns the log of the run.
//
// # A receiver
//
// This program handles the runs in an org. It receives the callbacks of agents
// whose callback_url ends in /runs, all with the same callback_secret.
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		err := run(ctx)
//		interrupted := ctx.Err() != nil
//		stop()
//		if !interrupted {
//			log.Fatal(err)
//		}
//	}
//
//	func run(ctx context.Context) error {
//		c, err := client.FromEnv() // IBLAI_API_KEY, IBLAI_ORG, IBLAI_USERNAME
//		if err != nil {
//			return err
//		}
//		verifier, err := callback.NewVerifier(api.NewSecret(os.Getenv("IBLAI_CALLBACK_SECRET")))
//		if err != nil {
//			return err
//		}
//		receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
//			fmt.Println(run.LogID, run.Status)
//			return nil
//		}, runs.WithPositionFile("/var/lib/digest/position"))
//		if err != nil {
//			return err
//		}
//
//		mux := http.NewServeMux()
//		mux.Handle("/runs", receiver)
//		mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
//			if !receiver.Status().Ready {
//				w.WriteHeader(http.StatusServiceUnavailable)
//			}
//		})
//		server := &http.Server{
//			Addr:              ":8080",
//			Handler:           mux,
//			ReadHeaderTimeout: 5 * time.Second,
//			ReadTimeout:       30 * time.Second,
//			WriteTimeout:      time.Minute,
//			IdleTimeout:       2 * time.Minute,
//		}
//		ctx, cancel := context.WithCancelCause(ctx)
//		go func() { cancel(server.ListenAndServe()) }()
//		followed := receiver.Follow(ctx)
//
//		shutdown, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
//		defer done()
//		return errors.Join(followed, server.Shutdown(shutdown))
//	}
//
// # What is guaranteed
//
// The receiver calls the function for every finished run that appears in the logs.
// It calls it again for a run if it has returned an error, or if the program ended
// before it had recorded that the run was handled. A [callback.Store] that outlives
// the process records that at once ([WithStore]). The position records it after
// the next poll.
//
// Without [WithPositionFile] or [WithPositionStore] no position is saved: the
// program starts with the runs of the present, and misses runs that finished while
// it was down. A program whose clock is ahead of the service's by more than 5
// minutes then also misses runs after its start.
//
// Logs may appear late and out of order. A log that appears later than a newer one
// by more than the overlap is missed ([WithOverlap]).
//
// # Failures
//
// [Receiver.Follow] returns an error if the first polls fail for good, for example
// because the API key is wrong. After a successful poll it doesn't return, since
// keys are rotated and gateways fail: it reports the error, the receiver's [Status]
// is not ready, and it retries with exponential backoff.
//
// The receiver reports every failing function, refused callback, failed poll and
// failed save as an [Outcome]. By default it logs them to [slog.Default].
// [WithLogger] replaces that logger, and [WithObserver] passes outcomes to a
// function.
//
// # Errors
//
// An invalid argument or option is reported as an [*api.ArgumentError] before
// anything is sent. Errors of package client are wrapped. The other errors are
//
//	ErrFollowing        Receiver.Follow is called while it is running
//	ErrPositionFormat   a saved position has another format
//	ErrNoLogID          the service has sent a log without its id
//	ErrNoAgentID        the service has sent a new agent without its id
//	*CleanupError       Once may have left its agent behind
package runs
