//go:build !linux

package main

// limitFileSize does nothing.
func limitFileSize(int64) {}
