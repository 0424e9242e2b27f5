package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 and every authenticator program: HMAC-SHA-1
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Time-based one-time passwords (RFC 6238) with what every authenticator
// program takes: HMAC-SHA-1, six digits, steps of thirty seconds.
const (
	totpStep   = 30 * time.Second
	totpDigits = 6
	// totpDrift is how many steps a telephone's clock may be off, either way.
	totpDrift       = 1
	totpSecretBytes = 20 // RFC 4226: as long as the hash
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewTOTPSecret returns a random secret.
func NewTOTPSecret() []byte {
	secret := make([]byte, totpSecretBytes)
	rand.Read(secret) //nolint:errcheck // never fails: crypto/rand ends the program instead
	return secret
}

// TOTPText is the secret as people type it into an authenticator program.
func TOTPText(secret []byte) string { return base32Text.EncodeToString(secret) }

// TOTPAddress is the otpauth address of the secret, which is also what the QR
// code holds. The issuer tells this installation from others by its host.
func TOTPAddress(secret []byte, baseURL, email string) string {
	issuer := "Don Doc"
	if u, err := url.Parse(baseURL); err == nil && u.Host != "" {
		issuer += " " + u.Hostname()
	}
	// PathEscape leaves the colon of the label and url.Values writes blanks as
	// plus signs, which some programs show as such.
	query := "secret=" + TOTPText(secret) + "&issuer=" + url.PathEscape(issuer) +
		fmt.Sprintf("&algorithm=SHA1&digits=%d&period=%d", totpDigits, int(totpStep.Seconds()))
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(email) + "?" + query
}

// totpCode is the code of one time step (RFC 4226, 5.3).
func totpCode(secret []byte, step int64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, step) // a hash never refuses
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%0*d", totpDigits, number%1_000_000)
}

// MatchTOTP finds the time step whose code was typed, by the wall clock. Steps
// up to and including after have been used and count no more.
func MatchTOTP(secret []byte, typed string, wall time.Time, after int64) (step int64, ok bool) {
	typed = digitsOf(typed)
	now := wall.Unix() / int64(totpStep.Seconds())
	for s := now - totpDrift; s <= now+totpDrift; s++ {
		if s > after && subtle.ConstantTimeCompare([]byte(totpCode(secret, s)), []byte(typed)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// digitsOf takes out the blanks that people put between digits.
func digitsOf(typed string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(strings.TrimSpace(typed))
}

const (
	// RecoveryCodes is how many single-use codes stand in for a lost telephone.
	RecoveryCodes = 10
	recoveryBytes = 10 // 80 bits: nothing can be guessed from the hash
)

// NewRecoveryCodes returns codes as people read them, "ABCD-EFGH-IJKL-MNOP",
// and the hashes that are stored in their place.
func NewRecoveryCodes() (codes []string, hashes [][]byte) {
	for range RecoveryCodes {
		raw := make([]byte, recoveryBytes)
		rand.Read(raw) //nolint:errcheck // never fails: crypto/rand ends the program instead
		text := base32Text.EncodeToString(raw)
		codes = append(codes, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
		hashes = append(hashes, HashToken(text))
	}
	return codes, hashes
}

// RecoveryHash is the stored hash of a recovery code as it was typed; false:
// what was typed has not the form of one.
func RecoveryHash(typed string) ([]byte, bool) {
	text := strings.ToUpper(digitsOf(typed))
	if _, err := base32Text.DecodeString(text); err != nil || len(text) != base32Text.EncodedLen(recoveryBytes) {
		return nil, false
	}
	return HashToken(text), true
}
