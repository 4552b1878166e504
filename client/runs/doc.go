// Package runs tells a program of every run of its periodic agents: by callbacks,
// which are fast, and from the logs, for what callbacks have missed. The platform
// sends a callback once; if it is lost, the log is all there is.
//
//	receiver, err := runs.NewReceiver(c, verifier, func(ctx context.Context, run *runs.Run) error {
//		fmt.Println(run.LogID, run.Status)
//		return nil
//	}, runs.WithCursorFile("/var/lib/digest/cursor.json"))
//	if err != nil {
//		return err
//	}
//	http.Handle("/runs", receiver) // callbacks
//	go http.ListenAndServe(":8080", nil)
//	return receiver.Follow(ctx) // and the logs, until ctx ends
//
// The function is called at least once for each run, and once if all goes well.
// A program that is killed is told again, when it is back, of the runs that it was
// just being told of; with a [callback.Store] that outlives it, only of those
// that it had not finished with.
package runs
