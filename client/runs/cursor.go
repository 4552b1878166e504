package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/iblai/iblai-go/client"
)

// CursorStore keeps how far the logs were followed.
type CursorStore interface {
	// Load returns the cursor that was saved last, or where to begin if none
	// was.
	Load(ctx context.Context) (*client.Cursor, error)
	// Save keeps the cursor. It must not return before a crash can no longer
	// lose it.
	Save(ctx context.Context, cursor *client.Cursor) error
}

// memoryCursor keeps nothing: it begins with the runs of now.
type memoryCursor struct{}

func (memoryCursor) Load(context.Context) (*client.Cursor, error) { return fromNow(), nil }

func (memoryCursor) Save(context.Context, *client.Cursor) error { return nil }

// maxSkew is how far the service's clock may be behind ours.
const maxSkew = 5 * time.Minute

func fromNow() *client.Cursor { return &client.Cursor{Since: time.Now().Add(-maxSkew)} }

// cursorFile keeps the cursor as JSON.
type cursorFile string

func (f cursorFile) Load(context.Context) (*client.Cursor, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return fromNow(), nil
	}
	if err != nil {
		return nil, err
	}
	var cursor client.Cursor
	if err := json.Unmarshal(text, &cursor); err != nil {
		return nil, fmt.Errorf("%s is not a cursor; remove it to begin with the runs of now: %w", f, err)
	}
	return &cursor, nil
}

// Save writes another file and puts it in the place of the old one, so that a
// crash leaves one of them whole.
func (f cursorFile) Save(_ context.Context, cursor *client.Cursor) error {
	text, err := json.Marshal(cursor)
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(string(f)), filepath.Base(string(f))+".*")
	if err != nil {
		return err
	}
	defer os.Remove(next.Name()) //nolint:errcheck // it is gone if all went well
	if _, err := next.Write(text); err != nil {
		_ = next.Close()
		return err
	}
	if err := errors.Join(next.Sync(), next.Close()); err != nil {
		return err
	}
	return os.Rename(next.Name(), string(f))
}
