package runs

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// PositionStore saves the position of a [Receiver], in a database for example.
// The receiver calls one method at a time. A call that takes longer than 10 s
// is reported as an error, and retried when it has returned.
type PositionStore interface {
	// Load returns the saved position, or nil if none was saved. A store that
	// keeps a row for each log makes it with [NewPosition].
	Load(ctx context.Context) (*Position, error)
	// Save saves changes, all or none of them. It must return nil only if a crash
	// can no longer lose them. Changes that were saved before may come again.
	Save(ctx context.Context, changes Changes) error
}

// discardPositions is a PositionStore that saves nothing.
type discardPositions struct{}

func (discardPositions) Load(context.Context) (*Position, error) {
	return nil, nil //nolint:nilnil // as PositionStore says
}

func (discardPositions) Save(context.Context, Changes) error { return nil }

// storeTimeout limits calls of stores.
const storeTimeout = 10 * time.Second

// saver saves the changes of a position. Changes that come while it saves are
// saved together.
type saver struct {
	store PositionStore
	// turn holds a token while nobody saves.
	token chan struct{}

	mu sync.Mutex
	// isLoaded is false until the store was loaded. Nothing is saved before.
	isLoaded bool
	batch    *batch // of those who wait for their turn
}

// batch is a group of callers whose changes are saved together.
type batch struct {
	isTaken bool
	saved   chan struct{}
	err     error
}

func newSaver(store PositionStore) *saver {
	s := &saver{store: store, token: make(chan struct{}, 1)}
	s.token <- struct{}{}
	return s
}

// save saves the changes of t, and returns when they are saved. It does so even
// if the context has ended, since a handled run should not be handled again.
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
	if b.isTaken { // it was saved meanwhile
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
	// The turn comes back when the store has returned, not before.
	b.err = callStore(ctx, func(ctx context.Context) error {
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

// close closes a store that needs it.
func (s *saver) close(ctx context.Context) error {
	closer, ok := s.store.(io.Closer)
	if !ok {
		return nil
	}
	return s.callExclusively(ctx, func(context.Context) error { return closer.Close() })
}

// callExclusively calls the store when no other call of it is running.
func (s *saver) callExclusively(ctx context.Context, call func(context.Context) error) error {
	timer := time.NewTimer(storeTimeout)
	defer timer.Stop()
	select {
	case <-timer.C:
		return fmt.Errorf("%w: an earlier call has not returned", ErrStoreHangs)
	case <-s.token:
	}
	return callStore(ctx, func(ctx context.Context) error {
		defer func() { s.token <- struct{}{} }()
		return call(ctx)
	})
}

// limit calls a store with a context that ends after storeTimeout, but not with
// ctx. If the store does not return soon after that, limit returns
// ErrStoreHangs; the call goes on. A panic becomes an error.
func callStore(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	returned := make(chan error, 1)
	go func() {
		defer cancel()
		returned <- catchPanic(func() error { return call(ctx) })
	}()
	select {
	case err := <-returned:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case err := <-returned:
		return err
	case <-timer.C:
		return ErrStoreHangs
	}
}

// catchPanic calls a function of the program. A panic, or runtime.Goexit,
// becomes an error.
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
