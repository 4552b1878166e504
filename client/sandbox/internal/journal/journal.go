// Package journal keeps the latest entries of a sequence in bounded memory.
package journal

import (
	"iter"
	"math"
	"slices"
	"sync"
)

// A Journal keeps the latest entries. Their ids are 1, 2 and so on. It is safe for
// concurrent use.
type Journal[T any] struct {
	maxCount int
	maxSize  int // in bytes

	mu      sync.Mutex // guards what follows
	entries []T
	sizes   []int // of the entries
	size    int
	last    int64 // id
}

// New returns a journal that keeps up to maxCount entries with up to maxSize bytes
// together.
func New[T any](maxCount, maxSize int) *Journal[T] {
	return &Journal[T]{maxCount: maxCount, maxSize: maxSize}
}

// Add adds the entry that write returns for its id. It is kept whatever its size.
func (j *Journal[T]) Add(size int, write func(id int64) T) {
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

// maxEntriesAtOnce is the number of entries that are copied under the lock.
const maxEntriesAtOnce = 256

// All yields the entries, the oldest first, up to the latest at the start of the
// loop. It skips entries that are removed meanwhile.
func (j *Journal[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		id, last := int64(1), j.lastID()
		for {
			var entries []T
			entries, id = j.between(id, last)
			if len(entries) == 0 {
				return
			}
			for _, entry := range entries {
				if !yield(entry) {
					return
				}
			}
		}
	}
}

func (j *Journal[T]) lastID() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// between returns the oldest entries with ids from first to last, and the id that
// follows.
func (j *Journal[T]) between(first, last int64) (entries []T, next int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.last - int64(len(j.entries)) + 1
	begin := max(first, oldest)
	end := min(begin+maxEntriesAtOnce, last+1)
	if begin >= end {
		return nil, begin
	}
	return slices.Clone(j.entries[begin-oldest : end-oldest]), end
}

// Backward yields the entries, the latest first. It skips entries that are removed
// meanwhile.
func (j *Journal[T]) Backward() iter.Seq[T] {
	return func(yield func(T) bool) {
		entries, id := j.upTo(math.MaxInt64)
		for len(entries) > 0 {
			for _, entry := range slices.Backward(entries) {
				if !yield(entry) {
					return
				}
			}
			entries, id = j.upTo(id)
		}
	}
}

// upTo returns the latest entries with ids below before, and the id of the first.
func (j *Journal[T]) upTo(before int64) (entries []T, first int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.last - int64(len(j.entries)) + 1
	end := max(0, min(before, j.last+1)-oldest)
	begin := max(0, end-maxEntriesAtOnce)
	return slices.Clone(j.entries[begin:end]), oldest + begin
}

// Get returns the entry with an id, if it is still kept.
func (j *Journal[T]) Get(id int64) (entry T, ok bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := id - j.last + int64(len(j.entries)) - 1
	if i < 0 || i >= int64(len(j.entries)) {
		return entry, false
	}
	return j.entries[i], true
}
