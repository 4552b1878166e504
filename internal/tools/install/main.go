// Command install checks that the module can be installed and imported:
//
//	go install github.com/iblai/iblai-go/examples/sandbox@latest
//	go get github.com/iblai/iblai-go
//
// It packs the working tree like a tagged version, and each nested module below
// client like a version of its own. It publishes them in a directory that serves as
// a module proxy, installs the programs from there, runs them with -h, and builds
// for each module a program that imports all of its packages. The replace directives of nested modules have
// no effect there, as for every importer. It needs no network, because other modules
// come from Go's download cache. The arguments are the root of the module and the
// programs' paths in it.
//
// With -version, it checks the tree that is about to be tagged: client.Version must
// be that version, and nested modules must require it. Without -version, they are
// published as if they did.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	log.SetFlags(0)
	version := flag.String("version", "", "version that the tree is about to be tagged with")
	flag.Parse()
	if flag.NArg() < 2 {
		log.Fatal("usage: install [-version VERSION] ROOT PROGRAM...")
	}
	if err := check(context.Background(), *version, flag.Arg(0), flag.Args()[1:]); err != nil {
		log.Fatal("install: ", err)
	}
}

func check(ctx context.Context, version, root string, programs []string) (err error) {
	if err := checkVersion(version, root); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "iblai-install-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()

	proxy := filepath.Join(tmp, "proxy")
	modules, err := publishAll(version, root, proxy)
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
		if err := run(ctx, tmp, environment,
			[]string{"go", "install", path.Join(modules[0].path, program) + "@latest"},
			[]string{filepath.Join(bin, path.Base(program)), "-h"},
		); err != nil {
			return err
		}
		fmt.Println(program, "is installable")
	}
	for i, m := range modules {
		// A program of its own: it must not get a version from another module.
		dir := filepath.Join(tmp, fmt.Sprintf("importer%d", i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		if err := run(ctx, dir, environment,
			[]string{"go", "mod", "init", "importer"},
			[]string{"go", "get", m.path + "/...@latest"},
			[]string{"go", "build", path.Join(m.path, m.packages)},
		); err != nil {
			return err
		}
		fmt.Println(m.path, "is importable")
	}
	return nil
}

// checkVersion compares client.Version with the version to be tagged, if there is
// one.
func checkVersion(version, root string) error {
	file := filepath.Join(root, "client", "client.go")
	source, err := os.ReadFile(file)
	if err == nil && version != "" && !bytes.Contains(source, fmt.Appendf(nil, "Version = %q", strings.TrimPrefix(version, "v"))) {
		return fmt.Errorf("%s: Version is not that of the tag %s", file, version)
	}
	return err
}

func run(ctx context.Context, dir string, environment []string, commands ...[]string) error {
	for _, args := range commands {
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir, cmd.Env = dir, environment
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	return nil
}

// published is a module in the proxy.
type published struct {
	path     string
	packages string // the pattern of those that programs import
}

// publishAll writes the module in root and the nested modules below its folder
// client into proxy.
func publishAll(version, root, proxy string) ([]published, error) {
	var modules []published
	err := filepath.WalkDir(filepath.Join(root, "client"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Name() == "tests" { // have dependencies of their own
			return fs.SkipDir
		}
		if entry.Name() == "go.mod" {
			var m published
			m, err = publish(version, filepath.Dir(name), proxy)
			m.packages = "..."
			modules = append(modules, m)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := publish(version, root, proxy)
	m.packages = "client/..."
	return append([]published{m}, modules...), err
}

// unreleased is the version that modules are published as, if they are not about to
// be tagged.
const unreleased = "v0.0.1"

// publish writes the module in dir into proxy.
func publish(version, dir, proxy string) (published, error) {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return published{}, err
	}
	gomod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return published{}, err
	}
	files, err := list(dir)
	if err != nil {
		return published{}, err
	}
	if version != "" {
		for _, required := range gomod.Require {
			if replaced(gomod, required.Mod.Path) && required.Mod.Version != version {
				return published{}, fmt.Errorf("%s: requires %s, not %s", filepath.Join(dir, "go.mod"), required.Mod, version)
			}
		}
	} else {
		version = unreleased
		for _, replaced := range gomod.Replace { // by a folder of this repository
			if err := gomod.AddRequire(replaced.Old.Path, version); err != nil {
				return published{}, err
			}
		}
		if data, err = gomod.Format(); err != nil {
			return published{}, err
		}
		for i := range files {
			if files[i].Path() == "go.mod" {
				files[i] = edited{files[i], data}
			}
		}
	}
	m := module.Version{Path: gomod.Module.Mod.Path, Version: version}
	// Create leaves out nested modules and rejects what no module may contain.
	var packed bytes.Buffer
	if err := zip.Create(&packed, m, files); err != nil {
		return published{}, err
	}
	fmt.Printf("%s is a module of %d KB\n", m.Path, packed.Len()>>10)

	folder := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return published{}, err
	}
	return published{path: m.Path}, errors.Join(
		os.WriteFile(filepath.Join(folder, "list"), []byte(version+"\n"), 0o600),
		os.WriteFile(filepath.Join(folder, version+".info"), fmt.Appendf(nil, `{"Version":%q}`, version), 0o600),
		os.WriteFile(filepath.Join(folder, version+".mod"), data, 0o600),
		os.WriteFile(filepath.Join(folder, version+".zip"), packed.Bytes(), 0o600),
	)
}

// replaced reports whether gomod replaces the module at path, as nested modules
// replace the root. Importers get the required version instead.
func replaced(gomod *modfile.File, path string) bool {
	return slices.ContainsFunc(gomod.Replace, func(r *modfile.Replace) bool { return r.Old.Path == path })
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

// edited is a file with another content.
type edited struct {
	zip.File

	content []byte
}

func (f edited) Lstat() (os.FileInfo, error) {
	info, err := f.File.Lstat()
	return resized{info, int64(len(f.content))}, err
}

func (f edited) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.content)), nil }

// resized is the description of an edited file.
type resized struct {
	os.FileInfo

	size int64
}

func (i resized) Size() int64 { return i.size }
