package runs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// PositionStore saves the position of a [Receiver], which calls one method at a
// time.
type PositionStore interface {
	// Load returns the latest saved position, or nil if none was saved.
	Load(ctx context.Context) (*Position, error)
	// Save saves the position. It must return nil only if a crash can no longer
	// lose the position. It must not keep the pointer: the position changes
	// later.
	Save(ctx context.Context, position *Position) error
}

// noPositions is a PositionStore that saves nothing.
type noPositions struct{}

func (noPositions) Load(context.Context) (*Position, error) {
	return nil, nil //nolint:nilnil // as PositionStore says
}

func (noPositions) Save(context.Context, *Position) error { return nil }

// positionFile is a PositionStore: the path of a file with the position's text.
type positionFile string

func (f positionFile) Load(context.Context) (*Position, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // as PositionStore says
	}
	if err != nil {
		return nil, err
	}
	position := new(Position)
	if err := position.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("%s (remove the file to begin with the runs of now): %w", f, err)
	}
	return position, nil
}

// Save writes another file and renames it, so that after a crash the file has
// the old or the new position.
func (f positionFile) Save(_ context.Context, position *Position) error {
	text, err := position.MarshalText()
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*")
	if err != nil {
		return err
	}
	defer os.Remove(next.Name()) //nolint:errcheck // the rename has removed it
	if _, err := next.Write(text); err != nil {
		_ = next.Close()
		return err
	}
	if err := errors.Join(next.Sync(), next.Close()); err != nil {
		return err
	}
	return os.Rename(next.Name(), string(f))
}
