package document

import (
	"fmt"
	"strings"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/paper"
)

func label(periodKey string) string { return small(calendar.LabelOf(periodKey, "vi")) }

// remark says in the units' annex how an input stands.
func remark(in consolidation.Input) string {
	switch in.Standing {
	case consolidation.Nil:
		return "Không phát sinh"
	case consolidation.Waiting:
		return "Đã gửi, chờ xác nhận; chưa tính"
	case consolidation.Returned:
		return "Đã trả lại để bổ sung; chưa tính"
	case consolidation.Missing:
		return "Chưa có báo cáo"
	case consolidation.Waived:
		return "Không phải báo cáo kỳ này"
	}
	if in.Late {
		return "Gửi chậm"
	}
	return ""
}

// standing says how many reports the figures are made of, and names who is missing.
func (r Report) standing() []paper.Block {
	expected, counted := 0, 0
	missing := map[consolidation.Standing][]string{}
	for _, in := range r.Inputs {
		if in.Standing == consolidation.Waived {
			continue
		}
		expected++
		if in.Standing.Counts() {
			counted++
		} else {
			missing[in.Standing] = append(missing[in.Standing], in.AgencyName)
		}
	}
	sum := fmt.Sprintf("Báo cáo được tổng hợp từ %s/%s báo cáo của các đơn vị", twoFigures(counted), twoFigures(expected))
	if n := len(r.units()); n > 0 {
		sum += fmt.Sprintf(" (số liệu của từng đơn vị tại %s kèm theo)", r.unitsAnnexes(n))
	}
	blocks := []paper.Block{paper.Plain(sum + ".")}
	for _, s := range []struct {
		standing consolidation.Standing
		words    string
	}{
		{consolidation.Missing, "Chưa có báo cáo"}, {consolidation.Returned, "Đã trả lại để bổ sung, chưa gửi lại"}, {consolidation.Waiting, "Đã gửi, chờ xác nhận, chưa tính vào số liệu"},
	} {
		if names := distinct(missing[s.standing]); len(names) > 0 {
			blocks = append(blocks, paper.Plain(fmt.Sprintf("%s (%s đơn vị): %s.", s.words, twoFigures(len(names)), strings.Join(names, "; "))))
		}
	}
	return blocks
}

// annexCount is how many annexes the report has.
func (r Report) annexCount() int {
	n := len(r.units())
	if len(r.columns()) > widestInText && !r.Nil {
		n++
	}
	return n
}

// annexName is how the text refers to the annex at an index.
func (r Report) annexName(i int) string {
	if r.annexCount() == 1 {
		return "Phụ lục"
	}
	return "Phụ lục " + paper.Roman(i+1)
}

func (r Report) unitsAnnexes(n int) string {
	first := r.annexCount() - n
	if n == 1 {
		return r.annexName(first)
	}
	return r.annexName(first) + " đến " + r.annexName(first+n-1)
}

// distinct leaves each name once, in its first place.
func distinct(names []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, n := range names {
		if !seen[n] {
			seen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}
