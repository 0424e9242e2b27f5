package account

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dondoc/internal/fault"
)

// Bounds of a password in characters, and how many different ones it needs.
const (
	MinPassword   = 12
	MaxPassword   = 200
	minDifferent  = 5
	minLocalPart  = 4
	maxEmailBytes = 254
)

// guessable are words that make up most of the passwords that are tried first.
var guessable = []string{"dondoc", "matkhau", "password", "qwerty", "123456", "abcdef", "vietnam", "admin"}

// filler is what people add to a word to make it longer.
var filler = regexp.MustCompile(`[^\p{L}]+`)

// CheckPassword refuses passwords that are guessed first. Length counts, not
// the mix of characters; a sentence with blanks is welcome.
func CheckPassword(password, email string) error {
	password = norm.NFC.String(password)
	refuse := func(code, vi, en string, args ...any) error {
		return fault.New(fault.Invalid, code, vi, en, args...).At("password")
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return refuse("password.characters", "Mật khẩu có ký tự không gõ được. Hãy chọn mật khẩu khác.",
			"The password has characters that cannot be typed. Choose another.")
	case n < MinPassword:
		return refuse("password.short", "Mật khẩu dài ít nhất %d ký tự; một câu ngắn dễ nhớ là tốt nhất.",
			"A password has at least %d characters; a short sentence is best.", MinPassword)
	case n > MaxPassword:
		return refuse("password.long", "Mật khẩu dài nhiều nhất %d ký tự.", "A password has at most %d characters.", MaxPassword)
	}
	if tooSimple(password, email) {
		return refuse("password.simple",
			"Mật khẩu này dễ đoán: lặp lại, theo dãy, hoặc chỉ là từ quen thuộc hay địa chỉ thư. Hãy chọn mật khẩu khác.",
			"This password is easily guessed: repeated, in sequence, or just a common word or the e-mail address. Choose another.")
	}
	return nil
}

func tooSimple(password, email string) bool {
	lower := strings.ToLower(password)
	different := map[rune]bool{}
	for _, r := range lower {
		different[r] = true
	}
	if len(different) < minDifferent || sequence(lower) {
		return true
	}
	// What is left of a word with digits and signs around it.
	rest := filler.ReplaceAllString(lower, "")
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	if len(local) >= minLocalPart && strings.Contains(lower, local) {
		rest = strings.ReplaceAll(rest, filler.ReplaceAllString(local, ""), "")
	}
	for _, word := range guessable {
		rest = strings.ReplaceAll(rest, word, "")
	}
	return rest == "" || utf8.RuneCountInString(rest) < 3
}

// sequence reports whether every character follows the one before by the same small step.
func sequence(s string) bool {
	runes := []rune(s)
	step := runes[1] - runes[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 1; i < len(runes); i++ {
		d := runes[i] - runes[i-1]
		// 9 is followed by 0 on every keyboard.
		if d != step && !(runes[i-1] == '9' && runes[i] == '0') && !(runes[i-1] == '0' && runes[i] == '9') {
			return false
		}
	}
	return true
}

// CleanEmail returns the address in the form that is stored (lower case, no
// blanks), or a fault that says why it is none.
func CleanEmail(s string) (string, error) {
	cleaned := strings.ToLower(strings.TrimSpace(s))
	parsed, err := mail.ParseAddress(cleaned)
	ascii := !strings.ContainsFunc(cleaned, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) || r == ' ' })
	if err != nil || parsed.Address != cleaned || !ascii || len(cleaned) > maxEmailBytes {
		return "", fault.New(fault.Invalid, "email.form",
			"Địa chỉ thư không đúng dạng, ví dụ đúng: vanthu@dondoc.example.",
			"This is no e-mail address; one looks like vanthu@dondoc.example.").At("email")
	}
	return cleaned, nil
}
