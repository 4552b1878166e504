//go:build unix && !solaris && !aix

package runs

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks a file until it is closed, or returns an error if another
// process has locked it.
func lockFile(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// syncFolder flushes the entries of a folder to the disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the program sets the path
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
