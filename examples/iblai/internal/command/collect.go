package command

import (
	"errors"
	"fmt"
	"iter"

	"github.com/iblai/iblai-go/client"
)

const increaseLimit = "increase --limit"

// collect returns at most limit items. If there are more, it writes a note to
// stderr, with the way to see them.
func collect[T any](a *app, items iter.Seq2[T, error], limit int, advice string) ([]T, error) {
	if limit < 1 {
		return nil, fmt.Errorf("--limit is %d, but must be positive", limit)
	}
	collected, err := client.Collect(items, limit)
	if errors.Is(err, client.ErrTruncated) {
		fmt.Fprintf(a.Stderr, "There are more than %d items; %s to see them.\n", limit, advice)
		err = nil
	}
	return collected, err
}
