package runs

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/iblai/iblai-go/client/internal/handling"
)

// PositionStore saves the position of a [Receiver], for example in a database.
// The receiver never calls the methods concurrently. A call that takes longer
// than 10 s is reported as an error, and is retried after it has returned.
type PositionStore interface {
	// Load returns the saved position, or nil if there is none. A store that has a
	// row for each log creates the position with [NewPosition].
	Load(ctx context.Context) (*Position, error)
	// Save saves all changes atomically. It must return nil only when the changes
	// would survive a crash. After a failure, the same changes may be passed
	// again.
	Save(ctx context.Context, changes Changes) error
}

// discardPositions is a PositionStore that discards changes.
type discardPositions struct{}

func (discardPositions) Load(context.Context) (*Position, error) {
	return nil, nil //nolint:nilnil // as PositionStore says
}

func (discardPositions) Save(context.Context, Changes) error { return nil }

// storeTimeout limits how long a save waits for earlier calls of the store.
const storeTimeout = 10 * time.Second

// saver saves the changes of a position. It combines changes that arrive during
// a save into one batch.
type saver struct {
	*handling.Caller
	store PositionStore
	// token holds one value unless the store is being called.
	token chan struct{}

	mu sync.Mutex
	// isLoaded is true after the position was loaded. Nothing is saved before.
	isLoaded bool
	batch    *batch // the callers that wait for the token
}

// batch is a group of callers whose changes are saved together.
type batch struct {
	isTaken bool
	saved   chan struct{}
	err     error
}

func newSaver(store PositionStore) *saver {
	s := &saver{Caller: newCaller(), store: store, token: make(chan struct{}, 1)}
	s.token <- struct{}{}
	return s
}

// save saves the changes of t and waits until they are saved. It ignores the
// end of ctx, since handled runs must not be handled again.
func (s *saver) save(ctx context.Context, t *tracker) error {
	s.mu.Lock()
	if !s.isLoaded {
		s.mu.Unlock()
		return nil
	}
	if s.batch == nil {
		s.batch = &batch{saved: make(chan struct{})}
	}
	b := s.batch
	s.mu.Unlock()
	timer := time.NewTimer(storeTimeout)
	defer timer.Stop()
	select {
	case <-b.saved:
		return b.err
	case <-timer.C:
		return fmt.Errorf("runs: the position can't be saved: %w: an earlier call has not returned", ErrStoreHangs)
	case <-s.token:
	}
	s.mu.Lock()
	if b.isTaken { // another caller saves the batch
		s.mu.Unlock()
		s.token <- struct{}{}
		<-b.saved
		return b.err
	}
	b.isTaken, s.batch = true, nil
	s.mu.Unlock()

	changes := t.takeChanges()
	if changes.isEmpty() {
		s.token <- struct{}{}
		close(b.saved)
		return nil
	}
	// The token is returned only when the store has returned.
	b.err = s.Call(ctx, func(ctx context.Context) error {
		defer func() { s.token <- struct{}{} }()
		return s.store.Save(ctx, changes)
	})
	if b.err != nil {
		t.restoreChanges(changes)
		b.err = fmt.Errorf("runs: the position can't be saved: %w", b.err)
	}
	close(b.saved)
	return b.err
}

// load loads the position.
func (s *saver) load(ctx context.Context) (position *Position, err error) {
	err = s.callExclusively(ctx, func(ctx context.Context) (err error) {
		position, err = s.store.Load(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("runs: the position can't be loaded: %w", err)
	}
	s.mu.Lock()
	s.isLoaded = true
	s.mu.Unlock()
	return position, nil
}

func (s *saver) hasLoaded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isLoaded
}

// close closes the store if it is an io.Closer.
func (s *saver) close(ctx context.Context) error {
	closer, ok := s.store.(io.Closer)
	if !ok {
		return nil
	}
	return s.callExclusively(ctx, func(context.Context) error { return closer.Close() })
}

// callExclusively calls the store when no other call is running.
func (s *saver) callExclusively(ctx context.Context, call func(context.Context) error) error {
	timer := time.NewTimer(storeTimeout)
	defer timer.Stop()
	select {
	case <-timer.C:
		return fmt.Errorf("%w: an earlier call has not returned", ErrStoreHangs)
	case <-s.token:
	}
	return s.Call(ctx, func(ctx context.Context) error {
		defer func() { s.token <- struct{}{} }()
		return call(ctx)
	})
}

// newCaller returns what calls a store. If the store does not return after the
// timeout, a call fails with ErrStoreHangs and continues in the background.
func newCaller() *handling.Caller {
	return &handling.Caller{Name: "runs", Hangs: ErrStoreHangs, NewPanicError: func(value any) error { return newPanicError(value) }}
}

// catchPanic calls a function of the program. It returns an error if the
// function panics or calls runtime.Goexit.
func catchPanic(call func() error) (err error) {
	done := make(chan error, 1)
	go func() {
		err := error(&PanicError{Value: "runtime.Goexit was called"})
		defer func() {
			if value := recover(); value != nil {
				err = newPanicError(value)
			}
			done <- err
		}()
		err = call()
	}()
	return <-done
}
