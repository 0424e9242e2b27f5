package account

import (
	"time"

	"dondoc/internal/fault"
)

const (
	// ChallengeLife is how long the code may be typed after the password.
	ChallengeLife = 5 * time.Minute
	// ChallengeTries is how many wrong codes end it.
	ChallengeTries = 5
)

// Factor is how an account's second factor stands.
type Factor struct {
	Enabled  bool
	Since    *time.Time
	Recovery int  // codes that are left
	Demanded bool // one of the account's posts demands it
}

// Enrolment is what an authenticator program is told, once.
type Enrolment struct {
	Secret  string // base32
	Address string // otpauth://…
}

// SecondStep is the fault of one whose password is right and whose code is
// still to come. Challenge goes with the code.
type SecondStep struct{ Challenge string }

// Error returns the English sentence.
func (e *SecondStep) Error() string { return e.Unwrap().Error() }

// Unwrap gives the fault for the edges.
func (e *SecondStep) Unwrap() error {
	return fault.New(fault.Unauthenticated, "session.second_step",
		"Mật khẩu đúng. Nhập mã xác thực để đăng nhập.", "The password is right. Give the code of the second factor to sign in.")
}

// WrongCode answers every code that does not count, whatever the reason.
func WrongCode() *fault.Fault {
	return fault.New(fault.Invalid, "second_factor.code",
		"Mã không đúng, đã hết hạn hoặc đã dùng rồi. Xem mã mới trong ứng dụng, hoặc dùng một mã dự phòng.",
		"The code is wrong, has expired or was used. Read a new one in the program, or use a recovery code.").At("code")
}

// MustEnrol answers whoever must set up a second factor before anything else.
func MustEnrol() *fault.Fault {
	return fault.New(fault.Forbidden, "second_factor.demanded",
		"Vai trò của tài khoản này phải có xác thực hai bước. Hãy thiết lập trong trang Bảo mật tài khoản.",
		"A role of this account demands a second factor. Set one up on the account security page.")
}
