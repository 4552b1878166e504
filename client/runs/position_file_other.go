//go:build !unix || solaris || aix

package runs

import "os"

// lockFile does nothing: this operating system has no lock that ends with the
// process.
func lockFile(*os.File) error { return nil }

// syncFolder does nothing: this operating system can't sync folders.
func syncFolder(string) error { return nil }
