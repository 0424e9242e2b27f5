package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
)

// Cost says how dear one hashing with argon2id is.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultCost is the smallest that OWASP's password storage cheat sheet advises for argon2id.
var DefaultCost = Cost{MemoryKiB: 19 * 1024, Passes: 2, Threads: 1}

const (
	saltLength = 16
	hashLength = 32
)

// Hasher hashes and checks passwords, a limited number at a time: each one
// takes the cost's memory, and a flood of sign-ins must not take it all.
type Hasher struct {
	cost  Cost
	slots chan struct{}
	// decoy is checked where there is no hash, so that an unknown account
	// costs as much time as a known one.
	decoy string
}

// NewHasher returns a hasher that works on at most concurrent passwords at once.
func NewHasher(cost Cost, concurrent int) (*Hasher, error) {
	if concurrent < 1 || cost.MemoryKiB < 8*uint32(cost.Threads) || cost.Passes < 1 || cost.Threads < 1 {
		return nil, errors.New("password hashing needs at least one slot, one pass, one thread and 8 KiB for each thread")
	}
	h := &Hasher{cost: cost, slots: make(chan struct{}, concurrent)}
	unknown, _ := NewToken()
	h.decoy = encode(cost, unknown)
	return h, nil
}

// Hash returns the password's hash in PHC form.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return encode(h.cost, password), nil
}

// Verify reports whether the password belongs to the hash. Without a hash the
// answer is no, after the same work.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	missing := hash == ""
	if missing {
		hash = h.decoy
	}
	cost, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	got := derive(cost, password, salt, uint32(len(want))) //nolint:gosec // decode bounds the length
	return subtle.ConstantTimeCompare(got, want) == 1 && !missing, nil
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "account.busy",
			"Có quá nhiều người đăng nhập cùng lúc. Hãy thử lại sau ít giây.",
			"Too many people are signing in at once. Try again in a few seconds.")
	}
}

func (h *Hasher) leave() { <-h.slots }

// derive hashes the composed form: Vietnamese input methods write one letter
// in several ways, and all of them are the same password.
func derive(cost Cost, password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, cost.Passes, cost.MemoryKiB, cost.Threads, length)
}

func encode(cost Cost, password string) string {
	salt := make([]byte, saltLength)
	rand.Read(salt) //nolint:errcheck // never fails: crypto/rand ends the program instead
	sum := derive(cost, password, salt, hashLength)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		cost.MemoryKiB, cost.Passes, cost.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

func decode(hash string) (cost Cost, salt, sum []byte, err error) {
	bad := func(what string) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("stored password hash: %s", what)
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return bad("not argon2id in PHC form")
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad("unknown version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Threads); err != nil {
		return bad("unreadable parameters")
	}
	if cost.Threads < 1 || cost.Passes < 1 || cost.Passes > 100 || cost.MemoryKiB > 1<<21 {
		return bad("parameters out of range")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return bad("unreadable salt")
	}
	if sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(sum) < 16 || len(sum) > 128 {
		return bad("unreadable sum")
	}
	return cost, salt, sum, nil
}
