//go:build !linux

package main

// limitFiles does nothing.
func limitFiles(int64) {}
