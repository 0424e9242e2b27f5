package dossier

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/task"
)

// The readable parts are in Vietnamese: a dossier goes to offices, not to programs.

func moment(at time.Time, zone *time.Location) string { return at.In(zone).Format("15:04 02/01/2006") }

func (d Dossier) summary(zone *time.Location) string {
	t := d.Detail.Task
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	b.WriteString("HỒ SƠ NHIỆM VỤ\n\n")
	line("Văn bản", strings.TrimSpace(d.Plan.Number+" "+d.Plan.Title))
	line("Cơ quan ban hành", d.Plan.Issuer)
	line("Nhiệm vụ", t.DutyCode+" "+t.DutyTitle)
	line("Đơn vị", t.AgencyName)
	line("Kỳ báo cáo", calendar.LabelOf(t.PeriodKey, "vi"))
	line("Hạn", moment(t.DueAt, zone))
	if !t.OriginalDueAt.Equal(t.DueAt) {
		line("Hạn ban đầu", moment(t.OriginalDueAt, zone))
	}
	line("Cách tính hạn", t.Derivation.Sentence("vi"))
	line("Nơi nhận", t.RecipientName)
	line("Nơi xác nhận", t.ReviewerName)
	line("Qua", t.ThroughName)
	fmt.Fprintf(&b, "\nNguyên văn nhiệm vụ:\n%s\n\nDiễn biến:\n", t.DutyText)
	for _, one := range slices.Backward(d.Detail.Submissions) { // the first one first
		fmt.Fprintf(&b, "- %s: gửi lần %d\n", moment(one.SubmittedAt, zone), one.Number)
		if one.Recorded != nil {
			fmt.Fprintf(&b, "- %s: ghi nhận thay lần %d\n", moment(one.Recorded.At, zone), one.Number)
		}
		if one.WithdrawnAt != nil {
			fmt.Fprintf(&b, "- %s: rút lại lần %d\n", moment(*one.WithdrawnAt, zone), one.Number)
		}
		b.WriteString(routeCourse(one, zone))
		if one.Review != nil {
			fmt.Fprintf(&b, "- %s: %s\n", moment(one.Review.DecidedAt, zone), decisionWords[one.Review.Decision])
		}
	}
	return b.String()
}

var decisionWords = map[task.Decision]string{
	task.Accept: "xác nhận", task.Return: "trả lại để bổ sung, chỉnh sửa", task.Invalid: "không hợp lệ, coi như chưa gửi",
}

func (d Dossier) readable(s task.Submission, zone *time.Location) string {
	var b strings.Builder
	fmt.Fprintf(&b, "BÁO CÁO LẦN %d\n\nGửi lúc: %s\nNgười gửi: %s\n", s.Number, moment(s.SubmittedAt, zone), s.SubmittedByName)
	if s.SubmittedFor != "" {
		fmt.Fprintf(&b, "Thay: %s\n", s.SubmittedFor)
	}
	if s.PreparedByName != "" {
		fmt.Fprintf(&b, "Người soạn: %s\n", s.PreparedByName)
	}
	if r := s.Recorded; r != nil {
		fmt.Fprintf(&b, "Ghi nhận thay: %s, lúc %s\n", r.OnBehalfOfName, moment(r.At, zone))
		if r.Evidence != "" {
			fmt.Fprintf(&b, "Căn cứ: %s\n", r.Evidence)
		}
	}
	if s.WithdrawnAt != nil {
		fmt.Fprintf(&b, "Đã rút lại lúc %s, không tính. %s\n", moment(*s.WithdrawnAt, zone), s.WithdrawReason)
	}
	if s.DocumentNumber != "" {
		fmt.Fprintf(&b, "Văn bản: %s", s.DocumentNumber)
		if !s.DocumentOn.IsZero() {
			fmt.Fprintf(&b, " ngày %s", s.DocumentOn.VN())
		}
		b.WriteString("\n")
	}
	if s.SignatoryTitle != "" {
		fmt.Fprintf(&b, "Người ký: %s\n", s.SignatoryTitle)
	}
	if s.Kind == task.NilReturn {
		b.WriteString("\nKhông phát sinh.\n")
	}
	for _, figure := range s.Figures {
		name, unit := figure.Indicator, ""
		for _, field := range d.Detail.Fields {
			if field.Indicator == figure.Indicator {
				name, unit = field.FullName(), field.UnitName
			}
		}
		fmt.Fprintf(&b, "\n%s: %s", name, strings.TrimSpace(figure.Value+" "+unit))
		if why := task.Explained(s.Explanations, figure.Indicator); why != "" {
			fmt.Fprintf(&b, " (%s)", why)
		}
	}
	if len(s.Figures) > 0 {
		b.WriteString("\n")
	}
	if s.Narrative != "" {
		fmt.Fprintf(&b, "\n%s\n", s.Narrative)
	}
	b.WriteString(routeText(s, zone))
	for _, a := range s.Attachments {
		fmt.Fprintf(&b, "\nTệp kèm theo: %s (%d byte)", a.Name, a.Size)
	}
	if len(s.Attachments) > 0 {
		b.WriteString("\n")
	}
	if s.Review != nil {
		fmt.Fprintf(&b, "\nQuyết định lúc %s: %s\n", moment(s.Review.DecidedAt, zone), decisionWords[s.Review.Decision])
		if s.Review.Reason != "" {
			fmt.Fprintf(&b, "Lý do: %s\n", s.Review.Reason)
		}
	}
	return b.String()
}
