package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"
	"time"
)

// How long what a token opens stays open, by the wall clock.
const (
	SessionIdle     = 12 * time.Hour
	SessionAbsolute = 7 * 24 * time.Hour
	InvitationLife  = 7 * 24 * time.Hour
	ResetLife       = 30 * time.Minute
)

const tokenBytes = 32

// NewToken returns 32 random bytes as text, and the hash that is stored in its place.
func NewToken() (token string, hash []byte) {
	raw := make([]byte, tokenBytes)
	rand.Read(raw) //nolint:errcheck // never fails: crypto/rand ends the program instead
	token = base64.RawURLEncoding.EncodeToString(raw)
	return token, HashToken(token)
}

// HashToken returns what is stored of a token. A plain SHA-256 is enough: the
// token is random, nothing can be guessed from its hash.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// LinkPath is the page under which account links are taken up.
const LinkPath = "/lien-ket/"

// LinkURL is the address that an invitation or reset mail carries. The base
// comes from the configuration, never from a request.
func LinkURL(base, token string) string {
	return strings.TrimRight(base, "/") + LinkPath + url.PathEscape(token)
}

// SecurityPath is the page of an account's security.
const SecurityPath = "/bao-mat"

// SecurityURL is the absolute address of that page, for mails.
func SecurityURL(base string) string { return strings.TrimRight(base, "/") + SecurityPath }
