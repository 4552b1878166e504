package main

import (
	"os/signal"
	"syscall"
)

// limitFileSize lets writes fail, as on a full disk, that make a file longer than
// limit. 0 is no limit.
func limitFileSize(limit int64) {
	if limit == 0 {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(limit), Max: uint64(limit)})
}
