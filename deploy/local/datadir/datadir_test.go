package datadir

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestFolderRemembers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "var")
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	port, err := first.Port("postgres", 0)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := first.Secret("password")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrBusy) {
		t.Fatalf("a second process got the folder: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if second.Instance() != first.Instance() {
		t.Error("another instance")
	}
	if again, err := second.Secret("password"); err != nil || again != secret {
		t.Errorf("another secret: %v", err)
	}
	if again, err := second.Port("postgres", 0); err != nil || again != port {
		t.Errorf("port %d, want the kept %d (%v)", again, port, err)
	}

	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	moved, err := second.Port("postgres", 0)
	if err != nil {
		t.Fatal(err)
	}
	if moved == port {
		t.Error("a taken port was given out")
	}
	if other, err := second.Port("temporal", 0); err != nil || other == moved {
		t.Errorf("two parts share port %d (%v)", other, err)
	}
}

func TestRootKeepsOutOfAnotherUsersData(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can open other users' folders")
	}
	path := filepath.Join(t.TempDir(), "var")
	folder, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(path, "state.json"), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "sudo -u") {
		t.Fatalf("got %v, want advice to start as the owner", err)
	}
}
