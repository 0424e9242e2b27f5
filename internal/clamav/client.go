// Package clamav asks a clamd, the daemon of ClamAV, whether content carries
// malware, by its own protocol over TCP or a socket of this machine.
package clamav

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// chunk is how many bytes are sent at a time; clamd takes up to its StreamMaxLength in all.
const chunk = 64 << 10

// Client asks one daemon. The zero Timeout is a minute.
type Client struct {
	// Address is host:port, or the path of a socket beginning with "/".
	Address string
	Timeout time.Duration
}

// Scan returns the name of the malware that the daemon finds, empty for clean
// content, and an error where it could not tell: it is away, full or refuses the size.
func (c Client) Scan(ctx context.Context, content []byte) (malware string, err error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	network := "tcp"
	if strings.HasPrefix(c.Address, "/") {
		network = "unix"
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, c.Address)
	if err != nil {
		return "", fmt.Errorf("reach clamd: %w", err)
	}
	// Whoever gives up ends the reading and writing too.
	stop := context.AfterFunc(ctx, func() { conn.Close() }) //nolint:errcheck // only to wake the reader
	defer stop()
	answer, err := instream(conn, content)
	err = errors.Join(err, closing(conn))
	if answer == "" {
		return "", fmt.Errorf("ask clamd: %w", errors.Join(err, ctx.Err(), io.ErrUnexpectedEOF))
	}
	return verdict(answer)
}

func closing(conn net.Conn) error {
	if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// instream sends the content as clamd's INSTREAM wants it: the command ended by
// NUL, pieces with their length in four bytes, a length of zero at the end. The
// answer may come, and the connection end, before everything is sent.
func instream(conn net.Conn, content []byte) (string, error) {
	sent := make(chan error, 1)
	go func() { sent <- send(conn, content) }()
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	if errors.Is(err, io.EOF) && answer != "" {
		err = nil
	}
	if err != nil {
		return "", errors.Join(err, conn.Close(), <-sent)
	}
	return strings.TrimRight(answer, "\x00\n"), nil
}

func send(conn net.Conn, content []byte) error {
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	var size [4]byte
	for len(content) > 0 {
		piece := content[:min(chunk, len(content))]
		binary.BigEndian.PutUint32(size[:], uint32(len(piece)))
		if _, err := conn.Write(append(size[:4:4], piece...)); err != nil {
			return err
		}
		content = content[len(piece):]
	}
	_, err := conn.Write([]byte{0, 0, 0, 0})
	return err
}

// verdict reads "stream: OK", "stream: Eicar FOUND" or an error in words.
func verdict(answer string) (malware string, err error) {
	said := strings.TrimPrefix(answer, "stream: ")
	if signature, found := strings.CutSuffix(said, " FOUND"); found {
		return signature, nil
	}
	if said == "OK" {
		return "", nil
	}
	return "", fmt.Errorf("clamd answers %q", answer)
}
