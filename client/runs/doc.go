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
// The function is called for every run that finishes after the receiver was
// first started, until it has returned nil for the run or [WithDeadLetter] has
// given the run up. After that it is called again only if the process was
// killed or a store failed before the end of the handling was recorded: the
// runs that were in progress are then handled twice. A run is identified by its
// org and the id of its log, whether callbacks, the logs or both report it, and
// however often. The position moves only past logs that were proven to be read
// completely. The proof uses the ids and times of the service, not the
// program's clock. A run that is missed after all is reported: its log appeared
// later than the overlap ([ErrLateLogs]), or can't be read
// ([ErrUnreadableLog]).
//
// That needs [WithPositionFile] or [WithPositionStore]. Without them, a program
// begins with the present at every start, and misses runs that finished while it
// was down. Deleting an agent deletes its logs: runs whose logs are deleted before
// a poll has found them are known from callbacks only.
//
// # How the logs are followed
//
// A poll requests the newest logs. If none of them is new, the poll is
// complete. Otherwise it reads the logs after the last known one, the oldest
// first. Its pages overlap, or the list is proven not to have changed between
// them, so that no log can slip through while others are created or deleted. If
// it finds fewer new logs than the list has gained, and at least every 5
// minutes ([WithReread]), it reads all logs within the overlap ([WithOverlap])
// again. One more list shows which runs are still running. A 404 counts only if
// the service itself has written it.
//
// # Failures
//
// A function that returns an error or panics is called again: after a second at
// first, and after up to 5 minutes later on, while other runs are handled.
// Stores that fail or hang are reported and tried again.
//
// [Receiver.Follow] returns an error if the position can't be loaded or saved at
// the start, or if the first polls fail for good, for example because the API
// key is wrong. After a successful poll it doesn't return, since keys are rotated
// and gateways fail: it reports the error, the receiver's [Status] is not ready,
// and it retries with exponential backoff.
//
// The receiver reports every callback, handled run and poll as an [Outcome], and
// everything about the logs and the position that needs attention. By default it
// logs failures to [slog.Default]. [WithLogger] replaces that logger, and
// [WithObserver] passes outcomes to a function.
//
// # Several processes
//
// Several receivers can share the work: each follows the logs with a position of
// its own, and a [callback.Store] that they share ([WithStore]) lets one of them
// handle a run.
//
// # Errors
//
// An invalid argument or option is reported as an [*api.ArgumentError] before
// anything is sent. Errors of package client are wrapped. Follow returns
//
//	ErrFollowing        Receiver.Follow is called while it is running
//	ErrPositionFormat   a saved position has another format
//	ErrPositionLocked   another process uses the position's file
//	ErrUnfinished       functions have not returned when Follow ends
//
// These are reported in an [Outcome], or yielded by [Follow]:
//
//	ErrPositionAhead    the position is ahead of the service's clock
//	ErrStoreHangs       a store ignores the end of its context
//	ErrNoLogID          the service has sent a log without its id
//	ErrUnreadableLog    a log is too large, or can't be decoded
//	ErrLateLogs         logs have appeared later than the overlap
//	ErrUnsortedList     the service ignores the requested ordering
//	ErrUnstableList     the pages of the list contradict each other
//	ErrTooManyLogs      more logs than a position can hold are unfinished
//	ErrStuck            a run does not finish
//	ErrNotFinal         a callback reports no finished run
//	ErrLate             a callback's run ended before the position
//	ErrHandlerHangs     a function ignores the end of its context
//	*PanicError         a function has panicked
//	*DeadLetterError    a run was given up
//
// Once returns
//
//	ErrNoAgentID        the service has sent a new agent without its id
//	*CleanupError       Once may have left its agent behind
package runs
