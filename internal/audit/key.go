package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the length of the sealing key in bytes.
const KeySize = 32

// ReadKey reads the sealing key. It refuses a file of another length, and one
// that others than its owner may read, because who has the key can forge the chain.
func ReadKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("audit key %s may be read by others than its owner (mode %04o); run chmod 600 on it", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	if len(key) != KeySize {
		return nil, fmt.Errorf("audit key %s has %d bytes, want %d", path, len(key), KeySize)
	}
	return key, nil
}

// EnsureKey reads the sealing key and makes a random one first where there is
// none. Several processes may call it at once: all get the same key.
func EnsureKey(path string) ([]byte, error) {
	key, err := ReadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	fresh := make([]byte, KeySize)
	rand.Read(fresh) //nolint:errcheck // never fails: crypto/rand ends the program instead
	// Written whole under another name first, so that nobody reads half a key.
	draft, err := os.CreateTemp(filepath.Dir(path), ".audit-key-*")
	if err != nil {
		return nil, fmt.Errorf("make audit key: %w", err)
	}
	_, written := draft.Write(fresh)
	err = errors.Join(written, draft.Sync(), draft.Close())
	if err == nil {
		if err = os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil // another process was first
		}
	}
	if err = errors.Join(err, os.Remove(draft.Name()), syncFolder(path)); err != nil {
		return nil, fmt.Errorf("make audit key: %w", err)
	}
	return ReadKey(path)
}

// syncFolder makes a new name in the file's folder survive a power cut.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
