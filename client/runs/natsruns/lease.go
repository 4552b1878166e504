package natsruns

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/iblai/iblai-go/client/runs"
)

// leaseRecord is the value of an org's key in the bucket of positions. Lease and
// position are one value, so that a follower without the lease can't write the
// position.
type leaseRecord struct {
	// Owner is the follower that holds the lease, or empty.
	Owner string `json:"owner"`
	// Position is the compressed text of the position, or nil if there is none or
	// it has chunks.
	Position []byte `json:"position,omitempty"`
	// Chunks are the keys of the parts of a large position. They are written before
	// the record, and never changed.
	Chunks []string `json:"chunks,omitempty"`
}

// decodeRecord decodes a record. A value that another program has written is an
// error, even if it is JSON.
func decodeRecord(value []byte) (record leaseRecord, err error) {
	if !bytes.HasPrefix(value, []byte(`{"owner":`)) {
		return record, errors.New("it was written by another program")
	}
	err = json.Unmarshal(value, &record)
	return record, err
}

const (
	// maxChunkSize limits the size of a value. A server with a small maximum
	// message size has smaller ones.
	maxChunkSize = 256 << 10
	// maxPositionSize limits the text of a position, which has at most a million
	// logs.
	maxPositionSize = 128 << 20
)

// lease is the right to follow an org, and a [runs.PositionStore] for its
// receiver.
//
// Save keeps the changes in memory, and renew writes them: if they are lost in a
// crash, the next follower publishes runs that the stream already has, and the
// stream or the bucket of handled runs recognizes them. The first position is
// written at once, because no run before it is looked for.
type lease struct {
	bridge *Bridge
	key    string
	owner  string

	mu       sync.Mutex
	revision uint64
	record   leaseRecord
	state    runs.Changes // without Logs
	logs     map[int64]runs.LogState
	isDirty  bool
	isSaved  bool // whether the bucket has a position
}

// acquire waits until it holds the lease. A lease is free if it was released, or
// if its record hasn't changed for its duration by this process's clock. Errors
// are reported, and nil if another follower renews the lease.
func (l *lease) acquire(ctx context.Context, report func(error)) error {
	var seen uint64
	var seenAt time.Time
	for {
		isHeld, revision, err := l.tryAcquire(ctx, seen, seenAt)
		switch {
		case isHeld: // even if ctx has ended: the caller releases it
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			report(err)
		case revision != seen:
			if seen != 0 {
				report(nil)
			}
			seen, seenAt = revision, time.Now()
		}
		if err := sleep(ctx, l.bridge.lease/3); err != nil {
			return err
		}
	}
}

func (l *lease) tryAcquire(ctx context.Context, seen uint64, seenAt time.Time) (isHeld bool, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	var record leaseRecord
	entry, err := l.bridge.positions.Get(ctx, l.key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
	case err != nil:
		return false, 0, fmt.Errorf("natsruns: the lease can't be read: %w", err)
	default:
		revision = entry.Revision()
		if record, err = decodeRecord(entry.Value()); err != nil {
			return false, revision, fmt.Errorf("natsruns: the lease can't be decoded (to start from the present, delete the key %q of the bucket %q): %w", l.key, l.bridge.positions.Bucket(), err)
		}
		isFree := record.Owner == "" || record.Owner == l.owner || revision == seen && time.Since(seenAt) >= l.bridge.lease
		if !isFree {
			return false, revision, nil
		}
	}
	record.Owner = l.owner
	writing, done := writeContext(ctx)
	defer done()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revision, l.record = revision, record
	if err := l.write(writing, record); err != nil {
		if errors.Is(err, ErrLeaseLost) { // another replica was faster
			return false, revision, nil
		}
		return false, revision, err
	}
	return true, l.revision, nil
}

// writeContext returns a context for a write of the record. It doesn't end with
// ctx: after a write whose response isn't awaited, the lease can't be released.
func writeContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
}

// write writes the record if the key has not changed since the last revision.
func (l *lease) write(ctx context.Context, record leaseRecord) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	var revision uint64
	if l.revision == 0 {
		revision, err = l.bridge.positions.Create(ctx, l.key, text)
	} else {
		revision, err = l.bridge.positions.Update(ctx, l.key, text, l.revision)
	}
	switch {
	case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return ErrLeaseLost
	case err != nil:
		return fmt.Errorf("natsruns: the lease can't be written: %w", err)
	}
	l.revision, l.record = revision, record
	return nil
}

// Load returns the position before the runs of the overlap.
func (l *lease) Load(ctx context.Context) (*runs.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state, l.logs, l.isSaved = runs.Changes{}, map[int64]runs.LogState{}, false
	compressed := l.record.Position
	for _, key := range l.record.Chunks {
		entry, err := l.bridge.positions.Get(ctx, key)
		if err != nil {
			return nil, fmt.Errorf("the part %q of the position: %w", key, err)
		}
		compressed = append(compressed, entry.Value()...)
	}
	if compressed == nil {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	text, err := decompress(compressed)
	if err != nil {
		return nil, err
	}
	position := new(runs.Position)
	if err := position.UnmarshalText(text); err != nil {
		return nil, err
	}
	state := position.State()
	l.merge(state)
	l.isSaved, l.isDirty = true, false
	if len(l.record.Chunks) > 0 {
		l.deleteUnusedChunks(ctx)
	}
	return runs.NewPosition(withoutDone(state, l.bridge.knownByBucket))
}

// withoutDone returns a position from which the runs of the overlap are published
// again. A server whose machine has failed may have lost them after it had
// acknowledged them. The runs that it has are recognized, unless they are older
// than the bucket of handled runs remembers.
func withoutDone(state runs.Changes, known time.Duration) runs.Changes {
	state.Reached = time.Time{}
	state.Logs = slices.DeleteFunc(state.Logs, func(log runs.LogState) bool {
		return log.Done && (known == 0 || time.Since(log.CreatedAt) < known)
	})
	return state
}

// Save merges the changes into the position, and writes the first position.
func (l *lease) Save(ctx context.Context, changes runs.Changes) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.merge(changes)
	if l.isSaved {
		return nil
	}
	return l.flush(ctx)
}

func (l *lease) merge(changes runs.Changes) {
	l.isDirty = true
	if !changes.Since.IsZero() {
		l.state.Since = changes.Since
	}
	if !changes.Reached.IsZero() {
		l.state.Reached = changes.Reached
	}
	l.state.OldID = cmp.Or(changes.OldID, l.state.OldID)
	for _, log := range changes.Logs {
		l.logs[log.LogID] = log
	}
	if !changes.Since.IsZero() {
		// OldID must cover the logs that are forgotten.
		maps.DeleteFunc(l.logs, func(id int64, log runs.LogState) bool {
			isOld := log.Done && log.CreatedAt.Before(l.state.Since)
			if isOld && id > l.state.OldID {
				l.state.OldID = id
			}
			return isOld
		})
	}
}

// renew extends the lease and writes the position, until the lease is lost or the
// context ends. It returns ErrLeaseLost if another replica holds the lease, or if
// it could not be renewed in time.
func (l *lease) renew(ctx context.Context, report func(error)) error {
	renewed := time.Now()
	for sleep(ctx, l.bridge.lease/3) == nil {
		err := l.save(ctx)
		switch {
		case err == nil:
			renewed = time.Now()
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrLeaseLost):
			return err
		default:
			report(err)
			if time.Since(renewed) > l.bridge.lease {
				return fmt.Errorf("%w, or may do so: %w", ErrLeaseLost, err)
			}
		}
	}
	return ctx.Err()
}

func (l *lease) save(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush(ctx)
}

// release writes the position and gives up the lease.
func (l *lease) release(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.owner = ""
	return l.flush(ctx)
}

// flush writes the record, with the position if that has changed. The time that
// it takes to encode the position doesn't count towards the timeout.
func (l *lease) flush(ctx context.Context) error {
	record, old := l.record, l.record.Chunks
	record.Owner = l.owner
	var text []byte
	if l.isDirty {
		var err error
		if text, err = l.positionText(); err != nil {
			return err
		}
		record.Position, record.Chunks = text, nil
	}
	ctx, cancel := writeContext(ctx)
	defer cancel()
	// JSON makes the position a third longer, and there are headers.
	chunkSize := int(min(maxChunkSize, l.bridge.conn().MaxPayload()/2))
	if len(text) > chunkSize {
		var err error
		record.Position = nil
		if record.Chunks, err = l.writeChunks(ctx, text, chunkSize); err != nil {
			return err
		}
	}
	if err := l.write(ctx, record); err != nil {
		if errors.Is(err, ErrLeaseLost) { // otherwise, the record may have been written
			l.deleteChunks(ctx, record.Chunks, old)
		}
		return err
	}
	if l.isDirty {
		l.isDirty, l.isSaved = false, true
		l.deleteChunks(ctx, old, record.Chunks)
	}
	return nil
}

func (l *lease) positionText() ([]byte, error) {
	state := l.state
	state.Logs = slices.Collect(maps.Values(l.logs))
	position, err := runs.NewPosition(state)
	if err != nil {
		return nil, err
	}
	text, err := position.MarshalText()
	if err != nil {
		return nil, err
	}
	return compress(text)
}

func (l *lease) writeChunks(ctx context.Context, text []byte, size int) (keys []string, err error) {
	for chunk := range slices.Chunk(text, size) {
		key := l.key + "." + rand.Text()
		if _, err := l.bridge.positions.Create(ctx, key, chunk); err != nil {
			l.deleteChunks(ctx, keys, nil)
			return nil, fmt.Errorf("natsruns: the position can't be written: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// deleteChunks deletes the chunks that are not among those in use. A failure
// leaves them behind until the next Load.
func (l *lease) deleteChunks(ctx context.Context, keys, inUse []string) {
	for _, key := range keys {
		if !slices.Contains(inUse, key) {
			_ = l.bridge.purgePosition(ctx, key)
		}
	}
}

// purgePosition deletes a key of the bucket of positions. Unlike a delete of the
// bucket's, it leaves nothing behind.
func (b *Bridge) purgePosition(ctx context.Context, key string) error {
	return b.positionsStream.Purge(ctx, jetstream.WithPurgeSubject(b.positionSubject(key)))
}

func (b *Bridge) positionSubject(key string) string { return "$KV." + b.positionsName() + "." + key }

// deleteUnusedChunks deletes the chunks that followers have left behind. Chunks
// that are newer than the record belong to a follower that holds the lease now.
func (l *lease) deleteUnusedChunks(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	info, err := l.bridge.positionsStream.Info(ctx, jetstream.WithSubjectFilter(l.bridge.positionSubject(l.key+".*")))
	if err != nil {
		return // the next follower tries again
	}
	var unused []string
	for subject := range info.State.Subjects {
		key := strings.TrimPrefix(subject, l.bridge.positionSubject(""))
		if entry, err := l.bridge.positions.Get(ctx, key); err == nil && entry.Revision() < l.revision {
			unused = append(unused, key)
		}
	}
	l.deleteChunks(ctx, unused, l.record.Chunks)
}

func compress(text []byte) ([]byte, error) {
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	if _, err := writer.Write(text); err != nil {
		return nil, err
	}
	err := writer.Close()
	return buffer.Bytes(), err
}

func decompress(compressed []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(reader, maxPositionSize+1))
	if err == nil && len(text) > maxPositionSize {
		err = runs.ErrPositionFormat
	}
	return text, err
}

// sleep waits for d or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
