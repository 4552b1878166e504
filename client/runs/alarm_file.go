package runs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// alarmFile is an AlarmStore in a file, which each call of Save replaces.
type alarmFile struct{ path string }

// maxAlarmFile limits the size of the file, which holds a few hundred bytes for
// each open alarm.
const maxAlarmFile = 256 << 20

// Load reads the file. It creates the file if it doesn't exist, so that a folder
// that isn't writable is noticed at the start.
func (f alarmFile) Load(ctx context.Context) ([]byte, error) {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, f.Save(ctx, nil)
	case err != nil:
		return nil, err
	case info.Size() > maxAlarmFile:
		return nil, fmt.Errorf("%s has %d bytes: it is not a file of alarms", f.path, info.Size())
	}
	text, err := os.ReadFile(f.path)
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return nil, err
	}
	return text, f.Save(ctx, text)
}

// Save replaces the file. After a crash, the file is either the old one or the
// new one.
func (f alarmFile) Save(_ context.Context, text []byte) error {
	path := f.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	next := path + ".new"                                                     // always the same name, so that killed processes leave at most one file
	file, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) //nolint:gosec // the program sets the path
	if err != nil {
		return fmt.Errorf("%w (the folder must be writable: the file is replaced)", err)
	}
	err = errors.Join(writeAndSync(file, text), file.Close())
	if err == nil {
		if err = os.Rename(next, path); err != nil {
			err = fmt.Errorf("%w (mount the folder, not the single file: the file is replaced)", err)
		}
	}
	if err != nil {
		return errors.Join(err, ignoreNotExist(os.Remove(next)))
	}
	return syncFolder(filepath.Dir(path))
}
