package runs_test

import (
	"context"
	"encoding/json"
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
	assert.Equal(t, `{"version":1}`, string(text))

	at := runs.At(time.Date(2026, 1, 6, 8, 0, 0, 0, time.UTC))
	at.Retry(12)
	at.Retry(7)
	at.Retry(0)
	at.Retry(-3)
	text, err = at.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, `{"version":1,"since":"2026-01-06T08:00:00Z","running":[7,12]}`, string(text))

	// A value that isn't addressable is written, too.
	held, err := json.Marshal(struct{ Position runs.Position }{*at})
	require.NoError(t, err)
	read := struct{ Position *runs.Position }{}
	require.NoError(t, json.Unmarshal(held, &read))
	assert.Equal(t, at, read.Position)
}

// What was delivered is remembered in the text, down to which logs.
func TestPositionTextGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		s.add(1, 2)
		s.lock(func() { s.put(3, time.Now(), time.Time{}) })
		position := new(runs.Position)
		assert.Equal(t, []int64{1, 2}, take(t, newClient(t, s), position, 2))
		text, err := position.MarshalText()
		require.NoError(t, err)
		at := time.Now().Format(time.RFC3339Nano)
		assert.Equal(t, `{"version":1,"delivered":{"1":"`+at+`","2":"`+at+`"},"running":[3]}`, string(text))

		restored := new(runs.Position)
		require.NoError(t, restored.UnmarshalText(text))
		s.add(3, 4)
		assert.Equal(t, []int64{3, 4}, take(t, newClient(t, s), restored, 2))
		text, err = restored.MarshalText()
		require.NoError(t, err)
		assert.NotContains(t, string(text), "running")
		restored.Retry(1)
		assert.Equal(t, []int64{1}, take(t, newClient(t, s), restored, 1))
	})
}

// The text has only the logs within the overlap.
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
		assert.Less(t, len(s.lists), 500, "and as few pages are read")
	})
}

func TestPositionRefusesOtherText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, ` `, `null`, `[]`, `12`, `"x"`, `{}`, `{"version":0}`, `{"version":2}`, `{"version":"1"}`,
		`{"version":1,"since":"yesterday"}`, `{"version":1,"running":["x"]}`, `{"version":1,"running":[0]}`,
		`{"version":1,"delivered":{"x":"2026-01-06T08:00:00Z"}}`, `{"version":1,"later":true}`,
		`{"version":1}{"version":1}`, `{"version":1`, `{"since":"2026-01-06T08:00:00Z","delivered":{}}`,
		`{"version":1,"delivered":{"0":"2026-01-06T08:00:00Z"}}`,
	} {
		position := runs.At(time.Unix(1, 0).UTC())
		require.ErrorIs(t, position.UnmarshalText([]byte(text)), runs.ErrPositionFormat, text)
		assert.Equal(t, runs.At(time.Unix(1, 0).UTC()), position, "%s: it stays as it was", text)
	}
	assert.ErrorContains(t, new(runs.Position).UnmarshalText([]byte(`{"version":2}`)), "its version is 2, but this release reads 1")
}

// A program that is killed and started again goes on where it was.
func TestPositionFile(t *testing.T) {
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
			}, runs.WithPositionFile(file))
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
		assert.Equal(t, []int64{1, 2, 3}, handled, "without a file it begins with the runs of now")

		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		files, err := os.ReadDir(filepath.Dir(file))
		require.NoError(t, err)
		assert.Len(t, files, 1, "no other file is left")
	})
}

// The position is saved before the first run, so that a program that is killed
// before it does not begin later.
func TestPositionIsSavedAtTheStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), ignore, runs.WithPositionFile(file), runs.WithObserver(new(outcomes).observe))
		require.NoError(t, err)
		start := time.Now()
		require.ErrorIs(t, receiver.Follow(ctx), context.DeadlineExceeded)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		position := new(runs.Position)
		require.NoError(t, position.UnmarshalText(text))
		since := start.Add(-5 * time.Minute) // for a service whose clock is behind
		want, err := runs.At(since).MarshalText()
		require.NoError(t, err)
		assert.Equal(t, string(want), string(text))
	})
}

func TestPositionThatCannotBeUsedEndsFollow(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(other, []byte(`{"since":"2026-01-06T08:00:00Z"}`), 0o600))
	for path, want := range map[string]string{
		other:                               "runs: the position can't be loaded: " + other + " (remove the file to begin with the runs of now): runs: not a position",
		dir:                                 "runs: the position can't be loaded: read " + dir,
		filepath.Join(dir, "none", "posit"): "runs: the position can't be saved: open " + filepath.Join(dir, "none"),
	} {
		receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), ignore, runs.WithPositionFile(path))
		require.NoError(t, err)
		require.ErrorContains(t, receiver.Follow(t.Context()), want)
		assert.ErrorContains(t, receiver.Status().Err, want)
		assert.False(t, receiver.Status().Ready)
	}
	assert.Zero(t, s.requests)
	text, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, `{"since":"2026-01-06T08:00:00Z"}`, string(text), "it was not touched")
}
