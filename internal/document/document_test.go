package document_test

import (
	"slices"
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	"dondoc/internal/form"
	"dondoc/internal/paper"
	"dondoc/internal/task"
)

func said(d paper.Document) string {
	text := ""
	for _, s := range d.Sections() {
		text += s.Text()
	}
	return strings.ReplaceAll(text, "\u00a0", " ")
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("no %q in:\n%s", p, text)
		}
	}
}

// directions tells which sections lie across the page.
func directions(d paper.Document) string {
	all := ""
	for _, s := range d.Sections() {
		if s.Landscape {
			all += "L"
		} else {
			all += "P"
		}
	}
	return all
}

func TestAWideTableOfFiguresStandsInAnAnnexAcrossThePage(t *testing.T) {
	d := quarterly().Paper()
	if directions(d) != "PLP" {
		t.Errorf("sections: %s", directions(d))
	}
	says(t, said(d), "BÁO CÁO\nKết quả phòng, chống tệ nạn mại dâm, quý II/2026\nThực hiện "+planTitle+", Sở Lao động - Thương binh và Xã hội báo cáo kết quả quý II/2026 như sau:\n",
		"I. CÔNG TÁC TUYÊN TRUYỀN\nSố liệu chi tiết tại Phụ lục I kèm theo.\nĐã tổ chức", "Đã cấp phát tờ rơi.\nII. KHÓ KHĂN, VƯỚNG MẮC\nKinh phí cấp chậm.\n",
		"26/30 báo cáo của các đơn vị (số liệu của từng đơn vị tại Phụ lục II kèm theo).\nChưa có báo cáo (04 đơn vị): UBND xã số 4; UBND xã số 11; UBND xã số 18; UBND xã số 25.\n",
		"TT\nChỉ tiêu\nĐVT\nKế hoạch năm\nTrong kỳ\nLũy kế năm\nLũy kế giai đoạn\nCùng kỳ năm trước\n% kế hoạch\n% cùng kỳ\n",
		"1\nSố buổi tuyên truyền\nbuổi\n12.000\n8.000\n9.000\n10.000\n7.000\n75\n114,29\n\n- tại trường học\nbuổi\n\n12,5\n", "7.121.040.000",
		"6\nUBND xã số 6\n1.200\n0,5\n59.342.000\nGửi chậm\n")
}

func TestANarrowTableStandsInTheText(t *testing.T) {
	r := quarterly()
	r.Consolidated = false
	for code, f := range r.Filled.Figures {
		r.Filled.Figures[code] = form.Figures{InPeriod: f.InPeriod}
	}
	d := r.Paper()
	if directions(d) != "P" || strings.Contains(said(d), "Phụ lục") {
		t.Errorf("sections: %s\n%s", directions(d), said(d))
	}
	says(t, said(d), "I. CÔNG TÁC TUYÊN TRUYỀN\nTT\nChỉ tiêu\nĐVT\nTrong kỳ\n1\nSố buổi tuyên truyền\nbuổi\n8.000\n")
}

func TestManyFiguresOfTheUnitsArePartedIntoAnnexes(t *testing.T) {
	r := quarterly()
	for range 6 {
		r.Definitions = append(r.Definitions, r.Definitions...)
		if len(r.Definitions) > 16 {
			break
		}
	}
	d := r.Paper()
	says(t, said(d), "(số liệu của từng đơn vị tại Phụ lục II đến Phụ lục V kèm theo)", "Phụ lục V\nSỐ LIỆU CỦA CÁC ĐƠN VỊ (BIỂU 4)\n")
	if directions(d) != "PLLLLP" {
		t.Errorf("sections: %s for %d figures", directions(d), len(r.Definitions))
	}
}

func TestANilReportSaysSo(t *testing.T) {
	r := quarterly()
	r.Nil, r.Consolidated = true, false
	text := said(r.Paper())
	says(t, text, "Trong kỳ không phát sinh nội dung phải báo cáo.\nTrên đây là báo cáo")
	if strings.Contains(text, "TUYÊN TRUYỀN") {
		t.Errorf("%s", text)
	}
}

func TestOnlyADraftIsMarkedAndLeavesNumberAndDayBlank(t *testing.T) {
	r := quarterly()
	r.Number, r.SignedOn, r.Signatory = "07/BC-SLĐTBXH", calendar.NewDate(2026, 7, 2), "Phó Giám đốc"
	draft := r.Paper()
	r.Sent = true
	sent := r.Paper()
	for _, s := range draft.Sections() {
		if s.Mark != "DỰ THẢO" {
			t.Error("a page of the draft bears no mark")
		}
	}
	if sent.Sections()[0].Mark != "" {
		t.Error("what was sent is marked")
	}
	says(t, said(draft), "Số:         /BC-SLĐTBXH\n", "Đồng Nai, ngày       tháng       năm 2026\n")
	says(t, said(sent), "Số: 07/BC-SLĐTBXH\n", "Đồng Nai, ngày 02 tháng 7 năm 2026\n", "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n")
}

func TestALetterIsPoliteWhereItOnlyAsks(t *testing.T) {
	mixed := said(letter().Paper())
	says(t, mixed, "V/v đôn đốc gửi báo cáo", "Kính gửi:\n- Ủy ban nhân dân huyện Thứ 1;", "còn 08 báo cáo, kết quả của 04 cơ quan, đơn vị chưa được gửi, trong đó 06 đã quá hạn",
		"yêu cầu Ủy ban nhân dân huyện Thứ 1, Ủy ban nhân dân huyện Thứ 2, Ủy ban nhân dân huyện Thứ 3 khẩn trương", "trân trọng đề nghị Ủy ban nhân dân huyện Thứ 4 quan tâm phối hợp",
		"Đề nghị gửi trước ngày 10/7/2026.\nSở Lao động", "7\nUBND huyện Thứ 4\nIV.15.h. Báo cáo kết quả triển khai, tháng 06/2026 (đề nghị phối hợp)\n25/06/2026\n\n")
	asked := letter()
	asked.Urged = urged(4, func(int) bool { return true })
	text := said(asked.Paper())
	says(t, text, "V/v đề nghị phối hợp", "Rất mong nhận được")
	for _, order := range []string{"yêu cầu", "khẩn trương", "đôn đốc", "thực hiện./."} {
		if strings.Contains(text, order) {
			t.Errorf("a request says %q:\n%s", order, text)
		}
	}
	many := letter()
	many.Urged = urged(40, func(int) bool { return false })
	says(t, said(many.Paper()), "Kính gửi: Các cơ quan, đơn vị có tên tại Phụ lục kèm theo\n", "yêu cầu các cơ quan, đơn vị có tên tại Phụ lục khẩn trương", "40\nUBND huyện Thứ 20\n")
}

// What waits for review is not done yet, and in time; parts add up to the whole.
func TestTheSummaryAddsUp(t *testing.T) {
	s := summary()
	s.Lines = []document.SummaryLine{
		{Agency: "Một", Tally: task.Tally{Owed: 9, DoneOnTime: 2, DoneLate: 1, NotDoneInTime: 1, NotDoneOverdue: 2, Waiting: 1, WaitingLate: 2}},
		{Agency: "Hai", Tally: task.Tally{}},
	}
	says(t, said(s.Paper()), "TT\nĐơn vị\nTổng số\nHoàn thành đúng hạn\nHoàn thành quá hạn\nChưa hoàn thành trong hạn\nChưa hoàn thành quá hạn\nTỷ lệ (%)\nGhi chú\n",
		"1\nMột\n9\n2\n1\n4\n2\n33,3\n3 đã gửi, chờ xác nhận\n2\nHai\n0\n0\n0\n0\n0\n\n\n", "\nTổng cộng\n9\n2\n1\n4\n2\n33,3\n", "số liệu đến 10:00 ngày 01/07/2026, theo thời hạn hiện tại")
}

func TestTheOverdueAnnexHasTheColumnsOfTheOfficialOne(t *testing.T) {
	says(t, said(overdue(1).Paper()), "Phụ lục\nDANH MỤC NHIỆM VỤ QUÁ HẠN\n", "TT\nNhiệm vụ\nVăn bản giao\nChủ trì\nPhối hợp\nThời hạn\nSố ngày quá hạn\nLý do\nĐề xuất\n",
		"Kế hoạch số 12/KH-UBND ngày 05/01/2026\nUBND xã thứ 001\nCông an tỉnh; Sở Y tế\n25/06/2026\n6\nChờ số liệu của các ấp\nKhó khăn, vướng mắc: thiếu kinh phí\nGia hạn đến ngày 15/07/2026\n")
	says(t, said(overdue(0).Paper()), "Không có nhiệm vụ quá hạn.")
}

func TestChosenTasksStandOnceAndNotTooMany(t *testing.T) {
	in, err := document.LetterInput{TaskIDs: []int64{3, 1, 3}, Text: " Gửi sớm. "}.Clean()
	if err != nil || !slices.Equal(in.TaskIDs, []int64{1, 3}) || in.Text != "Gửi sớm." {
		t.Errorf("%+v, %v", in, err)
	}
	for _, in := range []document.LetterInput{{}, {TaskIDs: make([]int64, 0)}, {TaskIDs: []int64{1}, Text: strings.Repeat("a", 4001)}} {
		if _, err := in.Clean(); err == nil {
			t.Errorf("%d tasks, %d characters pass", len(in.TaskIDs), len(in.Text))
		}
	}
}
