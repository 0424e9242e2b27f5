package pg

import (
	"os"
	"path/filepath"
	"testing"

	"dondoc/deploy/local/datadir"
)

func openFolder(t *testing.T, path string) *datadir.Folder {
	t.Helper()
	folder, err := datadir.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	return folder
}

func TestSettleInsideWhereReachable(t *testing.T) {
	folder := openFolder(t, filepath.Join(tempDir(t), "var"))
	place, err := Settle(folder)
	if err != nil {
		t.Fatal(err)
	}
	if place.Outside || place.Dir != folder.Path("postgres") {
		t.Fatalf("got %+v, want a folder below %s", place, folder.Root())
	}
}

func TestSettleOutsideWhereUnreachable(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs Postgres as someone else")
	}
	closed := filepath.Join(tempDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	folder := openFolder(t, filepath.Join(closed, "var"))
	place, err := Settle(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(place.Dir) })
	if !place.Outside || place.User == "" {
		t.Fatalf("got %+v, want a system folder and another user", place)
	}
	again, err := Settle(folder)
	if err != nil {
		t.Fatal(err)
	}
	if again.Dir != place.Dir || !again.Outside {
		t.Fatalf("second time %+v, first %+v", again, place)
	}
}

func TestMovedFolderIsFollowed(t *testing.T) {
	base := tempDir(t)
	folder := openFolder(t, filepath.Join(base, "before"))
	if _, err := Settle(folder); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	if err := os.Rename(filepath.Join(base, "before"), filepath.Join(base, "after")); err != nil {
		t.Fatal(err)
	}
	moved := openFolder(t, filepath.Join(base, "after"))
	place, err := Settle(moved)
	if err != nil {
		t.Fatal(err)
	}
	if place.Dir != filepath.Join(base, "after", "postgres") {
		t.Fatalf("got %s", place.Dir)
	}
}
