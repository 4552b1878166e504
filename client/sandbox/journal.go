package sandbox

import (
	"iter"
	"math"
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

// maxEntriesAtOnce is how many entries are copied while none can be added.
const maxEntriesAtOnce = 256

// forward yields the entries, the oldest first, up to the latest at its start.
// Those that are forgotten meanwhile are left out.
func (j *journal[T]) forward() iter.Seq[T] {
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

func (j *journal[T]) lastID() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// between returns the oldest entries with ids from first to last, and the id after
// theirs.
func (j *journal[T]) between(first, last int64) (entries []T, next int64) {
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

// backward yields the entries, the latest first. Those that are forgotten meanwhile
// are left out.
func (j *journal[T]) backward() iter.Seq[T] {
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

// upTo returns the latest entries with ids below before, and the first one's id.
func (j *journal[T]) upTo(before int64) (entries []T, first int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	oldest := j.last - int64(len(j.entries)) + 1
	end := max(0, min(before, j.last+1)-oldest)
	begin := max(0, end-maxEntriesAtOnce)
	return slices.Clone(j.entries[begin:end]), oldest + begin
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
