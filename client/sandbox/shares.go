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
