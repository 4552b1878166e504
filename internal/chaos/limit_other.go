//go:build !linux

package main

// limitFileSize does nothing on this operating system.
func limitFileSize(int64) {}
