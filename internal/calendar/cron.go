package calendar

import (
	"strconv"
	"strings"
	"time"

	"dondoc/internal/fault"

	"github.com/robfig/cron/v3"
)

// Fault codes of cron expressions.
const (
	CodeCronInvalid    = "calendar.cron_invalid"
	CodeCronNever      = "calendar.cron_never"
	CodeCronBothDays   = "calendar.cron_both_days"
	CodeCronZone       = "calendar.cron_zone"
	CodeCronInterval   = "calendar.cron_interval"
	CodeCronShortMonth = "calendar.cron_short_month"
)

// CheckCron reports what is wrong with an expression of five fields (or @daily
// and the like): a *fault.Fault of kind Invalid with a code of this package.
// CodeCronShortMonth is a warning, see CronWarning; all others refuse the expression.
func CheckCron(expr string) error {
	s, f := parseCron(expr)
	if f != nil {
		return f
	}
	if day := s.missingDay(); day != 0 {
		return fault.New(fault.Invalid, CodeCronShortMonth,
			"“%s” bỏ qua các tháng không có ngày %d; nếu cần ngày cuối tháng, hãy dùng kỳ báo cáo tháng hoặc chọn ngày 28.",
			"“%s” skips the months that have no day %d; for the last day of the month use the monthly cadence, or day 28.",
			expr, day).At("cron")
	}
	return nil
}

// CronWarning reports whether CheckCron's error only warns.
func CronWarning(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Code == CodeCronShortMonth
}

// cronSchedule is a checked expression; times are in the location of the instant passed.
type cronSchedule struct {
	spec *cron.SpecSchedule
	days string // the day-of-month field as written
}

// starBit is how robfig/cron marks a field that restricts nothing.
const starBit = 1 << 63

func parseCron(expr string) (*cronSchedule, *fault.Fault) {
	expr = strings.TrimSpace(expr)
	// Looked at before the parser, which panics on a zone without an expression
	// and would let an expression leave the plan's zone.
	if strings.HasPrefix(expr, "TZ=") || strings.HasPrefix(expr, "CRON_TZ=") {
		return nil, fault.New(fault.Invalid, CodeCronZone,
			"“%s” đặt múi giờ riêng; biểu thức luôn tính theo múi giờ của văn bản, hãy bỏ phần TZ=.",
			"“%s” sets a time zone of its own; expressions run in the plan's zone, leave out TZ=.", expr).At("cron")
	}
	parsed, err := cron.ParseStandard(expr)
	if err != nil {
		return nil, fault.New(fault.Invalid, CodeCronInvalid,
			"Không đọc được biểu thức cron “%s” (%s); cần năm trường: phút giờ ngày tháng thứ, ví dụ “0 8 * * 1-5”.",
			"The cron expression “%s” cannot be read (%s); it needs five fields: minute hour day month weekday, such as “0 8 * * 1-5”.",
			expr, err).At("cron")
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fault.New(fault.Invalid, CodeCronInterval,
			"“%s” là khoảng lặp, không gắn với ngày giờ nào; hãy dùng biểu thức năm trường.",
			"“%s” is an interval that is tied to no day or hour; use an expression of five fields.", expr).At("cron")
	}
	if spec.Dom&starBit == 0 && spec.Dow&starBit == 0 {
		return nil, fault.New(fault.Invalid, CodeCronBothDays,
			"“%s” giới hạn cả ngày trong tháng và thứ trong tuần; cron sẽ chạy khi đúng một trong hai, hãy chỉ giữ một.",
			"“%s” restricts both day of month and day of week; cron fires when either matches, keep only one.", expr).At("cron")
	}
	s := &cronSchedule{spec: spec}
	if fields := strings.Fields(expr); len(fields) == 5 {
		s.days = fields[2]
	}
	// A leap year's first day: whatever fires at all fires within the next years.
	if s.after(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fault.New(fault.Invalid, CodeCronNever,
			"“%s” không bao giờ chạy: không có ngày nào như vậy.",
			"“%s” never fires: there is no such day.", expr).At("cron")
	}
	return s, nil
}

// missingDay is a day of the month, named as such, that some month of the
// expression lacks; 0 if there is none.
func (s *cronSchedule) missingDay() int {
	missing := 0
	for part := range strings.SplitSeq(s.days, ",") {
		day, err := strconv.Atoi(part)
		if err != nil {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			if s.spec.Month&(1<<uint(month)) != 0 && day > NewDate(2001, month+1, 0).Day {
				missing = max(missing, day)
			}
		}
	}
	return missing
}

// after returns the first firing strictly after t, in t's location; zero if none.
func (s *cronSchedule) after(t time.Time) time.Time {
	next := s.spec.Next(t)
	if next.IsZero() {
		// The library looks five years ahead; 29 February may be eight years away.
		next = s.spec.Next(t.AddDate(4, 0, 0))
	}
	return next
}

// atOrAfter returns the first firing at or after t, in t's location; zero if none.
func (s *cronSchedule) atOrAfter(t time.Time) time.Time { return s.after(t.Add(-time.Nanosecond)) }

// dayBefore returns the last day before the given one on which the expression
// fires, not before floor (zero: nine years back). The library only looks ahead,
// so the search steps back in doubling strides.
func (s *cronSchedule) dayBefore(day, floor Date) (Date, bool) {
	if oldest := day.AddYears(-9); floor.Before(oldest) {
		floor = oldest
	}
	for stride := 1; floor.Before(day); stride *= 2 {
		low := day.AddDays(-stride)
		if low.Before(floor) {
			low = floor
		}
		var last Date
		for d := low; ; {
			at := s.atOrAfter(d.In(time.UTC))
			if at.IsZero() || !DateOf(at, time.UTC).Before(day) {
				break
			}
			last = DateOf(at, time.UTC)
			d = last.AddDays(1)
		}
		if !last.IsZero() {
			return last, true
		}
		if low == floor {
			break
		}
	}
	return Date{}, false
}
