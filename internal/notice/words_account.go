package notice

import "fmt"

// AccountKind is why a person gets mail about their own account.
type AccountKind string

const (
	Invitation AccountKind = "invitation" // single-use link, 7 days
	Reset      AccountKind = "reset"      // single-use link, 30 minutes
	// FactorReset tells that an administrator removed the second factor; its link has no authority.
	FactorReset AccountKind = "factor_reset"
	// AddressChanged goes to the address that was; its link is that of the pages.
	AddressChanged AccountKind = "address_changed"
)

// AccountKinds are all of them.
var AccountKinds = []AccountKind{Invitation, Reset, FactorReset, AddressChanged}

// accountWords are the words of mail about an account, in Vietnamese and English.
type accountWords struct {
	subject, lead, button, closing [2]string
	// validity is how long the link lives; none: its link has no authority.
	validity [2]string
}

var accountMail = map[AccountKind]accountWords{
	Invitation: {
		subject: [2]string{"Mời sử dụng hệ thống", "Invitation to the system"},
		lead: [2]string{
			"Quản trị hệ thống đã tạo cho quý vị một tài khoản để theo dõi và gửi kết quả thực hiện nhiệm vụ được giao. Mở đường dẫn sau để đặt mật khẩu:",
			"An administrator has created an account for you, to follow assigned duties and send in results. Open this link to set your password:",
		},
		button: [2]string{"Đặt mật khẩu", "Set password"},
		closing: [2]string{
			"Đường dẫn có hiệu lực trong {validity} và chỉ dùng được một lần. Quá thời gian đó, đề nghị quản trị hệ thống gửi lại.",
			"The link is valid for {validity} and can be used once. After that, ask the administrator for a new one.",
		},
		validity: [2]string{"7 ngày", "7 days"},
	},
	Reset: {
		subject: [2]string{"Đặt lại mật khẩu", "Password reset"},
		lead: [2]string{
			"Hệ thống nhận được yêu cầu đặt lại mật khẩu cho tài khoản này. Mở đường dẫn sau để đặt mật khẩu mới:",
			"A password reset was asked for this account. Open this link to set a new password:",
		},
		button: [2]string{"Đặt mật khẩu mới", "Set new password"},
		closing: [2]string{
			"Đường dẫn có hiệu lực trong {validity} và chỉ dùng được một lần. Nếu không yêu cầu, xin bỏ qua thư này: mật khẩu hiện tại vẫn giữ nguyên.",
			"The link is valid for {validity} and can be used once. If you did not ask for it, ignore this mail: your password stays as it is.",
		},
		validity: [2]string{"30 phút", "30 minutes"},
	},
	FactorReset: {
		subject: [2]string{"Xác thực hai bước đã được gỡ", "Your second factor was removed"},
		lead: [2]string{
			"Quản trị hệ thống đã gỡ xác thực hai bước của tài khoản này. Từ nay đăng nhập chỉ cần mật khẩu, cho đến khi quý vị thiết lập lại:",
			"An administrator has removed the second factor of this account. Until you set it up again, the password alone signs in:",
		},
		button: [2]string{"Bảo mật tài khoản", "Account security"},
		closing: [2]string{
			"Nếu quý vị không đề nghị việc này, xin đổi mật khẩu ngay và báo cho cơ quan ban hành văn bản.",
			"If you did not ask for this, change your password now and tell the agency that issued the plan.",
		},
	},
	AddressChanged: {
		subject: [2]string{"Địa chỉ thư của tài khoản đã đổi", "The address of your account was changed"},
		lead: [2]string{
			"Quản trị hệ thống vừa đổi địa chỉ thư của tài khoản này. Từ nay thư không gửi đến đây nữa; các phiên đang mở đã kết thúc.",
			"An administrator has changed the mail address of this account. No more mail goes here, and all sessions have ended.",
		},
		button: [2]string{"Mở hệ thống", "Open the system"},
		closing: [2]string{
			"Nếu quý vị không đề nghị việc này, hãy báo ngay cho quản trị hệ thống hoặc thủ trưởng đơn vị.",
			"If you did not ask for this, tell the administrator or the head of your agency at once.",
		},
	},
}

// Account writes an invitation, a password reset, that the second factor was
// removed or that the address was changed. link is absolute and carries the
// single-use token where there is one; name is how the person is shown.
func (w Words) Account(kind AccountKind, language, name, link string) (Mail, error) {
	words, known := accountMail[kind]
	if !known {
		return Mail{}, fmt.Errorf("account mail of unknown kind %q", kind)
	}
	language = knownLanguage(language)
	t := w.template(TemplateKind(kind), language)
	values := map[string]string{"recipient": name, "validity": of(language, words.validity)}
	v := view{
		Language: language, Greeting: say(language, "Kính gửi: ", "To: ") + name,
		ButtonHead: of(language, words.button), ButtonURL: link,
		Subject:    subjectMark + fill(t.Subject, values),
		Paragraphs: lines(fill(t.Lead, values)), Closing: lines(fill(t.Closing, values)),
	}
	v.Footer = []string{
		say(language, "Thư do hệ thống Đôn Đốc gửi tự động, xin không trả lời và không chuyển tiếp thư này cho người khác.",
			"Sent automatically by Đôn Đốc. Please do not reply, and do not forward this mail."),
	}
	return v.mail()
}
