package filestore_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dondoc/internal/filestore"
)

func files(t *testing.T, root string) (paths []string) {
	t.Helper()
	if err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[entry.IsDir()]; path != root && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if !entry.IsDir() {
			paths = append(paths, path)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return paths
}

func TestWhatIsKeptComesBackByteForByte(t *testing.T) {
	root := filepath.Join(t.TempDir(), "files")
	s := filestore.New(root)
	content := []byte("%PDF\x00\xff\r\n")
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			if _, err := filestore.New(root).Put(content); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	sum := filestore.SumOf(content)
	got, err := s.Get(sum)
	if err != nil || string(got) != string(content) {
		t.Fatalf("%q, %v", got, err)
	}
	kept := files(t, root)
	if len(kept) != 1 || !strings.HasSuffix(kept[0], sum.String()) {
		t.Fatalf("kept %v", kept)
	}
	seen := 0
	if err := s.Each(func(found filestore.Sum, info fs.FileInfo) error {
		seen++
		if found != sum || info.Size() != int64(len(content)) {
			t.Errorf("%s, %d", found, info.Size())
		}
		return nil
	}); err != nil || seen != 1 {
		t.Errorf("%d files, %v", seen, err)
	}
	for range 2 {
		if err := s.Remove(sum); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Get(sum); !errors.Is(err, filestore.ErrMissing) || len(files(t, root)) != 0 {
		t.Errorf("after removal: %v", err)
	}
}

func TestAnAlteredFileIsKnownAndMendedByTheSameContent(t *testing.T) {
	root := t.TempDir()
	s := filestore.New(root)
	sum, err := s.Put([]byte("bản gốc"))
	if err != nil {
		t.Fatal(err)
	}
	path := files(t, root)[0]
	for _, content := range []string{"bản sửa", ""} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(sum); !errors.Is(err, filestore.ErrAltered) {
			t.Errorf("%q: %v", content, err)
		}
	}
	if _, err := s.Put([]byte("bản gốc")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(sum); err != nil {
		t.Errorf("not mended: %v", err)
	}
}

func TestAFileThatCannotBeKeptLeavesNothing(t *testing.T) {
	root := t.TempDir()
	s := filestore.New(root)
	content := []byte("x")
	sum := filestore.SumOf(content).String()
	// Something else stands where the file belongs.
	if err := os.MkdirAll(filepath.Join(root, sum[:2], sum[2:4], sum, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(content); err == nil {
		t.Fatal("kept over a folder")
	}
	if left := files(t, root); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if unfinished, err := s.Incomplete(); err != nil || len(unfinished) != 0 {
		t.Errorf("%v, %v", unfinished, err)
	}
}

func TestUnfinishedFilesAreFoundAndDiscarded(t *testing.T) {
	root := t.TempDir()
	s := filestore.New(root)
	if unfinished, err := s.Incomplete(); err != nil || unfinished != nil {
		t.Errorf("of nothing: %v, %v", unfinished, err)
	}
	if _, err := s.Put([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "tmp", "in-123"), []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	unfinished, err := s.Incomplete()
	if err != nil || len(unfinished) != 1 {
		t.Fatalf("%v, %v", unfinished, err)
	}
	if err := errors.Join(s.Discard(unfinished[0]), s.Discard(unfinished[0])); err != nil {
		t.Error(err)
	}
	if left := files(t, root); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}
