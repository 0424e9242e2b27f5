package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
)

// Words writes messages. BaseURL is the configured absolute address of the
// pages, without a slash at the end; it never comes from a request.
// Own are the words of an administrator, where there are any; the others are standard.
type Words struct {
	BaseURL string
	Own     Own
}

// listed is how many notices of one kind a message names; of the rest it says how many.
const listed = 20

// Write gives subject, plain text and HTML of a coalesced message in the
// recipient's language, as of the business instant now. It fails only for a
// message without anything to say or an unknown time zone.
func (w Words) Write(h Handover, now time.Time) (Mail, error) {
	language := knownLanguage(h.Language)
	v := view{Language: language, Greeting: say(language, "Kính gửi: ", "To: ") + h.Recipient, Footer: w.footer(language)}
	if h.Mailbox {
		v.Note = say(language, "Bản gửi hộp thư công vụ của cơ quan, đơn vị.", "Copy to the agency's official mailbox.")
	}
	codes := map[string]bool{}
	for _, item := range h.Items {
		if item.PlanCode != "" {
			codes[item.PlanCode] = true
		}
	}
	var subjects []string
	for _, part := range allParts {
		for _, requested := range []bool{false, true} {
			items := pick(h.Items, part.kinds, requested)
			if len(items) == 0 {
				continue
			}
			template := w.template(part.template(requested), language)
			values, err := sectionValues(language, h.Recipient, template, items)
			if err != nil {
				return Mail{}, err
			}
			said := template.fill(values, len(items) == 1)
			subjects = append(subjects, said.subject)
			section, err := w.section(language, part, part.words(requested), items, len(codes) > 1, now)
			if err != nil {
				return Mail{}, err
			}
			section.Heading, section.Lead, section.Closing = said.heading, said.lead, said.closing
			v.Sections = append(v.Sections, section)
		}
	}
	if h.Summary != nil {
		said := w.template(digestTemplate, language).fill(map[string]string{"day": h.Summary.On.VN(), "recipient": h.Recipient}, false)
		subjects = append(subjects, said.subject)
		v.Summary = w.summary(language, said, *h.Summary)
	}
	if len(subjects) == 0 {
		return Mail{}, fmt.Errorf("message %s has nothing to say", h.MessageID)
	}
	v.Subject = subjectLine(language, subjects)
	return v.mail()
}

// pick returns the items of these kinds and mode, one per task or request: of two
// notices about the same one the later stands.
func pick(items []Item, kinds []Kind, requested bool) []Item {
	var picked []Item
	for _, item := range items {
		if item.Requested != requested || !slices.Contains(kinds, item.Kind) {
			continue
		}
		same := slices.IndexFunc(picked, func(p Item) bool { return p.Path() != "" && p.Path() == item.Path() })
		switch {
		case same < 0:
			picked = append(picked, item)
		case picked[same].NotificationID < item.NotificationID:
			picked[same] = item
		}
	}
	return picked
}

func (w Words) section(language string, p part, words partWords, items []Item, plans bool, now time.Time) (section, error) {
	s := section{Colour: p.colour, DueHead: words.due(language)}
	for i, item := range items {
		if i == listed {
			rest := len(items) - listed
			s.More = say(language, fmt.Sprintf("… và %d việc khác; xem tất cả:", rest),
				fmt.Sprintf("… and %d more; see them all:", rest))
			s.MoreURL = w.BaseURL + "/viec"
			break
		}
		zone, err := time.LoadLocation(item.TimeZone)
		if err != nil {
			return s, fmt.Errorf("time zone of notice %d: %w", item.NotificationID, err)
		}
		r := row{
			Code: item.DutyCode, Period: calendar.LabelOf(item.PeriodKey, language), Agency: item.AgencyName,
			URL: w.BaseURL + item.Path(),
		}
		if item.Role != "" {
			r.Code, r.Period, r.URL = roleName(language, item.Role), "", w.BaseURL+postPage(item.Kind)
		}
		if plans && item.PlanCode != "" {
			r.Code += " (" + item.PlanCode + ")"
		}
		if p.showDue {
			r.Due = dueWords(language, item.DueAt, zone)
			r.Late = words.lateWords(language, lateDays(item.DueAt, now, zone))
		}
		s.Rows = append(s.Rows, r)
	}
	return s, nil
}

// dueWords names the last instant that is on time: "hết ngày 18/03/2026", or
// the hour where one counts.
func dueWords(language string, due time.Time, zone *time.Location) string {
	local := due.In(zone)
	if local.Hour() == 0 && local.Minute() == 0 && local.Second() == 0 {
		return say(language, "hết ngày ", "end of ") + calendar.DueDay(due, zone).VN()
	}
	return local.Format("15:04") + say(language, " ngày ", " on ") + local.Format("02/01/2006")
}

// lateDays is the number of days after the due day; 0 in time.
func lateDays(due, now time.Time, zone *time.Location) int {
	if !now.After(due) {
		return 0
	}
	return max(calendar.DateOf(now, zone).Sub(calendar.DueDay(due, zone)), 0)
}

func (w Words) summary(language string, said filled, s Summary) *summaryView {
	return &summaryView{
		Heading: said.heading, Lead: said.lead, Closing: said.closing,
		Lines: []summaryLine{
			{say(language, "Việc đang mở", "Open tasks"), s.Open},
			{say(language, "Đến hạn trong 7 ngày tới", "Due within 7 days"), s.DueInWeek},
			{say(language, "Quá hạn", "Overdue"), s.Overdue},
			{say(language, "Báo cáo chờ xác nhận", "Results waiting for your decision"), s.Waiting},
		},
		URLHead: say(language, "Xem chi tiết:", "Details:"),
		URL:     w.BaseURL + "/viec",
	}
}

func (w Words) footer(language string) []string {
	return []string{
		say(language, "Thư do hệ thống Đôn Đốc gửi tự động, xin không trả lời thư này.",
			"Sent automatically by Đôn Đốc. Please do not reply."),
		say(language, "Đường dẫn trong thư không thay cho việc đăng nhập. Nội dung báo cáo chỉ xem được trong hệ thống.",
			"Links in this mail do not replace signing in. Contents can be seen inside the system only."),
	}
}

// subjectMark begins every subject, so that people can sort mail by it.
const subjectMark = "[Đôn Đốc] "

// subjectLine names what matters most; of a fourth and further kinds only how many.
func subjectLine(language string, subjects []string) string {
	const named = 3
	line := subjectMark + strings.Join(subjects[:min(named, len(subjects))], ", ")
	if rest := len(subjects) - named; rest > 0 {
		line += say(language, fmt.Sprintf(" và %d mục khác", rest), fmt.Sprintf(" and %d more", rest))
	}
	return line
}

func knownLanguage(language string) string {
	if language == "en" {
		return "en"
	}
	return "vi"
}

func say(language, vi, en string) string {
	if language == "en" {
		return en
	}
	return vi
}
