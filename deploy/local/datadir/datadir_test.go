package datadir

import (
	"errors"
	"net"
	"path/filepath"
	"strconv"
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
