package runs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// positionFile is a PositionStore in a file. The first line names the format.
// Each other line has a checksum and changes as JSON. The second line has the
// whole position. Save appends a line. When the file has become too large, it
// is replaced by a file with the whole position only.
type positionFile struct {
	path string
	file *os.File // nil unless the file is open
	// position has all changes applied, and is written when the file is replaced.
	position *Position
	// size is the size of the file. baseSize is its size after the last
	// replacement.
	size, baseSize int64
	// isTorn means that the file must be replaced before changes are appended: a
	// write has failed and has left an incomplete line.
	isTorn bool
}

// fileHeader is the first line of a file.
const fileHeader = "iblai-go runs position, format 2\n"

// approximateLogSize is the approximate size of a log in the file.
const approximateLogSize = 32

// minFileSize is the size up to which the file is not replaced when changes are
// saved.
const minFileSize = 1 << 20

// Load opens and locks the file, and reads it.
func (f *positionFile) Load(context.Context) (*Position, error) {
	if err := f.Close(); err != nil {
		return nil, err
	}
	position, err := f.load()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return position, nil
}

func (f *positionFile) load() (*Position, error) {
	if err := f.open(); err != nil {
		return nil, err
	}
	position, err := f.readAll()
	if err != nil {
		return nil, fmt.Errorf("%s (to start from the present, move the file away): %w", f.path, err)
	}
	f.position = position
	if position == nil {
		f.position = new(Position)
	}
	f.position.init()
	f.baseSize = int64(len(fileHeader) + approximateLogSize*f.position.tracker.size())
	if f.isTorn || position == nil || !f.isReplaceable() {
		if err := f.replace(); err != nil {
			return nil, err
		}
	}
	if position == nil {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	return NewPosition(position.State())
}

// isReplaceable reports whether the file can surely be replaced, so that a
// problem is noticed at the start. A file that is mounted into a container can't
// be linked to, and some file systems have no links at all.
func (f *positionFile) isReplaceable() bool {
	next := f.path + ".new"
	if err := ignoreNotExist(os.Remove(next)); err != nil { // left by a killed process
		return false
	}
	return os.Link(f.path, next) == nil && os.Remove(next) == nil
}

// open opens and locks the file. It creates the file if it doesn't exist.
func (f *positionFile) open() error {
	if path, err := filepath.EvalSymlinks(f.path); err == nil {
		f.path = path
	}
	for {
		file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		if err := lockFile(file); err != nil {
			return errors.Join(fmt.Errorf("%w: %s", ErrPositionLocked, f.path), file.Close())
		}
		// Another process may have replaced the file before it was locked.
		opened, err := file.Stat()
		if err != nil {
			return errors.Join(err, file.Close())
		}
		if current, err := os.Stat(f.path); err == nil && os.SameFile(opened, current) {
			f.file = file
			return nil
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
}

// readAll returns the position in the file, or nil if the file is empty. It
// removes an incomplete last line, which a crash may have left.
func (f *positionFile) readAll() (*Position, error) {
	reader := bufio.NewReader(f.file)
	header, err := reader.ReadString('\n')
	switch {
	case err == io.EOF && fileHeader[:min(len(header), len(fileHeader))] == header:
		return nil, nil //nolint:nilnil // as documented
	case err != nil && err != io.EOF:
		return nil, err
	case header != fileHeader:
		return nil, ErrPositionFormat
	}
	position := new(Position)
	f.size, f.isTorn = int64(len(header)), false
	for number := 2; ; number++ {
		line, err := reader.ReadBytes('\n')
		switch {
		case err == io.EOF && number == 2:
			return nil, nil //nolint:nilnil // as documented
		case err == io.EOF:
			if len(line) > 0 {
				f.removeTail()
			}
			return position, nil
		case err != nil:
			return nil, err
		}
		if err := position.applyLine(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			if _, peek := reader.Peek(1); peek == io.EOF && number > 2 {
				f.removeTail()
				return position, nil
			}
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		f.size += int64(len(line))
	}
}

// removeTail removes an incomplete line after f.size.
func (f *positionFile) removeTail() { f.isTorn = f.file.Truncate(f.size) != nil }

// applyLine applies a line of the file.
func (p *Position) applyLine(line []byte) error {
	sum, text, ok := bytes.Cut(line, []byte(" "))
	if want, err := strconv.ParseUint(string(sum), 16, 32); !ok || err != nil || want != uint64(crc32.ChecksumIEEE(text)) {
		return fmt.Errorf("%w: wrong checksum", ErrPositionFormat)
	}
	changes, err := decodeChanges(text, 0)
	if err != nil {
		return err
	}
	return p.init().apply(changes)
}

func encodeLine(changes Changes) ([]byte, error) {
	text, err := encodeChanges(changes, 0)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(text), text), nil
}

// replace writes the whole position to a new file and renames it. After a
// crash, the file is either the old one or the new one.
func (f *positionFile) replace() error {
	line, err := encodeLine(f.position.State())
	if err != nil {
		return err
	}
	next := f.path + ".new" // always the same name, so that killed processes leave at most one file
	if err := ignoreNotExist(os.Remove(next)); err != nil {
		return fmt.Errorf("%w (the folder must be writable: the file is replaced from time to time)", err)
	}
	file, err := os.OpenFile(next, os.O_RDWR|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600) //nolint:gosec // the program sets the path
	if err != nil {
		return fmt.Errorf("%w (the folder must be writable: the file is replaced from time to time)", err)
	}
	err = errors.Join(lockFile(file), writeAndSync(file, append([]byte(fileHeader), line...)))
	if err == nil {
		err = os.Rename(next, f.path)
		if err != nil {
			err = fmt.Errorf("%w (mount the folder, not the single file: the file is replaced from time to time)", err)
		}
	}
	if err == nil {
		err = syncFolder(filepath.Dir(f.path))
	}
	if err != nil {
		return errors.Join(err, file.Close(), ignoreNotExist(os.Remove(next)))
	}
	err = f.file.Close()
	f.file, f.isTorn = file, false
	f.baseSize = int64(len(fileHeader) + len(line))
	f.size = f.baseSize
	return err
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func writeAndSync(file *os.File, data []byte) error {
	if _, err := file.Write(data); err != nil {
		return err
	}
	return file.Sync()
}

// Save appends the changes to the file.
func (f *positionFile) Save(_ context.Context, changes Changes) (err error) {
	if f.file == nil { // a callback was handled after Close
		if _, err := f.load(); err != nil {
			return errors.Join(err, f.Close())
		}
		defer func() { err = errors.Join(err, f.Close()) }()
	}
	if err := f.position.tracker.apply(changes); err != nil {
		return err
	}
	line, err := encodeLine(changes)
	if err != nil {
		return err
	}
	isRemoved, err := f.isRemoved()
	switch {
	case err != nil:
		return err
	case isRemoved, f.isTorn, f.size+int64(len(line)) > max(minFileSize, 4*f.baseSize):
		return f.replace()
	}
	if _, err := f.file.Write(line); err != nil { // the disk may be full
		f.removeTail()
		return err
	}
	if err := f.file.Sync(); err != nil { // lines before this one may be lost, too
		f.isTorn = true
		return err
	}
	f.size += int64(len(line))
	return nil
}

// isRemoved reports whether the path no longer leads to a file. If it leads to
// another file, isRemoved returns an error: another process may use that file.
func (f *positionFile) isRemoved() (bool, error) {
	opened, err := f.file.Stat()
	if err != nil {
		return false, err
	}
	current, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, err
	case !os.SameFile(opened, current):
		return false, fmt.Errorf("%s was replaced by another program while it was in use; restart this one", f.path)
	}
	return false, nil
}

// Close unlocks the file.
func (f *positionFile) Close() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	f.file = nil
	return err
}
