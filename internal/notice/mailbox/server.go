// Package mailbox is a mail server for one machine: it takes every mail over
// SMTP on loopback, keeps each as a file and shows them on a page. It is what
// `make run` and the tests send to, and never hands a mail on.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"dondoc/internal/clock"
)

// maxMail bounds one mail.
const maxMail = 10 << 20

// Options of a mailbox.
type Options struct {
	// SMTPAddress is where it listens, "127.0.0.1:1025"; port 0 takes a free one.
	// Anything but a loopback address is refused.
	SMTPAddress string
	// Dir keeps the mails, one .eml file each.
	Dir string
	// Wall stamps the time of receipt; nil: the machine's clock.
	Wall clock.Wall
	// Judge, if set, may refuse a recipient, as real servers do.
	Judge func(recipient string) *Refusal
}

// Refusal is a server's answer to a recipient that it does not take.
type Refusal struct {
	// Code is an SMTP code: 4xx for now, 5xx for ever.
	Code int
	Text string
	// Drop cuts the connection instead of answering: "rcpt" when the recipient
	// is named, "data" after the mail was received and kept but before it is acknowledged.
	Drop string
}

// Server takes mail.
type Server struct {
	store    *store
	smtp     *smtp.Server
	listener net.Listener
	done     chan struct{}
	stop     func() bool

	mu  sync.Mutex
	err error
}

// Start listens and serves until the context ends or Close is called.
func Start(ctx context.Context, o Options) (*Server, error) {
	host, _, err := net.SplitHostPort(o.SMTPAddress)
	if err != nil {
		return nil, fmt.Errorf("mailbox address %q: %w", o.SMTPAddress, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("mailbox address %q: only loopback addresses are permitted", o.SMTPAddress)
	}
	if o.Wall == nil {
		o.Wall = clock.SystemWall
	}
	kept, err := openStore(o.Dir, o.Wall)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.SMTPAddress)
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	s := &Server{store: kept, listener: listener, done: make(chan struct{})}
	s.smtp = smtp.NewServer(backend{store: kept, judge: o.Judge})
	s.smtp.Domain = "localhost"
	s.smtp.ReadTimeout = time.Minute
	s.smtp.WriteTimeout = time.Minute
	s.smtp.MaxMessageBytes = maxMail
	s.smtp.MaxRecipients = 100
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = quiet{}
	go func() {
		defer close(s.done)
		if err := s.smtp.Serve(listener); err != nil && !errors.Is(err, smtp.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.mu.Lock()
			s.err = err
			s.mu.Unlock()
		}
	}()
	s.stop = context.AfterFunc(ctx, func() {
		s.smtp.Close()   //nolint:errcheck // closing twice is all that can fail
		listener.Close() //nolint:errcheck // likewise
	})
	return s, nil
}

// Addr is the address it listens on.
func (s *Server) Addr() *net.TCPAddr {
	addr, _ := s.listener.Addr().(*net.TCPAddr)
	return addr
}

// Close stops listening, cuts open connections and reports what stopped the server before, if anything did.
func (s *Server) Close() error {
	s.stop()
	// The listener too: the server knows it only once it serves.
	err := errors.Join(s.smtp.Close(), s.listener.Close())
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	for _, closed := range []error{smtp.ErrServerClosed, net.ErrClosed} {
		if errors.Is(err, closed) {
			return nil
		}
	}
	return err
}

// Messages lists what was received, newest first, one line per Message-ID.
func (s *Server) Messages() ([]Message, error) { return s.store.list(), nil }

// Open reads one mail whole.
func (s *Server) Open(key string) (Mail, error) { return s.store.open(key) }

// Find returns the mail with this Message-ID (with angle brackets).
func (s *Server) Find(messageID string) (Mail, error) { return s.store.open(keyOf(messageID)) }

type backend struct {
	store *store
	judge func(string) *Refusal
}

func (b backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{backend: b, conn: c}, nil
}

type session struct {
	backend
	conn *smtp.Conn
	from string
	to   []string
	drop bool
}

var errDropped = errors.New("connection dropped")

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.judge != nil {
		if r := s.judge(to); r != nil {
			switch r.Drop {
			case "rcpt":
				return errors.Join(errDropped, s.conn.Conn().Close())
			case "data":
				s.drop = true
			default:
				return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.EnhancedCode{r.Code / 100, 1, 1}, Message: r.Text}
			}
		}
	}
	s.to = append(s.to, to)
	return nil
}

// Data keeps the mail before it answers, so that what was acknowledged is there.
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.store.keep(s.from, s.to, content); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "cannot keep the mail: " + err.Error()}
	}
	if s.drop {
		return errors.Join(errDropped, s.conn.Conn().Close())
	}
	return nil
}

func (s *session) Reset()        { s.from, s.to, s.drop = "", nil, false }
func (s *session) Logout() error { return nil }

// quiet drops the server's log: a client that goes away is nothing to report.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
