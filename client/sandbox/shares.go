package sandbox

import (
	"runtime"
	"sync"
)

// minShare is how many rows are worth a goroutine.
const minShare = 1 << 14

// inShares has the processors do something with rows, each with a share of them.
// The shares are counted from 0 on, and none but the last has less than minShare
// rows.
func inShares(rows int, do func(share, begin, end int)) {
	processors := runtime.GOMAXPROCS(0)
	size := max(minShare, (rows+processors-1)/processors)
	var working sync.WaitGroup
	for begin := 0; begin < rows; begin += size {
		working.Go(func() { do(begin/size, begin, min(begin+size, rows)) })
	}
	working.Wait()
}

// gather returns the rows that appendTo appends of each share, in their order.
func gather[R any](rows []R, appendTo func(gathered, share []R) []R) []R {
	gathered := make([]R, len(rows))
	parts := make([][]R, len(rows)/minShare+1)
	inShares(len(rows), func(share, begin, end int) {
		parts[share] = appendTo(gathered[begin:begin], rows[begin:end])
	})
	count := 0
	for _, part := range parts {
		count += copy(gathered[count:], part) // moves them together
	}
	return gathered[:count]
}
