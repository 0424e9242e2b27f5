package clamav_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dondoc/internal/clamav"
)

// daemon speaks clamd's protocol: it reads INSTREAM, looks for the test pattern
// that every scanner knows, refuses what is too large, and answers.
func daemon(t *testing.T, network, address string, most int, serve func(conn net.Conn, content []byte) string) string {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer := ""
				content, err := receive(conn, most)
				if err != nil {
					answer = err.Error()
				} else {
					answer = serve(conn, content)
				}
				io.WriteString(conn, answer) //nolint:errcheck // the client's error is the test's
			}()
		}
	}()
	return listener.Addr().String()
}

func receive(conn net.Conn, most int) ([]byte, error) {
	r := bufio.NewReader(conn)
	command, err := r.ReadString(0)
	if err != nil || command != "zINSTREAM\x00" {
		return nil, errors.New("UNKNOWN COMMAND\x00")
	}
	var content bytes.Buffer
	for {
		var size uint32
		if err := binary.Read(r, binary.BigEndian, &size); err != nil {
			return nil, err
		}
		if size == 0 {
			return content.Bytes(), nil
		}
		if content.Len()+int(size) > most {
			return nil, errors.New("INSTREAM size limit exceeded. ERROR\x00")
		}
		if _, err := io.CopyN(&content, r, int64(size)); err != nil {
			return nil, err
		}
	}
}

// eicar is in two pieces, so that no scanner takes this file for malware.
const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func look(_ net.Conn, content []byte) string {
	if bytes.Contains(content, []byte(eicar)) {
		return "stream: Win.Test.EICAR_HDB-1 FOUND\x00"
	}
	return "stream: OK\x00"
}

func TestCleanAndInfected(t *testing.T) {
	for _, address := range []string{
		daemon(t, "tcp", "127.0.0.1:0", 1<<20, look),
		daemon(t, "unix", filepath.Join(t.TempDir(), "clamd.sock"), 1<<20, look),
	} {
		c := clamav.Client{Address: address}
		for _, clean := range [][]byte{nil, bytes.Repeat([]byte("sạch "), 50_000)} {
			if malware, err := c.Scan(t.Context(), clean); err != nil || malware != "" {
				t.Errorf("clean, %s: %q, %v", address, malware, err)
			}
		}
		malware, err := c.Scan(t.Context(), append(bytes.Repeat([]byte{0}, 200_000), eicar...))
		if err != nil || malware != "Win.Test.EICAR_HDB-1" {
			t.Errorf("infected, %s: %q, %v", address, malware, err)
		}
	}
}

func TestWhoCannotTellSaysSo(t *testing.T) {
	silent := make(chan struct{})
	defer close(silent)
	for name, address := range map[string]string{
		"away":         "127.0.0.1:1",
		"too large":    daemon(t, "tcp", "127.0.0.1:0", 100, look),
		"no answer":    daemon(t, "tcp", "127.0.0.1:0", 1<<20, func(net.Conn, []byte) string { return "" }),
		"never ready":  daemon(t, "tcp", "127.0.0.1:0", 1<<20, func(net.Conn, []byte) string { <-silent; return "" }),
		"other answer": daemon(t, "tcp", "127.0.0.1:0", 1<<20, func(net.Conn, []byte) string { return "stream: Can't allocate memory ERROR\x00" }),
	} {
		malware, err := clamav.Client{Address: address, Timeout: 300 * time.Millisecond}.Scan(t.Context(), bytes.Repeat([]byte("x"), 200_000))
		if err == nil || malware != "" {
			t.Errorf("%s: %q, %v", name, malware, err)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (clamav.Client{Address: "127.0.0.1:1"}).Scan(cancelled, nil); err == nil || !strings.Contains(err.Error(), "clamd") {
		t.Errorf("cancelled: %v", err)
	}
}
