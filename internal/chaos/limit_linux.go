package main

import (
	"os/signal"
	"syscall"
)

// limitFileSize makes writes fail that would make a file larger than limit, as
// if the disk were full. If limit is 0, there is no limit.
func limitFileSize(limit int64) {
	if limit == 0 {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(limit), Max: uint64(limit)})
}
