// Package filestore keeps files byte for byte in a folder, named by the SHA-256
// of their content: the same content is one file, and a file that was altered
// is known when it is read. Who refers to which file is not its affair.
package filestore

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Sum names a file: the SHA-256 of its content.
type Sum [sha256.Size]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// SumOf is the name under which content is kept.
func SumOf(content []byte) Sum { return sha256.Sum256(content) }

var (
	// ErrMissing: there is no such file.
	ErrMissing = errors.New("file is missing")
	// ErrAltered: the file is not what it was.
	ErrAltered = errors.New("file was altered")
)

// Store is a folder of files. Its methods are safe for concurrent use, also by
// several processes.
type Store struct {
	root string
	mu   sync.Mutex
	made bool
}

// New returns a store in a folder, which is made when the first file is kept.
func New(folder string) *Store { return &Store{root: folder} }

// path is where a file lies: two levels of folders keep each of them small.
func (s *Store) path(sum Sum) string {
	name := sum.String()
	return filepath.Join(s.root, name[:2], name[2:4], name)
}

// incoming is the folder of files that are being written.
func (s *Store) incoming() string { return filepath.Join(s.root, "tmp") }

func (s *Store) prepare() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made {
		return nil
	}
	if err := os.MkdirAll(s.incoming(), 0o700); err != nil {
		return fmt.Errorf("folder of files: %w", err)
	}
	s.made = true
	return nil
}

// Put keeps content and returns after it is on the disk. Content that is there
// already, whole, is left alone.
func (s *Store) Put(content []byte) (Sum, error) {
	sum := SumOf(content)
	if kept, err := s.Get(sum); err == nil && len(kept) == len(content) {
		return sum, nil
	}
	if err := s.prepare(); err != nil {
		return sum, err
	}
	final := s.path(sum)
	if err := os.MkdirAll(filepath.Dir(final), 0o700); err != nil {
		return sum, fmt.Errorf("folder of file: %w", err)
	}
	temporary, err := os.CreateTemp(s.incoming(), "in-*") // 0600
	if err != nil {
		return sum, fmt.Errorf("new file: %w", err)
	}
	_, err = temporary.Write(content)
	if err == nil {
		err = temporary.Sync()
	}
	err = errors.Join(err, temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), final)
	}
	if err != nil {
		return sum, errors.Join(fmt.Errorf("keep file: %w", err), os.Remove(temporary.Name()))
	}
	// The names are on the disk when the folders are, from the new one up.
	for _, folder := range []string{filepath.Dir(final), filepath.Dir(filepath.Dir(final)), s.root} {
		if err := syncFolder(folder); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// Get returns a file's content, held against its sum. Errors: ErrMissing, ErrAltered.
func (s *Store) Get(sum Sum) ([]byte, error) {
	content, err := os.ReadFile(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", sum, ErrMissing)
	}
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if got := SumOf(content); !bytes.Equal(got[:], sum[:]) {
		return nil, fmt.Errorf("%s: %w", sum, ErrAltered)
	}
	return content, nil
}

// Remove deletes a file; one that is not there is deleted already.
func (s *Store) Remove(sum Sum) error {
	if err := os.Remove(s.path(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

// Each calls do for every file that is kept, in order of their sums, until it fails.
func (s *Store) Each(do func(sum Sum, info fs.FileInfo) error) error {
	err := filepath.WalkDir(s.root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && path == s.root {
			return fs.SkipAll // nothing was ever kept
		}
		if err != nil || entry.IsDir() {
			return err
		}
		var sum Sum
		decoded, err := hex.DecodeString(entry.Name())
		if err != nil || copy(sum[:], decoded) != len(sum) || s.path(sum) != path {
			return nil //nolint:nilerr // not one of ours, or still being written
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return do(sum, info)
	})
	if err != nil {
		return fmt.Errorf("list files: %w", err)
	}
	return nil
}

// Incomplete lists what was being written when a process ended, with its age to judge by.
func (s *Store) Incomplete() ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(s.incoming())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list unfinished files: %w", err)
	}
	var found []fs.FileInfo
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && strings.HasPrefix(entry.Name(), "in-") {
			found = append(found, info)
		}
	}
	return found, nil
}

// Discard deletes an unfinished file.
func (s *Store) Discard(unfinished fs.FileInfo) error {
	if err := os.Remove(filepath.Join(s.incoming(), unfinished.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove unfinished file: %w", err)
	}
	return nil
}
