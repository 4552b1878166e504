package main

import (
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/iblai/iblai-go/client/sandbox"
)

// errStopping is what was asked of a program that ends.
var errStopping = errors.New("the sandbox is stopping")

// A platform is the sandbox that is served. Another can take its place.
type platform struct {
	boot      string // names this start of the program
	startedAt time.Time
	initial   *seed
	current   atomic.Pointer[sandbox.Sandbox]

	mu     sync.Mutex // of those who put another sandbox in place
	closed bool
}

func newPlatform(initial *seed, first *sandbox.Sandbox) *platform {
	p := &platform{boot: rand.Text(), startedAt: time.Now().UTC(), initial: initial}
	p.current.Store(first)
	return p
}

// replace puts the sandbox in place that made returns. Requests that are being
// answered are answered by the old one, which starts no more runs.
func (p *platform) replace(made func(old *sandbox.Sandbox) (*sandbox.Sandbox, error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errStopping
	}
	sb, err := made(p.current.Load())
	if err != nil {
		return err
	}
	p.current.Swap(sb).Close()
	return nil
}

// reset starts again from the first seed.
func (p *platform) reset() error {
	return p.replace(func(*sandbox.Sandbox) (*sandbox.Sandbox, error) { return p.initial.sandbox() })
}

// close ends what the sandbox does, and with it advances of the clock and streams of
// events.
func (p *platform) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.current.Load().Close()
}

func (p *platform) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}
