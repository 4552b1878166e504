package runs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
)

// machine holds the state that survives a process: the position, and the runs
// that are claimed or done.
type machine struct {
	mu       sync.Mutex
	random   *rand.Rand
	position savedPosition
	done     map[string]bool
	claims   map[string]claim

	handled map[int64]int // the number of calls for each run
	// unmarked counts the kills between handling a run and marking it as done.
	unmarked map[int64]int
	kills    map[string]int // by the step before or after which they happened
}

type claim struct {
	owner   string
	expires time.Time
}

// lease is how long a claim lasts.
const lease = 30 * time.Second

var errKilled = errors.New("killed")

// process is one process of the program. After it was killed, it has no
// effects.
type process struct {
	*machine
	kill      func()
	dead      bool
	unsettled map[int64]bool // runs that were handled but not marked as done
}

// step performs an effect outside the process. The process may be killed before
// or after it.
func (p *process) step(name string, effect func() error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.maybeKill("before " + name)
	if p.dead {
		return errKilled
	}
	err := effect()
	p.maybeKill("after " + name)
	if p.dead {
		return errKilled
	}
	return err
}

func (p *process) maybeKill(where string) {
	if p.dead || p.random.IntN(25) > 0 {
		return
	}
	p.dead = true
	p.kills[where]++
	for id := range p.unsettled {
		p.unmarked[id]++
	}
	p.kill()
}

// hasKilledAt reports whether a process was killed before and after each step.
func (m *machine) hasKilledAt(steps []string) bool {
	return !slices.ContainsFunc(steps, func(step string) bool { return m.kills["before "+step] == 0 || m.kills["after "+step] == 0 })
}

func (p *process) Load(ctx context.Context) (position *runs.Position, err error) {
	err = p.step("load", func() (err error) {
		position, err = p.position.Load(ctx)
		return err
	})
	return position, err
}

func (p *process) Save(ctx context.Context, changes runs.Changes) error {
	return p.step("save", func() error { return p.position.Save(ctx, changes) })
}

func (p *process) Claim(_ context.Context, key, owner string) error {
	return p.step("claim", func() error {
		if p.done[key] {
			return callback.ErrDuplicate
		}
		if held := p.claims[key]; held.owner != owner && time.Now().Before(held.expires) {
			return callback.ErrInProgress
		}
		p.claims[key] = claim{owner, time.Now().Add(lease)}
		return nil
	})
}

func (p *process) Done(_ context.Context, key string) error {
	return p.step("done", func() error {
		p.done[key] = true
		var id int64
		_, err := fmt.Sscanf(key, "acme:%d", &id)
		delete(p.unsettled, id)
		return err
	})
}

func (p *process) Release(_ context.Context, key, owner string) error {
	return p.step("release", func() error {
		if p.claims[key].owner == owner {
			delete(p.claims, key)
		}
		return nil
	})
}

// handle is the program's function. It fails at random.
func (p *process) handle(_ context.Context, run *runs.Run) error {
	return p.step("handle", func() error {
		if p.random.IntN(3) == 0 {
			return errors.New("the disk is full")
		}
		p.handled[run.LogID]++
		p.unsettled[run.LogID] = true
		return nil
	})
}

// A program is killed more than a hundred times, before and after each step,
// and half of its callbacks are lost. It misses no run. With a store that
// survives the process, it handles a run again only if it was killed between
// handling the run and marking it as done.
func TestKilledProcessesMissNoRun(t *testing.T) {
	t.Parallel()
	for _, durable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			const kills = 120
			begin := time.Now()
			s := newLogServer()
			s.pageSize = 20
			m := &machine{
				random: rand.New(rand.NewPCG(7, 7)), done: map[string]bool{}, claims: map[string]claim{},
				handled: map[int64]int{}, unmarked: map[int64]int{}, kills: map[string]int{},
			}
			steps := []string{"load", "save", "handle"}
			if durable {
				steps = append(steps, "claim", "done", "release")
			}
			created, killed := int64(0), 0
			for last := false; !last; {
				if last = killed >= kills && m.hasKilledAt(steps); last {
					m.random = rand.New(noKills{})
				}
				require.Less(t, created, int64(2000), "some step is never killed: %v", m.kills)
				ctx, cancel := context.WithCancel(t.Context())
				p := &process{machine: m, kill: cancel, unsettled: map[int64]bool{}}
				options := []runs.Option{runs.WithPositionStore(p), runs.WithStart(begin), runs.WithPollInterval(time.Second), runs.WithOverlap(10 * time.Second), runs.WithObserver(new(outcomes).observe)}
				if durable {
					options = append(options, runs.WithStore(p))
				}
				receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), p.handle, options...)
				require.NoError(t, err)
				ended := make(chan error)
				go func() { ended <- receiver.Follow(ctx) }()
				for range 4 {
					if !last {
						created++
						s.add(created)
						if created%2 == 0 {
							send(t, receiver, created, secret)
						}
					}
					time.Sleep(700 * time.Millisecond)
				}
				if last {
					time.Sleep(2 * lease)
				}
				if p.dead {
					killed++
				}
				cancel()
				require.Error(t, <-ended)
			}
			t.Logf("durable %v: %d kills, %d runs, %v", durable, killed, created, m.kills)
			handledAgain := 0
			for id := int64(1); id <= created; id++ {
				require.Positive(t, m.handled[id], "run %d was lost", id)
				if durable {
					require.LessOrEqual(t, m.handled[id], 1+m.unmarked[id], "run %d", id)
					handledAgain += m.handled[id] - 1
				}
			}
			if durable {
				assert.Positive(t, handledAgain, "no process was killed between handling and marking")
			}
		})
	}
}

// noKills is a random source whose numbers never cause a kill.
type noKills struct{}

func (noKills) Uint64() uint64 { return 1 << 63 }
