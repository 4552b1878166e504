package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// runProgram builds a program of this module, runs it, and decodes the JSON
// that it prints into out.
func runProgram(ctx context.Context, out any, folder string, args ...string) error {
	dir, err := os.MkdirTemp("", "iblai-benchmark-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "program")
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", program, folder).CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", folder, err, text)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	return nil
}
