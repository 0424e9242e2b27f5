package account

import (
	"regexp"
	"slices"
	"time"

	"dondoc/internal/fault"
	"dondoc/internal/notice"
)

// maxQuiet leaves some hours of every day in which what is urgent arrives.
const maxQuiet = 16 * time.Hour

// Preferences are what a person wants: the language of pages and mail, the
// quiet time and the mail that is turned off. In the quiet time, from QuietFrom
// to QuietTo ("22:00", in Viet Nam; over midnight where it ends before it
// begins; both empty: none), what would go at once waits for its end, but not
// flash reports and mail about the account. The morning's message stays at 08:00.
type Preferences struct {
	Language           string // vi or en
	QuietFrom, QuietTo string
	// Muted are the groups whose notices stay inside the system.
	Muted []string
	// Version rises with every change; 0: nothing was ever chosen.
	Version int
}

var clockForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Clean brings the choice into the form that is stored.
func (p Preferences) Clean() (Preferences, error) {
	if p.Language != "vi" && p.Language != "en" {
		return p, fault.New(fault.Invalid, "preferences.language", "Ngôn ngữ là vi hoặc en.", "The language is vi or en.").At("language")
	}
	if (p.QuietFrom == "") != (p.QuietTo == "") {
		return p, fault.New(fault.Invalid, "preferences.quiet_half",
			"Ghi cả giờ bắt đầu và giờ kết thúc, hoặc để trống cả hai.", "Give both ends of the quiet time, or neither.").At("quiet_to")
	}
	if p.QuietFrom != "" {
		if err := p.checkQuiet(); err != nil {
			return p, err
		}
	}
	slices.Sort(p.Muted)
	p.Muted = slices.Compact(p.Muted)
	for _, group := range p.Muted {
		if !slices.Contains(notice.Groups, notice.Group(group)) {
			return p, fault.New(fault.Invalid, "preferences.group",
				"Không tắt được thư loại %q. Trả lại, đôn đốc, quá hạn, báo cáo nhanh và thư về tài khoản luôn được gửi.",
				"Mail of the kind %q cannot be turned off. Returns, urgings, what is overdue, flash reports and mail about the account always go.", group).At("muted")
		}
	}
	return p, nil
}

func (p Preferences) checkQuiet() error {
	for _, end := range []struct{ field, value string }{{"quiet_from", p.QuietFrom}, {"quiet_to", p.QuietTo}} {
		if !clockForm.MatchString(end.value) {
			return fault.New(fault.Invalid, "preferences.clock", "Ghi giờ dạng 22:00.", "Write a time of day like 22:00.").At(end.field)
		}
	}
	from, err := time.Parse("15:04", p.QuietFrom)
	if err != nil {
		return err
	}
	to, err := time.Parse("15:04", p.QuietTo)
	if err != nil {
		return err
	}
	span := to.Sub(from)
	if span < 0 {
		span += 24 * time.Hour
	}
	if span == 0 || span > maxQuiet {
		return fault.New(fault.Invalid, "preferences.quiet_long",
			"Giờ yên lặng dài từ 1 phút đến %d giờ.", "The quiet time lasts from a minute to %d hours.", int(maxQuiet.Hours())).At("quiet_to")
	}
	return nil
}
