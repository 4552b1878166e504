package sandbox

import (
	"slices"
	"sync"
)

// A journal keeps its latest entries, as long as they are not too many and not too
// large together. Their ids count from 1 on, without a gap.
type journal[T any] struct {
	maxCount int
	maxSize  int // in bytes

	mu      sync.Mutex // guards what follows
	entries []T
	sizes   []int // of the entries
	size    int
	last    int64 // id
}

// add keeps the entry that write makes for its id, the latest whatever its size.
func (j *journal[T]) add(size int, write func(id int64) T) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	j.entries, j.sizes = append(j.entries, write(j.last)), append(j.sizes, size)
	j.size += size
	for len(j.entries) > j.maxCount || j.size > j.maxSize && len(j.entries) > 1 {
		clear(j.entries[:1]) // for the garbage collector
		j.size -= j.sizes[0]
		j.entries, j.sizes = j.entries[1:], j.sizes[1:]
	}
}

// all returns the entries, the oldest first.
func (j *journal[T]) all() []T {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// byID returns an entry that is still kept.
func (j *journal[T]) byID(id int64) (entry T, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := id - j.last + int64(len(j.entries)) - 1
	if i < 0 || i >= int64(len(j.entries)) {
		return entry, false
	}
	return j.entries[i], true
}
