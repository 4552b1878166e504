// Command install checks that programs of this module can be installed by path:
//
//	go install github.com/iblai/iblai-go/examples/sandbox@latest
//
// It packs the working tree like a tagged version, publishes it in a directory
// that serves as a module proxy, installs the programs from there, and runs
// them with -h. It needs no network, because other modules come from Go's
// download cache. The arguments are the root of the module and the programs'
// paths in it.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const version = "v0.0.1"

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: install ROOT PROGRAM...")
	}
	if err := check(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		log.Fatal("install: ", err)
	}
}

func check(ctx context.Context, root string, programs []string) (err error) {
	tmp, err := os.MkdirTemp("", "iblai-install-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	proxy := filepath.Join(tmp, "proxy")
	name, err := publish(root, proxy)
	if err != nil {
		return err
	}
	cache, err := exec.CommandContext(ctx, "go", "env", "GOMODCACHE").Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	downloads := filepath.Join(string(bytes.TrimSpace(cache)), "cache", "download")
	bin := filepath.Join(tmp, "bin")
	environment := append(os.Environ(),
		"GOBIN="+bin,
		"GOMODCACHE="+filepath.Join(tmp, "mod"), // the user's cache must not contain this version
		"GOPROXY=file://"+filepath.ToSlash(proxy)+",file://"+filepath.ToSlash(downloads),
		"GOPRIVATE=", "GONOPROXY=", "GONOSUMDB=", "GOSUMDB=off", // the download cache has been verified
		"GOWORK=off",
		// -trimpath: the build cache does not depend on the temporary
		// directory.
		"GOFLAGS=-modcacherw -trimpath",
	)
	for _, program := range programs {
		for _, args := range [][]string{
			{"go", "install", path.Join(name, program) + "@latest"},
			{filepath.Join(bin, path.Base(program)), "-h"},
		} {
			cmd := exec.CommandContext(ctx, args[0], args[1:]...)
			cmd.Dir, cmd.Env = tmp, environment
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%s: %w\n%s", cmd, err, out)
			}
		}
		fmt.Println(program, "is installable")
	}
	return nil
}

// publish writes the module in root into proxy, as version, and returns the
// module's path.
func publish(root, proxy string) (string, error) {
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	m := module.Version{Path: modfile.ModulePath(gomod), Version: version}
	files, err := list(root)
	if err != nil {
		return "", err
	}
	// Create leaves out nested modules and rejects what no module may contain.
	var packed bytes.Buffer
	if err := zip.Create(&packed, m, files); err != nil {
		return "", err
	}
	fmt.Printf("%s is a module of %d KB\n", m.Path, packed.Len()>>10)

	dir := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	return m.Path, errors.Join(
		os.WriteFile(filepath.Join(dir, "list"), []byte(version+"\n"), 0o600),
		os.WriteFile(filepath.Join(dir, version+".info"), fmt.Appendf(nil, `{"Version":%q}`, version), 0o600),
		os.WriteFile(filepath.Join(dir, version+".mod"), gomod, 0o600),
		os.WriteFile(filepath.Join(dir, version+".zip"), packed.Bytes(), 0o600),
	)
}

// list returns the files below root, except those of git and npm.
func list(root string) ([]zip.File, error) {
	var files []zip.File
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git" || entry.Name() == "node_modules":
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil // .git of a worktree
		case entry.IsDir():
			return nil
		}
		inside, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		files = append(files, file{path: filepath.ToSlash(inside), name: name})
		return nil
	})
	return files, err
}

// file implements [zip.File].
type file struct{ path, name string }

func (f file) Path() string                 { return f.path }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.name) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.name) }
