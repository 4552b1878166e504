// Package runs reports every finished run of periodic agents to a program: from
// callbacks, which are fast, and from the logs, which have the runs whose
// callbacks were lost. The platform sends a callback once.
//
//   - A [Receiver] calls a function for every run, from callbacks and logs.
//   - [Follow] yields the logs of runs as they finish, without callbacks.
//   - [Once] runs a mentor once and returns the log of the run.
//
// # A receiver
//
// This program handles the runs of all agents of an org whose callbacks go to
// /runs and are signed with one secret:
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
//		defer stop()
//		if err := run(ctx); ctx.Err() == nil { // else it was interrupted
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
//		receiver, err := runs.NewReceiver(c, verifier, func(ctx context.Context, run *runs.Run) error {
//			fmt.Println(run.LogID, run.Status)
//			return nil
//		}, runs.WithPositionFile("/var/lib/digest/position"))
//		if err != nil {
//			return err
//		}
//
//		mux := http.NewServeMux()
//		mux.Handle("/runs", receiver)
//		mux.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) {
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
// The function is called for every finished run that the logs show, once if
// nothing fails. It is called again for a run if it has returned an error, or if
// the program was killed before it had recorded that the run was handled. A
// [callback.Store] that outlives the process ([WithStore]) records that after each
// run; the position, which is saved after each run too, only for runs that were
// found in the logs.
//
// A position is saved with [WithPositionFile] or [WithPositionStore]. Without one,
// a program begins with the runs of its start and misses what finished while it
// was down.
//
// A log that shows up later than the overlap ([WithOverlap]) after a newer one is
// missed. So is, without a saved position, a run at the start of a program whose
// clock is more than 5 minutes ahead of the service's.
//
// # Failures
//
// What can't work ends [Receiver.Follow] with an error if it shows at the start,
// such as a wrong API key. Later Follow goes on: it reports the error, the
// receiver's [Status] is not ready, and the next poll comes with exponential
// backoff, since keys are rotated and gateways fail. Callbacks that are refused and
// functions that fail are reported, too, each time. All reports are an [Outcome];
// they go to [slog.Default] unless [WithLogger] or [WithObserver] is given.
//
// # Errors
//
// An invalid argument or option is an [*api.ArgumentError], which comes before
// anything is sent. The errors of package client are wrapped. The package's own
// are
//
//	ErrFollowing        Receiver.Follow was called while it is running
//	ErrPositionFormat   a saved position has another format
//	ErrNoLogID          the service sent a log without its id
//	ErrNoAgentID        the service sent a new agent without its id
//	*CleanupError       Once may have left its agent behind
package runs
