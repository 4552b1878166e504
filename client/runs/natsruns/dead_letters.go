package natsruns

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// DeadLetter is a run that could not be handled, or a message that can't be
// decoded.
type DeadLetter struct {
	// ID identifies the dead letter, for [Bridge.Replay].
	ID uint64
	// Org is the org of the run.
	Org string
	// LogID is the id of the run's log. It is 0 if the message has none.
	LogID int64
	// Time is when the run was given up.
	Time time.Time
	// Attempts is the number of deliveries, and Reason the error of the last one.
	Attempts int
	Reason   string
}

// maxReasonSize limits the reason of a dead letter, which is part of headerMargin.
const maxReasonSize = 1 << 10

// bury moves a message to the dead letters.
func (w *worker) bury(c *claim, outcome Outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), publishTimeout)
	defer cancel()
	msg := nats.NewMsg(w.deadSubject(w.org))
	msg.Data = c.Data()
	for _, name := range []string{sourceHeader, logIDHeader} {
		if value := c.Headers().Get(name); value != "" && len(value) < maxReasonSize {
			msg.Header.Set(name, value)
		}
	}
	reason := outcome.Err.Error()
	msg.Header.Set(reasonHeader, strconv.QuoteToASCII(reason[:min(len(reason), maxReasonSize)]))
	msg.Header.Set(attemptsHeader, strconv.Itoa(outcome.Attempt))
	var id string
	if c.metadata != nil {
		// The time differs if the stream was deleted and its numbers begin again.
		id = fmt.Sprintf("%s/%d/%d", w.org.token, c.metadata.Sequence.Stream, c.metadata.Timestamp.UnixNano())
	}
	if _, err := w.js.PublishMsg(ctx, msg, jetstream.WithMsgID(id), jetstream.WithExpectStream(w.deadName())); err != nil {
		return fmt.Errorf("natsruns: the run can't be moved to the dead letters: %w", err)
	}
	if outcome.LogID != 0 {
		w.markDone(ctx, outcome.LogID) // so that a late callback doesn't start again
	}
	c.stop()
	return c.Ack()
}

// DeadLetters iterates over the dead letters of the bridge's orgs, oldest first.
// It ends before those that are added during the iteration. If the server can't be
// reached, it yields the error and ends.
func (b *Bridge) DeadLetters(ctx context.Context) iter.Seq2[*DeadLetter, error] {
	return func(yield func(*DeadLetter, error) bool) {
		orgs := map[string]*org{}
		for _, o := range b.orgs {
			orgs[b.deadSubject(o)] = o
		}
		last, err := b.lastDeadLetter(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for id := uint64(1); id <= last; {
			msg, err := b.readDeadLetter(ctx, id, jetstream.WithGetMsgSubject(b.deadName()+".*"))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if msg.Sequence > last {
				return
			}
			id = msg.Sequence + 1
			if o := orgs[msg.Subject]; o != nil && !yield(newDeadLetter(o, msg), nil) {
				return
			}
		}
	}
}

func (b *Bridge) lastDeadLetter(ctx context.Context) (id uint64, err error) {
	err = b.request(ctx, "read the dead letters", func(ctx context.Context) error {
		info, err := b.dead.Info(ctx)
		if err == nil {
			id = info.State.LastSeq
		}
		return err
	})
	return id, err
}

func (b *Bridge) readDeadLetter(ctx context.Context, id uint64, opts ...jetstream.GetMsgOpt) (msg *jetstream.RawStreamMsg, err error) {
	err = b.request(ctx, "read the dead letters", func(ctx context.Context) error {
		msg, err = b.dead.GetMsg(ctx, id, opts...)
		return err
	})
	return msg, err
}

func newDeadLetter(o *org, msg *jetstream.RawStreamMsg) *DeadLetter {
	letter := &DeadLetter{ID: msg.Sequence, Org: o.name, Time: msg.Time, Reason: msg.Header.Get(reasonHeader)}
	letter.LogID, _ = strconv.ParseInt(msg.Header.Get(logIDHeader), 10, 64)
	letter.Attempts, _ = strconv.Atoi(msg.Header.Get(attemptsHeader))
	if reason, err := strconv.Unquote(letter.Reason); err == nil {
		letter.Reason = reason
	}
	return letter
}

// Replay publishes a dead letter again, with attempts counted from 1, and deletes
// it. If no dead letter of the bridge's orgs has the id, it returns
// [ErrNoDeadLetter].
func (b *Bridge) Replay(ctx context.Context, id uint64) error {
	o, letter, err := b.deadLetter(ctx, id)
	if err != nil {
		return err
	}
	if logID, _ := strconv.ParseInt(letter.Header.Get(logIDHeader), 10, 64); logID > 0 {
		if err := b.request(ctx, fmt.Sprintf("replay the dead letter %d", id), func(ctx context.Context) error {
			return b.done.Delete(ctx, o.key(logID))
		}); err != nil {
			return err
		}
	}
	msg := nats.NewMsg(b.subject(o))
	msg.Data = letter.Data
	for _, name := range []string{sourceHeader, logIDHeader} {
		msg.Header.Set(name, letter.Header.Get(name))
	}
	// The id differs from that of the run, which the stream may still recognize.
	msgID := fmt.Sprintf("%s/replay/%d/%d", o.token, id, letter.Time.UnixNano())
	if err := b.request(ctx, fmt.Sprintf("publish the dead letter %d", id), func(ctx context.Context) error {
		_, err := b.js.PublishMsg(ctx, msg, jetstream.WithMsgID(msgID), jetstream.WithExpectStream(b.name))
		return fullError(err)
	}); err != nil {
		return err
	}
	if err := b.Delete(ctx, id); !errors.Is(err, ErrNoDeadLetter) {
		return err
	}
	return nil // another call has deleted it
}

// Delete deletes a dead letter. If no dead letter of the bridge's orgs has the id,
// it returns [ErrNoDeadLetter].
func (b *Bridge) Delete(ctx context.Context, id uint64) error {
	if _, _, err := b.deadLetter(ctx, id); err != nil {
		return err
	}
	err := b.request(ctx, fmt.Sprintf("delete the dead letter %d", id), func(ctx context.Context) error {
		return b.dead.DeleteMsg(ctx, id)
	})
	if err != nil {
		// The server has several errors for a message that is gone.
		if _, _, gone := b.deadLetter(ctx, id); errors.Is(gone, ErrNoDeadLetter) {
			return gone
		}
	}
	return err
}

func (b *Bridge) deadLetter(ctx context.Context, id uint64) (*org, *jetstream.RawStreamMsg, error) {
	if id == 0 {
		return nil, nil, ErrNoDeadLetter
	}
	letter, err := b.readDeadLetter(ctx, id)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil, ErrNoDeadLetter
	}
	if err != nil {
		return nil, nil, err
	}
	for _, o := range b.orgs {
		if b.deadSubject(o) == letter.Subject {
			return o, letter, nil
		}
	}
	return nil, nil, ErrNoDeadLetter
}
