package audit

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"dondoc/internal/keyfile"
)

// Head is the end of the chain at an instant (wall clock).
type Head struct {
	Number int64
	MAC    []byte
	At     time.Time
}

// String is the line of the heads log: number, MAC in hex, instant.
func (h Head) String() string {
	return strconv.FormatInt(h.Number, 10) + " " + hex.EncodeToString(h.MAC) + " " + h.At.UTC().Format(time.RFC3339Nano)
}

// ParseHead reads a line of the heads log.
func ParseHead(line string) (Head, error) {
	parts := strings.Fields(line)
	if len(parts) != 3 {
		return Head{}, fmt.Errorf("heads log: %q has %d parts, want 3", line, len(parts))
	}
	number, numberErr := strconv.ParseInt(parts[0], 10, 64)
	mac, macErr := hex.DecodeString(parts[1])
	at, atErr := time.Parse(time.RFC3339Nano, parts[2])
	if err := errors.Join(numberErr, macErr, atErr); err != nil {
		return Head{}, fmt.Errorf("heads log: %w", err)
	}
	if number < 1 || len(mac) != MACSize {
		return Head{}, fmt.Errorf("heads log: %q is no head", line)
	}
	return Head{Number: number, MAC: mac, At: at}, nil
}

// HeadLog is a file that heads are appended to; each is on disk when Append
// returns. Keep it, or a copy, where the database's administrators cannot write.
type HeadLog struct {
	mu   sync.Mutex
	file *os.File
}

// OpenHeadLog opens the log, makes it where there is none, and ends a line
// that a crash left torn.
func OpenHeadLog(path string) (*HeadLog, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("heads log: %w", err)
	}
	if err := errors.Join(endTornLine(file), keyfile.SyncFolder(path)); err != nil {
		return nil, errors.Join(fmt.Errorf("heads log: %w", err), file.Close())
	}
	return &HeadLog{file: file}, nil
}

func endTornLine(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err = file.WriteString("\n")
	return err
}

// Append writes a head and waits until it is on disk.
func (l *HeadLog) Append(h Head) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.file.WriteString(h.String() + "\n"); err != nil {
		return fmt.Errorf("heads log: %w", err)
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("heads log: %w", err)
	}
	return nil
}

// Close closes the file.
func (l *HeadLog) Close() error { return l.file.Close() }

// headReader reads a heads log line by line.
type headReader struct {
	lines      *bufio.Reader
	unreadable int // lines that are no heads, torn ones among them
}

// next returns io.EOF at the end. A line without its end is still being
// written, or was torn by a crash, and does not count.
func (r *headReader) next() (Head, error) {
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) {
				return Head{}, io.EOF
			}
			return Head{}, fmt.Errorf("heads log: %w", err)
		}
		head, err := ParseHead(strings.TrimSpace(line))
		if err == nil {
			return head, nil
		}
		r.unreadable++
	}
}
