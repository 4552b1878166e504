package runs_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/iblai/iblai-go/client/runs"
)

// A single file that is mounted into a container can't be replaced. It is
// refused at the start, with advice, however large it is.
func TestMountedPositionFile(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int64{"empty": 0, "small": 3, "large": 5000} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			source, target := filepath.Join(folder, "source"), filepath.Join(folder, "target")
			require.NoError(t, os.WriteFile(source, nil, 0o600))
			require.NoError(t, os.WriteFile(target, nil, 0o600))
			s := newLogServer()
			if count > 0 {
				s.pageSize = 1000
				synctest.Test(t, func(t *testing.T) {
					s.addEvery(time.Millisecond, 1, count)
					require.Len(t, handleFor(t, s, source, time.Minute, runs.WithStart(time.Time{})), int(count))
				})
			}
			before, err := os.ReadFile(source)
			require.NoError(t, err)
			if err := syscall.Mount(source, target, "", syscall.MS_BIND, ""); err != nil {
				if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
					t.Skip("mounting a file needs CAP_SYS_ADMIN")
				}
				require.NoError(t, err)
			}
			t.Cleanup(func() { assert.NoError(t, syscall.Unmount(target, 0)) })
			requests := s.requests
			receiver, err := runs.NewReceiver(newClient(t, s), newVerifier(t), noopHandler, runs.WithPositionFile(target))
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			err = receiver.Follow(ctx)
			require.ErrorIs(t, err, syscall.EBUSY)
			require.ErrorContains(t, err, target)
			require.ErrorContains(t, err, "(mount the folder, not the single file: the file is replaced from time to time)")
			assert.Equal(t, requests, s.requests)
			after, err := os.ReadFile(source)
			require.NoError(t, err)
			assert.Equal(t, before, after, "the file is unchanged")
		})
	}
}
