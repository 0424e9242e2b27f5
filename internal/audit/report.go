package audit

import "fmt"

// Range is a run of numbers, both ends included.
type Range struct{ From, To int64 }

// Move is a row that stands at another number than the one it was sealed at.
type Move struct{ ID, Found, Belongs int64 }

// Report is what a verification found. Numbers are those of the chain.
type Report struct {
	Rows int64 // sealed rows read
	Last int64 // the highest number among them
	// LoggedHead is the highest number that the heads log knows; 0 where it is empty.
	LoggedHead int64
	// Unsealed rows have not been chained yet; the sealer takes them next. No finding.
	Unsealed int64

	Altered []int64 // content or MAC is not what was sealed
	Removed []Range // numbers that no row bears
	Moved   []Move
	// CutTail are numbers that the log knows and the database does not.
	CutTail *Range
	// Rewritten rows verify or not, but differ from the head that was logged:
	// somebody with the key made the chain anew, or an older copy was restored.
	Rewritten []int64
	// Unproven rows follow a removed one whose MAC is not known; what comes after them is proven again.
	Unproven []int64
	// More counts findings beyond those named.
	More int
	// UnreadableHeads are lines of the log that are no heads, as a crash leaves
	// them; UncheckedHeads came too late in the log to be compared.
	UnreadableHeads, UncheckedHeads int
}

func (r *Report) removed(gap Range) {
	if len(r.Removed) == maxNamed {
		r.More++
		return
	}
	r.Removed = append(r.Removed, gap)
}

// Intact reports whether nothing was found. It does not count rows that wait for the sealer.
func (r Report) Intact() bool {
	return len(r.Altered) == 0 && len(r.Removed) == 0 && len(r.Moved) == 0 && r.CutTail == nil &&
		len(r.Rewritten) == 0 && len(r.Unproven) == 0 && r.More == 0
}

// Lines tells the report to a person, in "vi" or "en" (anything else: Vietnamese), one finding per line.
func (r Report) Lines(language string) []string {
	say := func(vi, en string, args ...any) string {
		if language == "en" {
			return fmt.Sprintf(en, args...)
		}
		return fmt.Sprintf(vi, args...)
	}
	lines := []string{say("Đã kiểm %d dòng nhật ký, đến số %d; %d dòng chưa niêm.",
		"%d rows of the trail checked, up to number %d; %d rows not sealed yet.", r.Rows, r.Last, r.Unsealed)}
	for _, n := range r.Altered {
		lines = append(lines, say("Dòng số %d đã bị sửa.", "Row %d was altered.", n))
	}
	for _, gap := range r.Removed {
		lines = append(lines, say("Các dòng từ số %d đến số %d đã bị xóa.", "Rows %d to %d were removed.", gap.From, gap.To))
	}
	for _, m := range r.Moved {
		lines = append(lines, say("Dòng ở số %d đã bị đổi chỗ; khi niêm nó mang số %d.",
			"The row at number %d was moved; it was sealed as number %d.", m.Found, m.Belongs))
	}
	if r.CutTail != nil {
		lines = append(lines, say("Phần cuối, từ số %d đến số %d, đã bị cắt mất.",
			"The tail, numbers %d to %d, was cut off.", r.CutTail.From, r.CutTail.To))
	}
	for _, n := range r.Rewritten {
		lines = append(lines, say("Dòng số %d khác với mã đã ghi ngoài cơ sở dữ liệu.",
			"Row %d differs from the head that was logged outside the database.", n))
	}
	for _, n := range r.Unproven {
		lines = append(lines, say("Dòng số %d không chứng minh được vì dòng trước nó đã mất.",
			"Row %d cannot be proven because the one before it is gone.", n))
	}
	if r.More > 0 {
		lines = append(lines, say("Còn %d phát hiện nữa.", "There are %d more findings.", r.More))
	}
	if r.UnreadableHeads > 0 || r.UncheckedHeads > 0 {
		lines = append(lines, say("Sổ ghi đầu chuỗi: %d dòng không đọc được, %d dòng không đối chiếu được.",
			"Heads log: %d lines unreadable, %d not compared.", r.UnreadableHeads, r.UncheckedHeads))
	}
	return lines
}
