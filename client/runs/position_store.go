package runs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// PositionStore saves the position of a [Receiver].
type PositionStore interface {
	// Load returns the position that was saved last, or nil if none was.
	Load(ctx context.Context) (*Position, error)
	// Save saves the position. It must not return nil before a crash can no
	// longer lose the position.
	Save(ctx context.Context, position *Position) error
}

// noPositions saves nothing.
type noPositions struct{}

func (noPositions) Load(context.Context) (*Position, error) {
	return nil, nil //nolint:nilnil // as PositionStore says
}

func (noPositions) Save(context.Context, *Position) error { return nil }

// positionFile is the path of a file that has the position.
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

// Save writes another file and renames it, so that a crash leaves the old or
// the new position.
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
