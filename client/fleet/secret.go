package fleet

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/iblai/iblai-go/client/api"
)

// SecretSource says where a secret is. At most one field is set.
type SecretSource struct {
	// Env is the name of an environment variable.
	Env string `json:"env,omitempty"`
	// File is the path of a file that only its owner can read. White space around its
	// content is ignored.
	File string `json:"file,omitempty"`
}

// maxSecret is the length that the service allows, in characters.
const maxSecret = 255

// read returns the secret, which is empty if s is zero.
func (s SecretSource) read() (api.Secret, error) {
	var text string
	switch {
	case s.Env != "" && s.File != "":
		return api.Secret{}, &api.ArgumentError{Argument: "callback", Reason: "has both secret_env and secret_file"}
	case s.Env != "":
		text = os.Getenv(s.Env)
	case s.File != "":
		var err error
		if text, err = readPrivate(s.File); err != nil {
			return api.Secret{}, &api.ArgumentError{Argument: "secret_file", Reason: "can't be used", Err: err}
		}
	default:
		return api.Secret{}, nil
	}
	text = trim(text)
	secret := api.NewSecret(text)
	var reason string
	switch {
	case text == "":
		reason = "is empty or not set"
	case secret.IsMasked():
		reason = "has only asterisks, as a secret that was printed"
	case utf8.RuneCountInString(text) > maxSecret:
		reason = fmt.Sprintf("has more than %d characters", maxSecret)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		reason = "is not text in UTF-8"
	default:
		return secret, nil
	}
	return api.Secret{}, &api.ArgumentError{Argument: s.String(), Reason: reason}
}

// String names the source.
func (s SecretSource) String() string {
	switch {
	case s.Env != "":
		return "environment variable " + s.Env
	case s.File != "":
		return "file " + s.File
	}
	return "none"
}

// readPrivate reads a short file that only its owner can read.
func readPrivate(name string) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return "", fmt.Errorf("%s is not a regular file", name)
	}
	file, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // nothing was written
	if info, err = file.Stat(); err != nil {
		return "", err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // Windows doesn't have these permissions
		return "", fmt.Errorf("other users can read %s; run chmod 600", name)
	}
	const longest = 4 * maxSecret
	text, err := io.ReadAll(io.LimitReader(file, longest+1))
	if err == nil && len(text) > longest {
		err = fmt.Errorf("%s is longer than %d bytes", name, longest)
	}
	return string(text), err
}
