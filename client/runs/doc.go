// Package runs notifies a program of every finished run of periodic agents. It
// combines callbacks, which are fast but can be lost, with the logs of the
// runs, which it polls.
//
//   - A [Receiver] calls a function for every finished run.
//     [Receiver.CatchUp] does that step by step, for tests and for programs that
//     are started periodically.
//   - [Follow] polls the logs of finished runs and yields them, without
//     callbacks.
//   - [Once] runs a mentor once and returns the log of the run.
//   - A [Watchdog] reports agents that don't run as they should.
//
// # A receiver
//
// This program handles the finished runs in an org. The callback_url of the
// agents must end in /runs, and all agents must have the same callback_secret.
// The runs of agents without a callback_url are found in the logs.
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
// # Guarantees
//
// With [WithPositionFile] or [WithPositionStore], a receiver calls its function
// for every run that finishes after the first successful poll, or that
// [WithStart] selects, if the log of the run appears within the overlap
// ([WithOverlap]) and can be read. It calls the function until the function
// returns nil or [WithDeadLetter] gives up the run, and restarts don't change
// that. It calls the function again for a run that is done only if the process
// was killed, or a store failed, before the result was stored. The position
// advances only when all logs before it have been read. It depends on the ids
// and times of the service, never on the program's clock.
//
// Without a saved position, a receiver starts from the present each time, and
// misses the runs that finish while the program is down. A run is identified by
// its org and the id of its log, whether callbacks, the logs or both report it.
//
// The function may also be called again for a callback that is delivered late or
// again, if the run took longer than the overlap or the callback has no timestamp:
// the position may have forgotten the run. [WithStore] prevents that.
//
// A run is missed if no callback for it is handled successfully, and one of
// these applies:
//
//   - The log was deleted, which happens when its agent is deleted.
//   - The log appeared later than the overlap, or the service's clock leapt by
//     more than the overlap before it appeared. The receiver reports
//     [ErrLateLogs], unless the program was down or other logs were deleted at
//     the same time.
//   - The log can't be read. The receiver reports [ErrUnreadableLog].
//   - The service sent the log without its id. The receiver reports
//     [ErrNoLogID].
//
// # How the logs are polled
//
// A poll requests the newest logs and, if runs are in progress, the list of
// running logs. If the first page contains all new logs, no other page is
// requested. Otherwise the poll reads the logs from the last known one on,
// oldest first. Either consecutive pages overlap, or the poll verifies that the
// list has not changed between them. Therefore no log is skipped when others
// are created or deleted.
//
// The poll reads all logs within the overlap again if the list has grown by
// more than the logs found, and every 5 minutes by default ([WithReread]). A
// 404 from a proxy is a failed request. It means neither that a log was deleted
// nor that the list has ended.
//
// # Failures
//
// If the function returns an error or panics, a later poll calls it again, with
// exponential backoff of up to 5 minutes. [Run.Event] is nil then, since the
// run comes from the logs. Other runs are handled in the meantime. If a store
// fails or hangs, the receiver reports the error and retries.
//
// [Receiver.Follow] returns an error if the position can't be loaded, if it
// can't be saved before the first poll, or if the first polls fail permanently,
// for example because the API key is wrong. After a successful poll it treats
// all errors as temporary, since keys are rotated and gateways fail. It then
// reports the error, sets the receiver's [Status] to not ready, and retries
// with exponential backoff.
//
// The receiver reports every callback, handled run and poll as an [Outcome], as
// well as problems with the logs and the position. By default it logs outcomes
// to [slog.Default]. [WithLogger] replaces that logger, and [WithObserver]
// passes outcomes to a function.
//
// # Several processes
//
// Several receivers can share the work. Each of them polls the logs and has its
// own position. They share a [callback.Store] ([WithStore]), so that each run
// is handled by one of them.
//
// # Errors
//
// An invalid argument or option is reported as an [*api.ArgumentError] before
// any request is sent. Errors from package client are wrapped. Receiver.Follow
// returns
//
//	ErrFollowing        Receiver.Follow is called while it is running
//	ErrWatching         the watchdog is already in use
//	ErrAlarmFormat      the format of the saved alarms is not supported
//	ErrPositionFormat   the format of a saved position is not supported
//	ErrPositionLocked   another process uses the position file
//	ErrUnfinished       runs were still being handled after the shutdown timeout
//
// These are reported in an [Outcome], or yielded by [Follow]:
//
//	ErrPositionAhead    the position is ahead of the service's clock
//	ErrStoreHangs       a store has not returned after its context ended
//	ErrNoLogID          the service sent a log without its id
//	ErrUnreadableLog    a log is too large, or can't be decoded
//	ErrLateLogs         logs appeared later than the overlap
//	ErrUnsortedList     the service ignores the requested ordering
//	ErrUnstableList     the pages of the list contradict each other
//	ErrTooManyLogs      the position can't hold more logs
//	ErrStuck            a run has not finished within WithStuckAfter
//	ErrNotFinal         a callback doesn't identify a finished run
//	ErrLate             a callback reports a run from before the position
//	ErrHandlerHangs     a function has not returned after its context ended
//	ErrAlarmsNotSent    the function of a watchdog failed
//	ErrAgentsUnread     a watchdog can't read the agents
//	*PanicError         a function panicked
//	*DeadLetterError    a run was given up
//
// Once returns
//
//	ErrNoAgentID        the service sent the new agent without its id
//	*CleanupError       the agent that Once created may still exist
package runs
