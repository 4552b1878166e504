package sandbox

import (
	"context"
	"slices"
	"time"

	"github.com/iblai/iblai-go/client/sandbox/internal/timeline"
)

// maxHeldBack is the maximum time for which a reordered callback waits for the
// next one.
const maxHeldBack = time.Minute

// The ranks of entries at the same time: runs that finish let others start.
const (
	rankFinish = iota
	rankDelivery
	rankStart
)

// schedule applies the faults to a callback that is due at a time. It returns the
// callbacks to post now, and schedules those to post later.
func (d *deliveries) schedule(c pendingCallback, at time.Time) []pendingCallback {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := d.faults.next(at, c.agentID)
	c.effect, c.faultID = fault.Effect, fault.ID
	copies := []pendingCallback{c}
	if c.effect.Duplicate {
		copies = append(copies, c)
	}
	switch {
	case c.effect.Reorder:
		d.holdBack(copies, at)
		return nil
	case c.effect.Delay > 0:
		d.postAt(at.Add(c.effect.Delay), c.logID, func() []pendingCallback { return copies })
		return nil
	}
	now := slices.Concat(copies, d.heldBack)
	d.heldBack = nil
	return now
}

// holdBack holds the copies of a callback back until another one is posted, or for
// maxHeldBack. The caller holds the lock.
func (d *deliveries) holdBack(copies []pendingCallback, at time.Time) {
	d.heldBack = append(d.heldBack, copies...)
	logID := copies[0].logID
	d.postAt(at.Add(maxHeldBack), logID, func() []pendingCallback {
		d.mu.Lock()
		defer d.mu.Unlock()
		isCopy := func(c pendingCallback) bool { return c.logID == logID }
		if !slices.ContainsFunc(d.heldBack, isCopy) {
			return nil
		}
		d.heldBack = slices.DeleteFunc(d.heldBack, isCopy)
		return copies
	})
}

// postAt posts at a time the callbacks that take returns then.
func (d *deliveries) postAt(at time.Time, logID int64, take func() []pendingCallback) {
	d.timeline.Add(&timeline.Entry{At: at, Rank: rankDelivery, ID: logID, Run: func(ctx context.Context) {
		for _, c := range take() {
			d.post(ctx, c)
		}
	}})
}
