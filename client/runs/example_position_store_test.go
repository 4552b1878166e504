package runs_test

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"maps"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/api"
	"github.com/iblai/iblai-go/client/callback"
	"github.com/iblai/iblai-go/client/runs"
	"github.com/iblai/iblai-go/client/sandbox"
)

// rows saves a position as a database does: one row for the position, and one for
// each log.
type rows struct {
	position *runs.Changes
	logs     map[int64]runs.LogState
}

func (r *rows) Load(context.Context) (*runs.Position, error) {
	if r.position == nil {
		return nil, nil //nolint:nilnil // there is no position yet
	}
	state := *r.position
	state.Logs = slices.Collect(maps.Values(r.logs))
	return runs.NewPosition(state)
}

// Save would be a transaction.
func (r *rows) Save(_ context.Context, changes runs.Changes) error {
	if r.position == nil {
		r.position, r.logs = &runs.Changes{}, map[int64]runs.LogState{}
	}
	if !changes.Since.IsZero() {
		r.position.Since = changes.Since
		maps.DeleteFunc(r.logs, func(_ int64, l runs.LogState) bool { return l.Done && l.CreatedAt.Before(changes.Since) })
	}
	if !changes.Reached.IsZero() {
		r.position.Reached = changes.Reached
	}
	r.position.OldID = cmp.Or(changes.OldID, r.position.OldID)
	for _, l := range changes.Logs {
		r.logs[l.LogID] = l
	}
	return nil
}

// A receiver is restarted. The second one loads the position that the first one
// saved, and handles only the new run.
func ExamplePositionStore() {
	sb, c, agent := newAgent(context.Background())
	defer sb.Close()
	verifier, err := callback.NewVerifier(api.NewSecret("a secret of enough bytes"))
	if err != nil {
		log.Fatal(err)
	}
	saved := new(rows)
	for range 2 {
		ctx, stop := context.WithCancel(context.Background())
		if _, err := sb.RunNow(ctx, agent.ID, sandbox.Outcome{}); err != nil {
			log.Fatal(err)
		}
		receiver, err := runs.NewReceiver(c, verifier, func(_ context.Context, run *runs.Run) error {
			fmt.Println("run", run.LogID)
			stop()
			return nil
		}, runs.WithPositionStore(saved), runs.WithStart(time.Now().Add(-time.Hour)))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(receiver.Follow(ctx))
		stop()
	}
	// Output:
	// run 1
	// context canceled
	// run 2
	// context canceled
}
