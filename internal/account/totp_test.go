package account

import (
	"bytes"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1; there eight digits, here the last six.
func TestCodesOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for unix, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := totpCode(secret, unix/30); got != want[2:] {
			t.Errorf("at %d: %s, want %s", unix, got, want[2:])
		}
	}
}

func TestACodeCountsAroundItsTimeAndOnce(t *testing.T) {
	secret := []byte("12345678901234567890")
	at := time.Unix(1111111109, 0) // in step 37037036, its last second but ten
	code := totpCode(secret, at.Unix()/30)
	step := at.Unix() / 30
	for _, c := range []struct {
		name  string
		typed string
		wall  time.Time
		after int64
		ok    bool
	}{
		{"now", code, at, 0, true},
		{"with blanks", " " + code[:3] + " " + code[3:] + " ", at, 0, true},
		{"a telephone half a minute behind", code, at.Add(30 * time.Second), 0, true},
		{"a telephone half a minute ahead", code, at.Add(-30 * time.Second), 0, true},
		{"a minute later", code, at.Add(time.Minute), 0, false},
		{"a minute before", code, at.Add(-time.Minute), 0, false},
		{"used", code, at, step, false},
		{"used in the step before", code, at, step - 1, true},
		{"another one", "000000", at, 0, false},
		{"nothing", "", at, 0, false},
		{"the code as part of more", code + "0", at, 0, false},
	} {
		got, ok := MatchTOTP(secret, c.typed, c.wall, c.after)
		if ok != c.ok || ok && got != step {
			t.Errorf("%s: step %d, %v", c.name, got, ok)
		}
	}
}

func TestTheAddressHoldsWhatAProgramNeeds(t *testing.T) {
	u, err := url.Parse(TOTPAddress([]byte("12345678901234567890"), "https://giao-viec.example:8443/", "a@dondoc.example"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Don Doc giao-viec.example:a@dondoc.example" || strings.Contains(u.RawQuery, "+") ||
		q.Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || q.Get("issuer") != "Don Doc giao-viec.example" || q.Get("digits") != "6" || q.Get("period") != "30" {
		t.Errorf("%s", u)
	}
}

func TestRecoveryCodesAreKnownAsTheyAreTyped(t *testing.T) {
	codes, hashes := NewRecoveryCodes()
	if len(codes) != RecoveryCodes || len(hashes) != RecoveryCodes {
		t.Fatalf("%d codes, %d hashes", len(codes), len(hashes))
	}
	seen := map[string]bool{}
	for i, code := range codes {
		seen[code] = true
		for _, typed := range []string{code, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", "")} {
			if hash, ok := RecoveryHash(typed); !ok || !bytes.Equal(hash, hashes[i]) {
				t.Errorf("%q is not known", typed)
			}
		}
	}
	if len(seen) != RecoveryCodes {
		t.Error("two codes are the same")
	}
	for _, other := range []string{"", "123456", codes[0] + "A", "ABCD-EFGH-IJKL-MNO1"} {
		if hash, ok := RecoveryHash(other); ok {
			t.Errorf("%q is taken as %s", other, hex.EncodeToString(hash))
		}
	}
}

func TestASealedSecretOpensForItsPurposeAndKeyOnly(t *testing.T) {
	box, err := NewBox(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewBox(bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal([]byte("bí mật"), "a")
	if got, err := box.Open(sealed, "a"); err != nil || string(got) != "bí mật" || bytes.Contains(sealed, got) {
		t.Errorf("%q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return box.Open(sealed, "b") },
		"another key":     func() ([]byte, error) { return other.Open(sealed, "a") },
		"altered": func() ([]byte, error) {
			return box.Open(append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), "a")
		},
		"cut": func() ([]byte, error) { return box.Open(sealed[:5], "a") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s: opened %q", name, got)
		}
	}
	if _, err := NewBox([]byte("short")); err == nil {
		t.Error("a short key is taken")
	}
}
