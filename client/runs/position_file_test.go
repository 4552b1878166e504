package runs_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

// handleFor runs a receiver for a duration, with the position in a file, and
// returns the ids of the handled runs.
func handleFor(t *testing.T, s *logServer, file string, d time.Duration, opts ...runs.Option) []int64 {
	t.Helper()
	var handled sequence[int64]
	f := follow(t, s, handler(&handled), append(opts, runs.WithPositionFile(file), runs.WithConcurrency(1))...)
	advance(d)
	f.stop(t)
	return handled.values()
}

func TestPositionFileIsOneFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		folder := t.TempDir()
		file := filepath.Join(folder, "position")
		require.NoError(t, os.WriteFile(file+".new", []byte("left by a process that was killed"), 0o600))
		handleFor(t, s, file, time.Minute)
		s.add(1)
		assert.Equal(t, []int64{1}, handleFor(t, s, file, time.Minute))
		assert.Empty(t, handleFor(t, s, file, time.Minute))

		info, err := os.Stat(file)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		assert.Len(t, files, 1, "no other file is left")
	})
}

// The number of bytes written grows linearly with the number of runs.
func TestPositionFileGrowsLinearly(t *testing.T) {
	t.Parallel()
	for _, count := range []int64{1000, 8000} {
		synctest.Test(t, func(t *testing.T) {
			s := newLogServer()
			s.pageSize = 100
			s.addEvery(60*time.Millisecond, 1, count)
			file := filepath.Join(t.TempDir(), "position")
			written, size := int64(0), int64(0)
			observe := func(context.Context, *runs.Run) error {
				info, err := os.Stat(file)
				require.NoError(t, err)
				if info.Size() < size {
					written += info.Size() // the file was replaced
				} else {
					written += info.Size() - size
				}
				size = info.Size()
				return nil
			}
			f := follow(t, s, observe, runs.WithStart(time.Time{}), runs.WithPositionFile(file), runs.WithConcurrency(1))
			advance(time.Minute)
			f.stop(t)
			assert.LessOrEqual(t, written/count, int64(100), "bytes a run")
		})
	}
}

// A crash may leave an incomplete line at the end of the file.
func TestTornPositionFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		handleFor(t, s, file, time.Minute)
		s.add(1, 2, 3)
		require.Equal(t, []int64{1, 2, 3}, handleFor(t, s, file, time.Minute))
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		header := bytes.IndexByte(text, '\n') + 1
		for length := range text {
			torn := filepath.Join(t.TempDir(), "position")
			require.NoError(t, os.WriteFile(torn, text[:length], 0o600))
			ids := handleFor(t, s, torn, time.Second)
			if length > header {
				continue
			}
			assert.Empty(t, ids, "the receiver starts from the present")
		}
		for i := header; i < len(text)-1; i += 7 { // damage elsewhere is an error
			damaged := bytes.Clone(text)
			damaged[i] ^= 1
			damaged = append(damaged, text[header:]...)
			path := filepath.Join(t.TempDir(), "position")
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), noopHandler, runs.WithPositionFile(path))
			require.NoError(t, err)
			require.ErrorIs(t, receiver.Follow(t.Context()), runs.ErrPositionFormat)
		}
	})
}

// A process that was killed may leave a second name of the file. It is removed,
// even if the file must be replaced.
func TestLeftoverLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, isTorn := range []bool{false, true} {
			s := newLogServer()
			folder := t.TempDir()
			file := filepath.Join(folder, "position")
			handleFor(t, s, file, time.Minute)
			s.add(1)
			assert.Equal(t, []int64{1}, handleFor(t, s, file, time.Minute))
			if isTorn {
				text, err := os.ReadFile(file)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(file, append(text, "torn"...), 0o600))
			}
			require.NoError(t, os.Link(file, file+".new"))
			assert.Empty(t, handleFor(t, s, file, time.Minute))
			files, err := os.ReadDir(folder)
			require.NoError(t, err)
			assert.Len(t, files, 1)
		}
	})
}

func TestLockedPositionFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		f := follow(t, s, noopHandler, runs.WithPositionFile(file))
		advance(time.Minute)
		second, err := runs.NewReceiver(newClient(t, s), newVerifier(t), noopHandler, runs.WithPositionFile(file))
		require.NoError(t, err)
		err = second.Follow(t.Context())
		require.ErrorIs(t, err, runs.ErrPositionLocked)
		require.ErrorContains(t, err, file)
		f.stop(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, second.Follow(ctx), context.DeadlineExceeded, "the lock ends with Follow")
	})
}

func TestPositionFileThroughASymlink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		folder := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(folder, "data"), 0o700))
		file := filepath.Join(folder, "data", "position")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		link := filepath.Join(folder, "link")
		require.NoError(t, os.Symlink(file, link))
		handleFor(t, s, link, time.Minute)
		s.add(1)
		assert.Equal(t, []int64{1}, handleFor(t, s, link, time.Minute))
		target, err := os.Readlink(link)
		require.NoError(t, err)
		assert.Equal(t, file, target)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Contains(t, string(text), `"done":[[1,`)
	})
}

// If the file can't be used, Follow returns an error with its path and advice.
func TestUnusablePositionFile(t *testing.T) {
	t.Parallel()
	s := newLogServer()
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	require.NoError(t, os.WriteFile(other, []byte(`{"since":"2026-01-06T08:00:00Z"}`), 0o600))
	blocked := filepath.Join(dir, "blocked")
	require.NoError(t, os.MkdirAll(filepath.Join(blocked+".new", "full"), 0o700)) // so that replacing the file fails
	for path, want := range map[string]string{
		other:                               "runs: the position can't be loaded: " + other + " (to start from the present, move the file away): runs: unsupported position format",
		dir:                                 "runs: the position can't be loaded: open " + dir,
		filepath.Join(dir, "none", "posit"): "runs: the position can't be loaded: open " + filepath.Join(dir, "none"),
		blocked:                             "runs: the position can't be loaded: remove " + blocked + ".new: directory not empty (the folder must be writable: the file is replaced from time to time)",
	} {
		receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), noopHandler, runs.WithPositionFile(path))
		require.NoError(t, err)
		require.ErrorContains(t, receiver.Follow(t.Context()), want)
		assert.ErrorContains(t, receiver.Status().Err, want)
		assert.False(t, receiver.Status().Ready)
	}
	assert.Zero(t, s.requests)
	text, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, `{"since":"2026-01-06T08:00:00Z"}`, string(text), "the file is unchanged")
}

// Runs from callbacks are recorded, too, even before Follow has started and
// after it has returned.
func TestPositionFileRecordsCallbacks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		handleFor(t, s, file, time.Second)
		s.add(1, 2, 3)
		var handled sequence[int64]
		receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), handler(&handled), runs.WithPositionFile(file), runs.WithConcurrency(1))
		require.NoError(t, err)
		send(t, receiver, 1, secret)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, receiver.Follow(ctx), context.DeadlineExceeded)
		assert.Equal(t, []int64{1, 2, 3}, handled.values())
		s.add(4, 5)
		send(t, receiver, 4, secret)
		assert.Equal(t, []int64{5}, handleFor(t, s, file, time.Minute))
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(text), "iblai-go runs position, format 2\n"))
	})
}

// If the file is removed while it is in use, it is written again, with all that
// it contained.
func TestRemovedPositionFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPositionFile(file), runs.WithConcurrency(1))
		advance(time.Minute)
		s.add(1)
		advance(time.Minute)
		require.NoError(t, os.Remove(file))
		s.add(2)
		advance(time.Minute)
		f.stop(t)
		assert.Equal(t, []int64{1, 2}, handled.values())
		s.add(3)
		assert.Equal(t, []int64{3}, handleFor(t, s, file, time.Minute))
	})
}

// If another program replaces the file while it is in use, that is reported, and
// the other file is left as it is.
func TestReplacedPositionFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newLogServer()
		file := filepath.Join(t.TempDir(), "position")
		var handled sequence[int64]
		f := follow(t, s, handler(&handled), runs.WithPositionFile(file), runs.WithConcurrency(1))
		advance(time.Minute)
		require.NoError(t, os.WriteFile(file+".other", []byte("another file"), 0o600))
		require.NoError(t, os.Rename(file+".other", file))
		s.add(1)
		advance(time.Minute)
		status := f.Status()
		f.stop(t)
		assert.Equal(t, []int64{1}, handled.values())
		assert.False(t, status.Ready)
		require.ErrorContains(t, status.Err, file+" was replaced by another program while it was in use")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, "another file", string(text))
	})
}
