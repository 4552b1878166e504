package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Position records which logs have been delivered. [Follow] begins at a
// position and moves it on. A program saves it as text (MarshalText) and
// continues from there after a restart; the text is for this package only and
// names the version of its format.
//
// The zero Position is before the first log; [At] returns one at a time. A
// Position must not be used while another goroutine uses it.
type Position struct {
	// since is the time of creation from which on logs are listed. It trails the
	// newest log by the overlap, since logs may show up late and out of order.
	since time.Time
	// delivered has the logs created since then that were yielded: when they
	// were created, by their ids.
	delivered map[int64]time.Time
	// running has the ids of logs that are still to be yielded, since their runs
	// had not finished or the program could not handle them.
	running map[int64]bool
}

// At returns the position before the first log that was created at t or later.
func At(t time.Time) *Position { return &Position{since: t} }

// Retry makes Follow yield the log with this id once more, for a program that
// could not handle it. Ids below 1, which no log has, are ignored.
func (p *Position) Retry(logID int64) {
	if logID < 1 {
		return
	}
	delete(p.delivered, logID)
	p.markRunning(logID)
}

func (p *Position) markRunning(logID int64) {
	if p.running == nil {
		p.running = map[int64]bool{}
	}
	p.running[logID] = true
}

func (p *Position) markDelivered(logID int64, created time.Time) {
	delete(p.running, logID)
	if p.delivered == nil {
		p.delivered = map[int64]time.Time{}
	}
	p.delivered[logID] = created
}

// isBefore reports whether a log created then lies before the position, so that
// it has been listed and need not be listed again.
func (p *Position) isBefore(created time.Time) bool {
	return !created.IsZero() && created.Before(p.since)
}

// advance moves the position forward to since, and forgets the delivered logs
// before it.
func (p *Position) advance(since time.Time) {
	if !since.After(p.since) {
		return
	}
	p.since = since
	maps.DeleteFunc(p.delivered, func(_ int64, created time.Time) bool { return p.isBefore(created) })
}

// positionVersion is the version of the format that MarshalText writes.
const positionVersion = 1

// positionText is the JSON of a position.
type positionText struct {
	Version   int                 `json:"version"`
	Since     time.Time           `json:"since,omitzero"`
	Delivered map[int64]time.Time `json:"delivered,omitempty"`
	Running   []int64             `json:"running,omitempty"`
}

// MarshalText returns the position as text for [Position.UnmarshalText].
func (p Position) MarshalText() ([]byte, error) {
	return json.Marshal(positionText{
		Version:   positionVersion,
		Since:     p.since,
		Delivered: p.delivered,
		Running:   slices.Sorted(maps.Keys(p.running)),
	})
}

// UnmarshalText sets the position to the one that text was made of. If text was
// not made by MarshalText, or by a release with another format, the error is
// [ErrPositionFormat] and the position stays as it was.
func (p *Position) UnmarshalText(text []byte) error {
	var version struct{ Version int }
	if err := json.Unmarshal(text, &version); err != nil {
		return fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	if version.Version != positionVersion {
		return fmt.Errorf("%w: its version is %d, but this release reads %d", ErrPositionFormat, version.Version, positionVersion)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var fields positionText
	if err := decoder.Decode(&fields); err != nil {
		return fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	ids := slices.AppendSeq(slices.Clone(fields.Running), maps.Keys(fields.Delivered))
	if slices.ContainsFunc(ids, func(id int64) bool { return id < 1 }) {
		return fmt.Errorf("%w: it has a log id below 1", ErrPositionFormat)
	}
	position := Position{since: fields.Since, delivered: fields.Delivered}
	for _, id := range fields.Running {
		position.markRunning(id)
	}
	*p = position
	return nil
}
