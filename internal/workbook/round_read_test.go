package workbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/officetest"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// The sample's columns: E–I figures, J explanation, K and L texts, M kind, N–P
// document, Q received, R channel, S evidence; the units stand in rows 6 to 8.
func TestATableOfUnitsIsReadRowByRow(t *testing.T) {
	r := sampleRound()
	sheet := cells(t, roundSheet(t, r), map[string]any{
		"E6": "1.250", "F6": 3, "J6": "Mở đợt cao điểm", "L6": "- Thiếu kinh phí", "N6": "15/BC", "O6": "03/04/2026", "Q6": "14:30 05/04/2026", "R6": "văn bản giấy", "S6": "Văn thư, số đến 12",
		"M8": "Không phát sinh", "N8": "16/BC",
	})
	got, err := workbook.ReadRound(sheet, r, workbook.Received{At: time.Date(2026, 4, 6, 1, 0, 0, 0, time.UTC), Channel: task.ChannelEmail, Evidence: "hộp thư"})
	if err != nil || len(got.Records) != 2 {
		t.Fatalf("%v %v %+v", err, faultsOf(err), got.Records)
	}
	first, second := got.Records[0], got.Records[1]
	if first.TaskID != 41 || values(first.Content)["kt-luot"] != "1250" || first.DocumentOn != calendar.NewDate(2026, 4, 3) || first.Channel != task.ChannelPaper ||
		!first.ReceivedAt.Equal(time.Date(2026, 4, 5, 7, 30, 0, 0, time.UTC)) || first.Evidence != "Văn thư, số đến 12" || !strings.HasSuffix(first.Narrative, "- Thiếu kinh phí") {
		t.Errorf("%+v", first)
	}
	if len(first.Explanations) != 2 || task.Explained(first.Explanations, "kt-luot") != "Mở đợt cao điểm" {
		t.Errorf("explained: %+v", first.Explanations)
	}
	if second.TaskID != 43 || second.Kind != task.NilReturn || second.Channel != task.ChannelEmail || second.Evidence != "hộp thư" || second.ReceivedAt.Hour() != 1 {
		t.Errorf("%+v", second)
	}
	// What is refused later is told by the cell that it came from.
	err = got.Places.Locate(fault.New(fault.Invalid, "record.invalid", "x", "x").With(
		fault.New(fault.NotFound, "not_found", "không tìm thấy", "not found").At("records[1]"),
		fault.New(fault.Invalid, "a", "sai", "wrong").At("records[0].received_at"),
		fault.New(fault.Invalid, "a", "thiếu", "missing").At("records[0].attachments")))
	told := faultsOf(err)
	if told["A8"] != "Ô A8: không tìm thấy" || told["Q6"] != "Ô Q6: sai" || told["A6"] != "Ô A6: thiếu" {
		t.Errorf("%v", told)
	}
}

func TestWhatIsWrongInATableOfUnitsIsNamedByItsCell(t *testing.T) {
	r := sampleRound()
	blank := roundSheet(t, r)
	other := sampleRound()
	other.PeriodKey, other.ID = "2026-Q2", 10
	for name, c := range map[string]struct {
		sheet []byte
		want  map[string]string
	}{
		"everything at once": {cells(t, blank, map[string]any{"E6": "nhiều", "Q6": "hôm qua", "R6": "bồ câu", "E8": -5}), map[string]string{
			"E6": "Ô E6: Số lượt kiểm tra: “nhiều”", "Q6": "Ô Q6: “hôm qua” không phải ngày", "R6": "Ô R6: “bồ câu” không có trong danh sách", "E8": "Ô E8: Số lượt kiểm tra: nhỏ nhất là 0"}},
		"a row of one's own":  {cells(t, blank, map[string]any{"C9": "UBND huyện Bốn", "E9": 4}), map[string]string{"A9": "Ô A9: dòng này không thuộc biểu"}},
		"a row that is twice": {edited(t, cells(t, blank, map[string]any{"E6": 4}), func(x *excelize.File) error { return x.DuplicateRow("Tổng hợp", 6) }), map[string]string{"A7": "Ô A7: dòng này là bản chép của dòng 6"}},
		"a merged figure": {edited(t, cells(t, blank, map[string]any{"E6": 4, "N8": "x"}), func(x *excelize.File) error { return x.MergeCell("Tổng hợp", "E6", "E8") }),
			map[string]string{"E8": "Ô E8: ô bị gộp với ô E6"}},
		"nothing":          {blank, map[string]string{"file": "Chưa có dòng nào"}},
		"another period's": {roundSheet(t, other), map[string]string{"file": "Biểu này của kỳ khác (Quý II/2026)"}},
		"a form's sheet":   {written(t, sample()), map[string]string{"file": "Đây không phải biểu tổng hợp"}},
		"no headings": {edited(t, cells(t, blank, map[string]any{"E6": 4}), func(x *excelize.File) error { return x.RemoveRow("Tổng hợp", 5) }),
			map[string]string{"file": "Không tìm thấy dòng tiêu đề"}},
	} {
		got, err := workbook.ReadRound(c.sheet, r, workbook.Received{})
		told := faultsOf(err)
		if len(told) != len(c.want) {
			t.Errorf("%s: %v (%v), want %v", name, told, got.Records, c.want)
		}
		for cell, sentence := range c.want {
			if !strings.HasPrefix(told[cell], sentence) {
				t.Errorf("%s: %s says %q, want %q", name, cell, told[cell], sentence)
			}
		}
	}
}

// A row of words that was merged over several units says the same of each.
func TestLibreOfficeFillsATableOfUnits(t *testing.T) {
	r := sampleRound()
	filled := officetest.Fill(t, roundSheet(t, r),
		officetest.Edit{Do: "unprotect"},
		officetest.Edit{Do: "text", Cell: "E6", What: "8.000"},
		officetest.Edit{Do: "value", Cell: "E8", What: "12"},
		officetest.Edit{Do: "text", Cell: "R6", What: "Văn bản giấy"},
		officetest.Edit{Do: "merge", Cell: "R6", What: "R8"},
		officetest.Edit{Do: "swap_columns", Cell: "E1", What: "Q1"},
		officetest.Edit{Do: "insert_row", Cell: "A7"},
	)
	got, err := workbook.ReadRound(filled, r, workbook.Received{At: time.Date(2026, 4, 6, 1, 0, 0, 0, time.UTC), Evidence: "văn thư"})
	if err != nil || len(got.Records) != 2 {
		t.Fatalf("%v %v %+v", err, faultsOf(err), got.Records)
	}
	for i, want := range []string{"8000", "12"} {
		if in := got.Records[i]; values(in.Content)["kt-luot"] != want || in.Channel != task.ChannelPaper {
			t.Errorf("%d: %+v", i, in)
		}
	}
}
