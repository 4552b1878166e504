package runs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

func TestPositionText(t *testing.T) {
	t.Parallel()
	text, err := new(runs.Position).MarshalText()
	require.NoError(t, err)
	assert.Equal(t, `{"version":2}`, string(text))

	at := runs.At(time.Date(2026, 1, 6, 8, 0, 0, 0, time.UTC))
	at.Retry(12)
	at.Retry(7)
	at.Retry(0)
	at.Retry(-3)
	text, err = at.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, `{"version":2,"since":"2026-01-06T08:00:00Z","open":[[7,1767686400000000,0,0],[12,1767686400000000,0,0]]}`, string(text))

	// A value that isn't addressable is encoded, too.
	held, err := json.Marshal(struct{ Position runs.Position }{*at})
	require.NoError(t, err)
	read := struct{ Position *runs.Position }{}
	require.NoError(t, json.Unmarshal(held, &read))
	assert.Equal(t, at.State(), read.Position.State())
}

// The text records each delivered log.
func TestPositionTextRecordsLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		s.lock(func() { s.put(3, time.Now(), time.Time{}) })
		position := new(runs.Position)
		assert.Equal(t, []int64{1, 2}, followN(t, newClient(t, s), position, 2))
		text, err := position.MarshalText()
		require.NoError(t, err)
		at := time.Now().UnixMicro()
		assert.Equal(t, fmt.Sprintf(`{"version":2,"done":[[1,%d],[2,%d]],"open":[[3,%d,0,0]]}`, at, at, at), string(text))

		restored := new(runs.Position)
		require.NoError(t, restored.UnmarshalText(text))
		s.add(3, 4)
		assert.Equal(t, []int64{3, 4}, followN(t, newClient(t, s), restored, 2))
		text, err = restored.MarshalText()
		require.NoError(t, err)
		assert.NotContains(t, string(text), "open")
		restored.Retry(1)
		assert.Equal(t, []int64{1}, followN(t, newClient(t, s), restored, 1))
	})
}

// The text contains only the logs within the overlap.
func TestPositionTextStaysShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1)
		position := new(runs.Position)
		for log, err := range runs.Follow(t.Context(), newClient(t, s), position) {
			require.NoError(t, err)
			if log.ID == 100 {
				break
			}
			time.Sleep(time.Minute)
			s.add(log.ID + 1)
		}
		text, err := position.MarshalText()
		require.NoError(t, err)
		assert.Less(t, len(text), 500)
		assert.Less(t, len(s.lists), 500, "few pages are read")
	})
}

func TestPositionRejectsInvalidText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `null`, `[]`, `12`, `"x"`, `{}`, `{"version":1}`, `{"version":3}`, `{"version":"2"}`,
		`{"version":2,"since":"yesterday"}`, `{"version":2,"open":["x"]}`, `{"version":2,"open":[[0,0,0,0]]}`,
		`{"version":2,"done":[["x",1]]}`, `{"version":2,"later":true}`,
		`{"version":2}{"version":2}`, `{"version":2`, `{"since":"2026-01-06T08:00:00Z","done":[]}`,
		`{"version":2,"done":[[-1,0]]}`,
	} {
		position := runs.At(time.Unix(1, 0).UTC())
		require.ErrorIs(t, position.UnmarshalText([]byte(text)), runs.ErrPositionFormat, text)
		assert.Equal(t, runs.At(time.Unix(1, 0).UTC()), position, "%s: the position is unchanged", text)
	}
	assert.ErrorContains(t, new(runs.Position).UnmarshalText([]byte(`{"version":1}`)), "version 1 instead of 2")
	_, err := runs.NewPosition(runs.Changes{Logs: []runs.LogState{{LogID: -1}}})
	require.ErrorIs(t, err, runs.ErrPositionFormat)
}

// A program that is killed and restarted continues where it stopped.
func TestPositionFileSurvivesRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		var handled []int64
		live := func(until int) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), func(_ context.Context, run *runs.Run) error {
				if handled = append(handled, run.LogID); len(handled) == until {
					time.AfterFunc(time.Second, cancel)
				}
				return nil
			}, runs.WithPositionFile(file), runs.WithConcurrency(1))
			require.NoError(t, err)
			require.ErrorIs(t, receiver.Follow(ctx), context.Canceled)
		}
		s.lock(func() { s.put(100, time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)) })
		s.add(1)
		live(1)
		time.Sleep(time.Hour)
		s.add(2)
		time.Sleep(time.Hour)
		s.add(3)
		live(3)
		assert.Equal(t, []int64{1, 2, 3}, handled, "without a file, the receiver starts from the present")

		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		files, err := os.ReadDir(filepath.Dir(file))
		require.NoError(t, err)
		assert.Len(t, files, 1, "no other file is left")
	})
}

// A run that was handled when the position was past it already is not new after a
// restart.
func TestPositionKnowsRunsThatWereHandledLate(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	position, err := runs.NewPosition(runs.Changes{Since: since, OldID: 5, Logs: []runs.LogState{{LogID: 6, CreatedAt: since.Add(-time.Minute), Done: true}}})
	require.NoError(t, err)
	require.Equal(t, runs.Changes{Since: since, OldID: 6}, position.State())
}
