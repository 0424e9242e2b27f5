package notice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// TLSPolicy says how the connection to the mail server is protected.
type TLSPolicy string

const (
	// TLSNone speaks plainly; permitted to this machine only.
	TLSNone TLSPolicy = "none"
	// TLSOpportunistic uses STARTTLS where the server offers it.
	TLSOpportunistic TLSPolicy = "opportunistic"
	// TLSMandatory refuses a server without STARTTLS.
	TLSMandatory TLSPolicy = "mandatory"
	// TLSImplicit speaks TLS from the first byte (port 465).
	TLSImplicit TLSPolicy = "implicit"
)

// SMTP is how mail leaves the system.
type SMTP struct {
	Host string
	Port int
	// Username and Password may be empty: no authentication.
	Username, Password string
	TLS                TLSPolicy
	// From is the sender's address, FromName how it is shown.
	From, FromName string
	// HELO is the name given to the server; empty: the machine's own.
	HELO string
	// Timeout bounds connecting, and each hand-over on its own; default 20 s.
	Timeout time.Duration
}

// Domain is the domain of the sender's address, for Message-IDs.
func (c SMTP) Domain() string {
	_, domain, _ := strings.Cut(c.From, "@")
	return domain
}

// Check reports settings that can never work or would send mail in the clear.
func (c SMTP) Check() error {
	if _, domain, ok := strings.Cut(c.From, "@"); !ok || domain == "" {
		return fmt.Errorf("sender's address %q is no e-mail address", c.From)
	}
	if c.Host == "" || c.Port < 1 || c.Port > 65535 {
		return fmt.Errorf("mail server %q, port %d: both are needed", c.Host, c.Port)
	}
	switch c.TLS {
	case TLSOpportunistic, TLSMandatory, TLSImplicit:
		return nil
	case TLSNone:
		if ip := net.ParseIP(c.Host); c.Host == "localhost" || ip != nil && ip.IsLoopback() {
			return nil
		}
		return fmt.Errorf("TLS policy %q is for this machine only, not for %s; use %q at least", TLSNone, c.Host, TLSOpportunistic)
	default:
		return fmt.Errorf("unknown TLS policy %q", c.TLS)
	}
}

// Outgoing is one mail as it is handed over.
type Outgoing struct {
	MessageID string // with angle brackets
	To        string
	Language  string
	Mail      Mail
	// At is the mail's date (business clock).
	At time.Time
}

// Outcome tells what a failed hand-over means.
type Outcome int

const (
	// Deferred: the server does not take this mail now (4xx).
	Deferred Outcome = iota + 1
	// Refused: the server will never take this mail (5xx).
	Refused
	// Broken: the connection is of no more use, and whether the server took
	// the mail is unknown; trying again bears the same Message-ID.
	Broken
	// Down: the server cannot be reached or refuses the session; no mail was tried.
	Down
)

// SendError is a hand-over that failed.
type SendError struct {
	Outcome Outcome
	Err     error
}

func (e *SendError) Error() string { return e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }

// OutcomeOf returns the outcome in err's chain; Broken for any other error.
func OutcomeOf(err error) Outcome {
	var e *SendError
	if errors.As(err, &e) {
		return e.Outcome
	}
	return Broken
}

// Session is one connection to the mail server that takes many mails, one
// after the other.
type Session interface {
	// Send hands one mail over; a *SendError tells what a failure means.
	Send(Outgoing) error
	// Usable reports whether the connection takes another mail.
	Usable() bool
	Close() error
}

// Dial opens a session. Failures are *SendError with Down.
func (c SMTP) Dial(ctx context.Context) (Session, error) {
	if err := c.Check(); err != nil {
		return nil, &SendError{Down, err}
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = 20 * time.Second
	}
	// The session is this package's own, so the checks between mails are spared.
	options := []mail.Option{mail.WithPort(c.Port), mail.WithTimeout(timeout), mail.WithoutNoop(), mail.WithoutRset()}
	switch c.TLS {
	case TLSNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	case TLSOpportunistic:
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case TLSMandatory:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	case TLSImplicit:
		options = append(options, mail.WithSSL())
	}
	if c.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(c.Username), mail.WithPassword(c.Password))
	}
	if c.HELO != "" {
		options = append(options, mail.WithHELO(c.HELO))
	}
	client, err := mail.NewClient(c.Host, options...)
	if err != nil {
		return nil, &SendError{Down, fmt.Errorf("mail settings: %w", err)}
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return nil, &SendError{Down, fmt.Errorf("reach mail server %s: %w", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), err)}
	}
	return &session{settings: c, client: client, conn: conn}, nil
}

type session struct {
	settings SMTP
	client   *mail.Client
	conn     *smtp.Client
	broken   bool
}

func (s *session) Usable() bool { return !s.broken }

func (s *session) Close() error { return s.client.CloseWithSMTPClient(s.conn) }

func (s *session) Send(out Outgoing) error {
	message, err := s.settings.message(out)
	if err != nil {
		// Nothing was sent, and writing the same again gives the same.
		return &SendError{Refused, err}
	}
	err = s.client.SendWithSMTPClient(s.conn, message)
	if err == nil || message.IsDelivered() {
		return nil
	}
	result := outcome(err)
	// A refused mail may leave its transaction open.
	if result == Broken || s.conn.Reset() != nil {
		s.broken = true
	}
	return &SendError{result, fmt.Errorf("hand over: %w", err)}
}

// outcome sorts the server's answers. Only answers about the recipient or the
// content are final: a refused sender or session is a fault of the settings,
// which an administrator mends, and must not lose mail.
func outcome(err error) Outcome {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return Broken
	}
	code := e.ErrorCode()
	switch {
	case e.Reason == mail.ErrWriteContent, code == 421, code < 400 || code > 599:
		return Broken
	case code >= 500 && (e.Reason == mail.ErrSMTPRcptTo || e.Reason == mail.ErrSMTPData || e.Reason == mail.ErrSMTPDataClose):
		return Refused
	default:
		return Deferred
	}
}

func (c SMTP) message(out Outgoing) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(c.FromName, c.From); err != nil {
		return nil, fmt.Errorf("sender's address: %w", err)
	}
	if err := m.To(out.To); err != nil {
		return nil, fmt.Errorf("recipient's address: %w", err)
	}
	m.SetMessageIDWithValue(strings.Trim(out.MessageID, "<>"))
	m.SetDateWithValue(out.At)
	m.Subject(out.Mail.Subject)
	// RFC 3834: so that no absence note answers.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", out.Language)
	m.SetBodyString(mail.TypeTextPlain, out.Mail.Text)
	if out.Mail.HTML != "" {
		m.AddAlternativeString(mail.TypeTextHTML, out.Mail.HTML)
	}
	return m, nil
}
