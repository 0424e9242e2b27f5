package mailbox

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"dondoc/internal/clock"
)

// Message is one line of the list.
type Message struct {
	// Key names the mail on the page and its file.
	Key       string
	MessageID string // with angle brackets
	From, To  string
	Subject   string
	Date      time.Time
	// ReceivedAt is when it last came in (wall clock).
	ReceivedAt time.Time
	// Copies counts how often it came in under the same Message-ID.
	Copies int
}

// Mail is a mail with its contents.
type Mail struct {
	Message
	Header mail.Header
	Text   string
	HTML   string
	Raw    []byte
}

// store is a folder: <key>.eml is the newest copy of a mail, <key>.count how
// often it came in, if more than once.
type store struct {
	dir  string
	wall clock.Wall

	mu       sync.Mutex
	messages map[string]Message
}

// Read lists the mails of a folder, newest first, without a server.
func Read(dir string) ([]Message, error) {
	s, err := openStore(dir, clock.SystemWall)
	if err != nil {
		return nil, err
	}
	return s.list(), nil
}

func openStore(dir string, wall clock.Wall) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mailbox folder: %w", err)
	}
	s := &store{dir: dir, wall: wall, messages: map[string]Message{}}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return nil, fmt.Errorf("mailbox folder: %w", err)
	}
	for _, file := range files {
		key := strings.TrimSuffix(filepath.Base(file), ".eml")
		m, _, err := s.read(key)
		if err != nil {
			return nil, err
		}
		s.messages[key] = m.Message
	}
	return s, nil
}

// keyOf makes a file name of a Message-ID.
func keyOf(messageID string) string {
	sum := sha256.Sum256([]byte(messageID))
	return hex.EncodeToString(sum[:12])
}

// keep writes a mail under its Message-ID; a repeat replaces the file and is counted.
func (s *store) keep(from string, to []string, content []byte) error {
	parsed, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("not a mail: %w", err)
	}
	id := parsed.Header.Get("Message-Id")
	key := keyOf(id)
	if id == "" {
		key = keyOf(string(content))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := summarise(key, parsed.Header)
	m.From, m.To = cmp.Or(m.From, from), cmp.Or(m.To, strings.Join(to, ", "))
	m.ReceivedAt = s.wall()
	m.Copies = s.messages[key].Copies + 1
	if m.Copies > 1 {
		if err := s.write(key+".count", []byte(fmt.Sprint(m.Copies))); err != nil {
			return err
		}
	}
	if err := s.write(key+".eml", content); err != nil {
		return err
	}
	s.messages[key] = m
	return nil
}

// write puts a file in place whole or not at all.
func (s *store) write(name string, content []byte) error {
	temporary := filepath.Join(s.dir, "."+name+".new")
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(s.dir, name))
}

func (s *store) list() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Message, 0, len(s.messages))
	for _, m := range s.messages {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b Message) int {
		return cmp.Or(b.ReceivedAt.Compare(a.ReceivedAt), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// open reads a mail; fs.ErrNotExist where there is none of this key.
func (s *store) open(key string) (Mail, error) {
	s.mu.Lock()
	known, ok := s.messages[key]
	s.mu.Unlock()
	if !ok {
		return Mail{}, fmt.Errorf("mail %q: %w", key, fs.ErrNotExist)
	}
	m, body, err := s.read(key)
	if err != nil {
		return Mail{}, err
	}
	m.Message = known
	if err := m.parts(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), body); err != nil {
		// Somebody else's odd mail is still worth a look.
		m.Text = string(m.Raw)
	}
	return m, nil
}

// read reads a mail's file and header; the body is still to be read.
func (s *store) read(key string) (Mail, io.Reader, error) {
	path := filepath.Join(s.dir, key+".eml")
	content, err := os.ReadFile(path)
	if err != nil {
		return Mail{}, nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Mail{}, nil, err
	}
	parsed, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return Mail{}, nil, fmt.Errorf("%s: %w", path, err)
	}
	m := Mail{Message: summarise(key, parsed.Header), Header: parsed.Header, Raw: content}
	m.ReceivedAt = info.ModTime().UTC()
	m.Copies = 1
	count, err := os.ReadFile(filepath.Join(s.dir, key+".count"))
	switch {
	case err == nil:
		if _, err := fmt.Sscan(string(count), &m.Copies); err != nil {
			return Mail{}, nil, fmt.Errorf("%s.count: %w", key, err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return Mail{}, nil, err
	}
	return m, parsed.Body, nil
}

func summarise(key string, h mail.Header) Message {
	m := Message{
		Key: key, MessageID: h.Get("Message-Id"),
		From: decoded(h.Get("From")), To: decoded(h.Get("To")), Subject: decoded(h.Get("Subject")),
	}
	if at, err := h.Date(); err == nil {
		m.Date = at.UTC()
	}
	return m
}

// decoded turns encoded words into text; what cannot be read stays as it is.
func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return header
	}
	return text
}

// parts finds the plain and the HTML form, however deep they lie.
func (m *Mail) parts(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(cmp.Or(contentType, "text/plain"))
	if err != nil {
		return fmt.Errorf("content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		reader := multipart.NewReader(body, params["boundary"])
		for {
			// Raw, because the decoding happens below for all encodings alike.
			part, err := reader.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("multipart: %w", err)
			}
			if err := m.parts(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("read mail: %w", err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = text
	case kind == "text/html" && m.HTML == "":
		m.HTML = text
	}
	return nil
}
