package runs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// positionVersion is the format version that MarshalText writes.
const positionVersion = 2

// positionText is the JSON form of Changes.
type positionText struct {
	Version int        `json:"version,omitempty"`
	Since   time.Time  `json:"since,omitzero"`
	Reached time.Time  `json:"reached,omitzero"`
	OldID   int64      `json:"old_id,omitempty"`
	Done    [][2]int64 `json:"done,omitempty"` // id, created
	Open    [][4]int64 `json:"open,omitempty"` // id, created, attempts, 1 if stuck
}

// encodeChanges encodes changes as JSON.
func encodeChanges(changes Changes, version int) ([]byte, error) {
	text := positionText{Version: version, Since: changes.Since, Reached: changes.Reached, OldID: changes.OldID}
	states := make(map[int64]LogState, len(changes.Logs))
	for _, log := range changes.Logs {
		states[log.LogID] = log // the last state wins
	}
	for _, id := range slices.Sorted(maps.Keys(states)) {
		switch log := states[id]; {
		case log.Done:
			text.Done = append(text.Done, [2]int64{id, log.CreatedAt.UnixMicro()})
		default:
			stuck := int64(0)
			if log.Stuck {
				stuck = 1
			}
			text.Open = append(text.Open, [4]int64{id, log.CreatedAt.UnixMicro(), int64(log.Attempts), stuck})
		}
	}
	return json.Marshal(text)
}

// decodeChanges decodes the output of encodeChanges.
func decodeChanges(text []byte, version int) (Changes, error) {
	var found struct{ Version int }
	if err := json.Unmarshal(text, &found); err != nil {
		return Changes{}, fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	if found.Version != version {
		return Changes{}, fmt.Errorf("%w: version %d instead of %d", ErrPositionFormat, found.Version, version)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var fields positionText
	if err := decoder.Decode(&fields); err != nil {
		return Changes{}, fmt.Errorf("%w: %w", ErrPositionFormat, err)
	}
	changes := Changes{Since: fields.Since, Reached: fields.Reached, OldID: fields.OldID}
	for _, log := range fields.Done {
		changes.Logs = append(changes.Logs, LogState{LogID: log[0], CreatedAt: time.UnixMicro(log[1]).UTC(), Done: true})
	}
	for _, log := range fields.Open {
		changes.Logs = append(changes.Logs, LogState{LogID: log[0], CreatedAt: time.UnixMicro(log[1]).UTC(), Attempts: int(log[2]), Stuck: log[3] != 0})
	}
	return changes, nil
}

// MarshalText encodes the position for [Position.UnmarshalText]. The encoding
// is internal to this package and contains its version.
func (p Position) MarshalText() ([]byte, error) { return encodeChanges(p.State(), positionVersion) }

// UnmarshalText sets the position to the one that MarshalText encoded. If text
// is invalid or has another version, it returns [ErrPositionFormat] and leaves
// the position unchanged.
func (p *Position) UnmarshalText(text []byte) error {
	changes, err := decodeChanges(text, positionVersion)
	if err != nil {
		return err
	}
	position, err := NewPosition(changes)
	if err != nil {
		return err
	}
	*p = *position
	return nil
}
