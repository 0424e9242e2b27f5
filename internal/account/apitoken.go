package account

import (
	"slices"
	"strings"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/policy"
)

// Tokens by which programs act for a person.
const (
	// TokenPrefix makes a token known for what it is, to people and to programs
	// that look for leaked secrets.
	TokenPrefix = "ddt_"
	// MaxTokens is how many live tokens a person may have.
	MaxTokens = 20
	// MaxTokenLife bounds the wall clock's span from creation to the end.
	MaxTokenLife = 366 * 24 * time.Hour
	shownOfToken = len(TokenPrefix) + 6
	maxTokenName = 100
)

// Token is an API token as its owner sees it.
type Token struct {
	ID                   int64
	Name                 string
	Prefix               string // the first characters
	Scopes               []policy.Scope
	CreatedAt, ExpiresAt time.Time
	LastUsedAt           *time.Time
}

// NewTokenInput asks for an API token.
type NewTokenInput struct {
	Name      string
	Scopes    []policy.Scope
	ExpiresAt time.Time
}

// CreatedToken is a token with what programs send; Secret is told once.
type CreatedToken struct {
	Token
	Secret string
}

// Clean brings the name into the form that is stored and refuses unknown scopes
// and a life that is over or longer than a year, by the wall clock.
func (in NewTokenInput) Clean(wall time.Time) (NewTokenInput, error) {
	var err error
	if in.Name, err = cleanLine("name", in.Name, maxTokenName); err != nil {
		return in, err
	}
	if in.Name == "" {
		return in, fault.New(fault.Invalid, "token.name", "Đặt tên cho khóa, ví dụ phần mềm sẽ dùng khóa.", "Name the token, for instance after the program that will use it.").At("name")
	}
	if len(in.Scopes) == 0 {
		return in, fault.New(fault.Invalid, "token.scopes", "Chọn ít nhất một phạm vi.", "Choose at least one scope.").At("scopes")
	}
	in.Scopes = slices.Clone(in.Scopes)
	slices.Sort(in.Scopes)
	in.Scopes = slices.Compact(in.Scopes)
	for _, s := range in.Scopes {
		if !slices.Contains(policy.Scopes, s) {
			return in, fault.New(fault.Invalid, "token.scope", "Không có phạm vi %q.", "There is no scope %q.", s).At("scopes")
		}
	}
	if !in.ExpiresAt.After(wall) || in.ExpiresAt.After(wall.Add(MaxTokenLife)) {
		return in, fault.New(fault.Invalid, "token.expiry",
			"Thời hạn của khóa phải sau lúc này và nhiều nhất một năm.", "A token ends later than now and within a year.").At("expires_at")
	}
	return in, nil
}

// NewAPIToken returns a token, the hash that is stored in its place, and the
// first characters by which its owner knows it.
func NewAPIToken() (token string, hash []byte, shown string) {
	random, _ := NewToken()
	token = TokenPrefix + random
	return token, HashToken(token), token[:shownOfToken]
}

// IsAPIToken reports whether a secret has the form of an API token.
func IsAPIToken(secret string) bool { return strings.HasPrefix(secret, TokenPrefix) }

// Session is a session as its owner sees it. All instants are wall.
type Session struct {
	ID                               int64
	CreatedAt, LastSeenAt, ExpiresAt time.Time
	Address, Agent                   string
	Current                          bool
}
