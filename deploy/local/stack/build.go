package stack

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// BinaryVar names the environment variable with the path of a dondoc-local
// that is built already.
const BinaryVar = "DONDOC_LOCAL_BINARY"

var built struct {
	once sync.Once
	path string
	err  error
}

// Build returns the path of dondoc-local: what DONDOC_LOCAL_BINARY names, or
// one built from these sources into the user's cache folder (which takes
// seconds when nothing changed). It builds once per test process.
func Build(ctx context.Context) (string, error) {
	built.once.Do(func() { built.path, built.err = build(ctx) })
	return built.path, built.err
}

func build(ctx context.Context) (string, error) {
	if path := os.Getenv(BinaryVar); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("build dondoc-local: %w", err)
	}
	dir := filepath.Join(cache, "dondoc-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("build dondoc-local: %w", err)
	}
	// A name of its own per process: another test may be running the other.
	path := filepath.Join(dir, fmt.Sprintf("dondoc-local-%d", os.Getpid()))
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "dondoc/deploy/local/cmd/dondoc-local")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build dondoc-local: %w: %s", err, bytes.TrimSpace(out))
	}
	return path, nil
}
