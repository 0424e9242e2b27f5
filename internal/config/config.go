// Package config reads the environment once into a struct; no other package
// reads it.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Config is everything that one process is told from outside.
type Config struct {
	// DatabaseURL is the address of the business database.
	DatabaseURL string
	// DatabaseConnections limits this process's pool.
	DatabaseConnections int
	// TemporalAddress is host:port of the Temporal frontend.
	TemporalAddress   string
	TemporalNamespace string
	// Listen is host:port of API and pages.
	Listen string
	// BaseURL is the address that links in mails bear; never taken from a request.
	BaseURL string
	// Banner, in Vietnamese, and BannerEN stand above every page where they are not empty.
	Banner, BannerEN string
	SMTP             SMTP
	// AuditKeyFile holds the sealer's HMAC key, AuditLog the chain's heads.
	AuditKeyFile, AuditLog string
	// SecretKeyFile holds the key that seals the secrets of second factors; empty:
	// nobody can set one up.
	SecretKeyFile string
	// SecondFactorFor are the roles whose holders must have a second factor.
	SecondFactorFor []string
	OpenID          OpenID
	// Files is the folder in which files beside results are kept.
	Files string
	// FileLimit is how many megabytes one file may have.
	FileLimit int
	// Clamd is the address of ClamAV's daemon, host:port or the path of its socket;
	// empty: files are taken without a scan for malware.
	Clamd string
	// MetricsToken, if set, must be given as bearer token to read /metrics.
	MetricsToken string
	// Feeds lets people subscribe to due times with their calendar programs.
	Feeds bool
	// DigestCron tells when the weekly digest goes out (robfig/cron, Asia/Ho_Chi_Minh).
	DigestCron string
	// Spread delays rounds by up to this much so that they do not run at once.
	Spread time.Duration
	// LogLevel is debug, info, warn or error.
	LogLevel string
}

// OpenID tells which identity provider vouches for people; without an issuer none does.
type OpenID struct {
	Issuer, ClientID, ClientSecret string
	// Claim is where the provider tells the e-mail address. Default: email.
	Claim string
	// Name is what people call their account there, for the button.
	Name string
}

// SMTP tells how mail is handed over.
type SMTP struct {
	Address  string // host:port
	Username string
	Password string
	// TLS is none (this machine only), opportunistic, mandatory (STARTTLS) or implicit (from the first byte).
	TLS  string
	From string
	// Senders is the number of parallel connections.
	Senders int
	// Timeout bounds each hand-over; messages of a sender that died wait three times as long.
	Timeout time.Duration
}

// Read takes the configuration from the environment, naming everything that is wrong at once.
func Read(environment func(string) string) (Config, error) {
	r := reader{get: environment}
	c := Config{
		DatabaseURL:         r.text("DONDOC_DATABASE_URL", "postgres://dondoc@127.0.0.1:5432/dondoc?sslmode=disable"),
		DatabaseConnections: r.number("DONDOC_DATABASE_CONNECTIONS", 20, 2, 1000),
		TemporalAddress:     r.text("DONDOC_TEMPORAL_ADDRESS", "127.0.0.1:7233"),
		TemporalNamespace:   r.text("DONDOC_TEMPORAL_NAMESPACE", "dondoc"),
		Listen:              r.text("DONDOC_LISTEN", "127.0.0.1:8080"),
		BaseURL:             strings.TrimRight(r.text("DONDOC_BASE_URL", "http://127.0.0.1:8080"), "/"),
		Banner:              r.text("DONDOC_BANNER", ""),
		BannerEN:            r.text("DONDOC_BANNER_EN", ""),
		SMTP: SMTP{
			Address:  r.text("DONDOC_SMTP_ADDRESS", "127.0.0.1:25"),
			Username: r.text("DONDOC_SMTP_USERNAME", ""),
			Password: r.text("DONDOC_SMTP_PASSWORD", ""),
			TLS:      r.choice("DONDOC_SMTP_TLS", "opportunistic", "none", "opportunistic", "mandatory", "implicit"),
			From:     r.text("DONDOC_SMTP_FROM", "Đôn Đốc <dondoc@dondoc.example>"),
			Senders:  r.number("DONDOC_SMTP_SENDERS", 8, 1, 64),
			Timeout:  r.duration("DONDOC_SMTP_TIMEOUT", 20*time.Second),
		},
		AuditKeyFile:    r.text("DONDOC_AUDIT_KEY_FILE", "audit.key"),
		AuditLog:        r.text("DONDOC_AUDIT_LOG", "audit-heads.log"),
		SecretKeyFile:   r.text("DONDOC_SECRET_KEY_FILE", ""),
		SecondFactorFor: r.list("DONDOC_SECOND_FACTOR_FOR"),
		OpenID: OpenID{
			Issuer: r.text("DONDOC_OPENID_ISSUER", ""), ClientID: r.text("DONDOC_OPENID_CLIENT_ID", ""),
			ClientSecret: r.text("DONDOC_OPENID_CLIENT_SECRET", ""), Claim: r.text("DONDOC_OPENID_CLAIM", "email"), Name: r.text("DONDOC_OPENID_NAME", "OpenID"),
		},
		Files:        r.text("DONDOC_FILES", "files"),
		FileLimit:    r.number("DONDOC_FILE_LIMIT_MB", 20, 1, 100),
		Clamd:        r.text("DONDOC_CLAMD", ""),
		MetricsToken: r.text("DONDOC_METRICS_TOKEN", ""),
		Feeds:        r.choice("DONDOC_FEEDS", "off", "on", "off") == "on",
		DigestCron:   r.text("DONDOC_DIGEST_CRON", "0 8 * * 1"),
		Spread:       r.duration("DONDOC_SPREAD", 2*time.Minute),
		LogLevel:     r.choice("DONDOC_LOG_LEVEL", "info", "debug", "info", "warn", "error"),
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		r.faults = append(r.faults, fmt.Errorf("DONDOC_BASE_URL=%q is not an http or https address", c.BaseURL))
	}
	r.check(c)
	return c, errors.Join(r.faults...)
}

// check holds settings against each other.
func (r *reader) check(c Config) {
	if c.SecretKeyFile == "" && (len(c.SecondFactorFor) > 0 || c.OpenID.Issuer != "") {
		r.faults = append(r.faults, errors.New("DONDOC_SECOND_FACTOR_FOR and DONDOC_OPENID_ISSUER need DONDOC_SECRET_KEY_FILE"))
	}
	if c.OpenID.Issuer == "" {
		return
	}
	// The provider vouches for people: what it says must not be alterable on its way.
	u, err := url.Parse(c.OpenID.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")) {
		r.faults = append(r.faults, fmt.Errorf("DONDOC_OPENID_ISSUER=%q is not an https address", c.OpenID.Issuer))
	}
	if c.OpenID.ClientID == "" {
		r.faults = append(r.faults, errors.New("DONDOC_OPENID_ISSUER needs DONDOC_OPENID_CLIENT_ID"))
	}
}

// list reads values parted by commas or blanks.
func (r *reader) list(name string) []string {
	return strings.FieldsFunc(r.get(name), func(c rune) bool { return c == ',' || c == ' ' })
}

type reader struct {
	get    func(string) string
	faults []error
}

func (r *reader) text(name, missing string) string {
	if v := r.get(name); v != "" {
		return v
	}
	return missing
}

func (r *reader) number(name string, missing, least, most int) int {
	v := r.get(name)
	if v == "" {
		return missing
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		r.faults = append(r.faults, fmt.Errorf("%s=%q is not a whole number from %d to %d", name, v, least, most))
		return missing
	}
	return n
}

func (r *reader) duration(name string, missing time.Duration) time.Duration {
	v := r.get(name)
	if v == "" {
		return missing
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		r.faults = append(r.faults, fmt.Errorf("%s=%q is not a duration such as 90s or 2m", name, v))
		return missing
	}
	return d
}

func (r *reader) choice(name, missing string, choices ...string) string {
	v := r.get(name)
	if v == "" {
		return missing
	}
	for _, c := range choices {
		if v == c {
			return v
		}
	}
	r.faults = append(r.faults, fmt.Errorf("%s=%q is none of %s", name, v, strings.Join(choices, ", ")))
	return missing
}
