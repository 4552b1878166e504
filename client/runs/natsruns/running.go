package natsruns

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/runs"
)

// running holds the runs of an org that this process is handling, by the ids of
// their logs.
type running struct {
	mu    sync.Mutex
	calls map[int64]*runningCall
}

type runningCall struct {
	message  uint64        // its number in the stream
	returned chan struct{} // closed when the result is stored
	hangs    chan struct{} // closed when the function has not returned in time
}

// begin adds a call for a run. If another call for the run is running, begin waits
// for it first. It returns errSettled if that call was for the same message, which
// is delivered again for example after a lost connection, or if Consume is ending.
// It doesn't wait for a function that hangs: each attempt would take another slot
// for ever.
func (r *running) begin(ctx context.Context, stopping <-chan struct{}, logID int64, message uint64) (*runningCall, error) {
	for {
		call, earlier := r.tryBegin(logID, message)
		if earlier == nil {
			return call, nil
		}
		select {
		case <-earlier.returned:
			if earlier.message == message {
				return nil, errSettled
			}
			continue
		case <-stopping:
			return nil, errSettled
		case <-earlier.hangs:
		case <-ctx.Done(): // and so has the context of the earlier call
		}
		return nil, hangs(logID)
	}
}

func (r *running) tryBegin(logID int64, message uint64) (call, earlier *runningCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if earlier := r.calls[logID]; earlier != nil {
		return nil, earlier
	}
	if r.calls == nil {
		r.calls = map[int64]*runningCall{}
	}
	call = &runningCall{message: message, returned: make(chan struct{}), hangs: make(chan struct{})}
	r.calls[logID] = call
	return call, nil
}

func (r *running) end(logID int64, call *runningCall) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, logID)
	close(call.returned)
}

// call calls the function. A panic is an error. If the function has not
// returned some time after its context ended, call reports that, unless Consume
// is ending, which returns [ErrUnfinished] then.
func (w *worker) call(ctx context.Context, run *Run, current *runningCall) error {
	start := time.Now()
	deadline, _ := ctx.Deadline()
	timer := time.AfterFunc(deadline.Sub(start)+returnGracePeriod, func() {
		if w.ctx.Err() != nil {
			return
		}
		close(current.hangs)
		w.report(ctx, Outcome{
			Kind: KindRun, Org: run.Org, LogID: run.LogID, Attempt: run.Attempt, Duration: time.Since(start),
			Err: hangs(run.LogID),
		})
	})
	defer timer.Stop()
	return catchPanic(func() error { return w.handle(ctx, run) })
}

// catchPanic calls a function of the program. It returns an error if the function
// panics or calls runtime.Goexit.
func catchPanic(call func() error) error {
	returned := make(chan error, 1)
	go func() {
		err := error(&runs.PanicError{Value: "runtime.Goexit was called"})
		defer func() {
			if value := recover(); value != nil {
				err = &runs.PanicError{Value: value, Stack: debug.Stack()}
			}
			returned <- err
		}()
		err = call()
	}()
	return <-returned
}

func hangs(logID int64) error { return fmt.Errorf("%w: log %d", runs.ErrHandlerHangs, logID) }
