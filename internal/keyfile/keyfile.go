// Package keyfile keeps random keys in files that only their owner may read.
package keyfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Size is the length of a key in bytes.
const Size = 32

// Read reads a key; what names it in errors. It refuses a file of another
// length, and one that others than its owner may read.
func Read(path, what string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s %s may be read by others than its owner (mode %04o); run chmod 600 on it", what, path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if len(key) != Size {
		return nil, fmt.Errorf("%s %s has %d bytes, want %d", what, path, len(key), Size)
	}
	return key, nil
}

// Ensure reads a key and makes a random one first where there is none. Several
// processes may call it at once: all get the same key.
func Ensure(path, what string) ([]byte, error) {
	key, err := Read(path, what)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	fresh := make([]byte, Size)
	rand.Read(fresh) //nolint:errcheck // never fails: crypto/rand ends the program instead
	// Written whole under another name first, so that nobody reads half a key.
	draft, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return nil, fmt.Errorf("make %s: %w", what, err)
	}
	_, written := draft.Write(fresh)
	err = errors.Join(written, draft.Sync(), draft.Close())
	if err == nil {
		if err = os.Link(draft.Name(), path); errors.Is(err, fs.ErrExist) {
			err = nil // another process was first
		}
	}
	if err = errors.Join(err, os.Remove(draft.Name()), SyncFolder(path)); err != nil {
		return nil, fmt.Errorf("make %s: %w", what, err)
	}
	return Read(path, what)
}

// SyncFolder makes a new name in the file's folder survive a power cut.
func SyncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
