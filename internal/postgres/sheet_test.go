package postgres_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/fault"
	"dondoc/internal/officetest"
	"dondoc/internal/task"
	"dondoc/internal/workbook"
)

// formOf is the workbook that somebody downloads for a task.
func (c *chained) formOf(email string, taskID int64) []byte {
	c.t.Helper()
	form, err := c.store.FormSheet(c.t.Context(), c.actor(email), taskID)
	if err != nil {
		c.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := workbook.WriteForm(&b, form, "vi"); err != nil {
		c.t.Fatal(err)
	}
	return b.Bytes()
}

func (c *chained) roundOf(email, agency string) (int64, []byte) {
	c.t.Helper()
	id := c.ids(`SELECT round_id FROM tasks WHERE id = ` + fmt.Sprint(c.taskOf(agency)))[0]
	round, err := c.store.RoundSheet(c.t.Context(), c.actor(email), id)
	if err != nil {
		c.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := workbook.WriteRound(&b, round, "vi"); err != nil {
		c.t.Fatal(err)
	}
	return id, b.Bytes()
}

// typed is the workbook with values put into cells of its first sheet.
func typed(t *testing.T, sheet []byte, values map[string]any) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range values {
		if err := f.SetCellValue(f.GetSheetName(0), cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func located(err error) map[string]string {
	told := map[string]string{}
	if f := fault.Of(err); f != nil {
		for _, d := range append(slices.Clone(f.Details), f) {
			told[d.Field] = d.Code + " " + d.VI
		}
	}
	return told
}

// The round trip: the sheet as it is downloaded, filled by a program that is not
// ours, and the same figures in what was sent.
func TestASheetFilledInLibreOfficeIsSentIn(t *testing.T) {
	c := newChained(t)
	id, focal := c.taskOf("x11"), "focal_point.x11@dondoc.example"
	filled := officetest.Fill(t, c.formOf(focal, id),
		officetest.Edit{Do: "text", Cell: "E8", What: "8.000"},
		officetest.Edit{Do: "formula", Cell: "E9", What: "=5*5"},
		officetest.Edit{Do: "value", Cell: "E10", What: "3"},
		officetest.Edit{Do: "text", Cell: "A12", What: "Đã kiểm tra."},
	)
	taken, err := c.store.TakeFormSheet(t.Context(), c.actor(focal), workbook.Sent{TaskID: id, Content: filled})
	if err != nil || taken.Draft == nil || taken.Draft.Version != 1 {
		t.Fatalf("draft: %+v %v %v", taken, err, located(err))
	}
	taken, err = c.store.TakeFormSheet(t.Context(), c.actor(focal), workbook.Sent{TaskID: id, Content: filled, Submit: true})
	if err != nil || taken.Receipt == nil {
		t.Fatalf("sent: %+v %v %v", taken, err, located(err))
	}
	// In SQL, without the product's own reading.
	c.want("figures", c.strings(`SELECT narrative || ' ' || (figures ->> 'vu') || ' ' || (figures ->> 'diem') || ' ' || (figures ->> 'tb') FROM submissions`), "Đã kiểm tra. 8000 25 3")
	c.want("no draft is left", c.strings(`SELECT count(*)::text FROM task_drafts`), "0")
}

func TestNothingOfAWrongSheetIsTakenIn(t *testing.T) {
	c := newChained(t)
	id, focal := c.taskOf("x11"), "focal_point.x11@dondoc.example"
	sheet := c.formOf(focal, id)
	take := func(email string, task int64, content []byte, submit bool) error {
		_, err := c.store.TakeFormSheet(t.Context(), c.actor(email), workbook.Sent{TaskID: task, Content: content, Submit: submit})
		return err
	}
	told := located(take(focal, id, typed(t, sheet, map[string]any{"E8": 5, "E9": "12,5", "E10": "x"}), false))
	if !strings.HasPrefix(told["E9"], "figure.whole Ô E9: ") || !strings.HasPrefix(told["E10"], "figure.number Ô E10: ") {
		t.Errorf("%v", told)
	}
	told = located(take(focal, id, sheet, true))
	if !strings.Contains(told["A12"], "Ô A12: Báo cáo còn trống") {
		t.Errorf("sent empty: %v", told)
	}
	if told := located(take(focal, id, typed(t, sheet, map[string]any{"E8": 5, "A12": "Danh sách:\nNguyễn Văn An, CCCD 001099012345, thôn 1"}), true)); !strings.Contains(told["A12"], "Ô A12: ") {
		t.Errorf("personal data: %v", told)
	}
	other := c.taskOf("x12")
	c.refused(take("focal_point.x12@dondoc.example", other, sheet, false), "sheet.agency")
	c.refused(take(focal, other, sheet, false), "not_found")
	c.refused(take("supervisor.d1@dondoc.example", id, sheet, false), "task.not_yours")
	c.want("nothing is kept", c.strings(`SELECT (SELECT count(*) FROM task_drafts) || ' ' || (SELECT count(*) FROM submissions)`), "0 0")

	// Somebody else wrote meanwhile: not over theirs. One's own is mended.
	if err := take(focal, id, typed(t, sheet, map[string]any{"E8": 5}), false); err != nil {
		t.Fatal(err)
	}
	if err := take(focal, id, typed(t, sheet, map[string]any{"E8": 6}), false); err != nil {
		t.Errorf("mending one's own draft: %v", err)
	}
	c.exec(`INSERT INTO users (email, name, created_at) VALUES ('b@dondoc.example', 'B', '2020-01-01')`)
	c.exec(`UPDATE task_drafts SET saved_by = (SELECT id FROM users WHERE email = 'b@dondoc.example')`)
	err := take(focal, id, typed(t, sheet, map[string]any{"E8": 7}), false)
	c.refused(err, "draft.changed")
	if told := located(err); !strings.HasPrefix(told["E8"], "draft.differs Ô E8: ") {
		t.Errorf("%v", told)
	}
}

func TestATableOfUnitsIsRecordedWholeOrNotAtAll(t *testing.T) {
	c := newChained(t)
	d1 := c.actor("supervisor.d1@dondoc.example")
	id, sheet := c.roundOf("supervisor.d1@dondoc.example", "x11")
	record := func(content []byte) ([]task.Receipt, error) {
		return c.store.TakeRoundSheet(t.Context(), d1, workbook.SentRound{RoundID: id, Content: content,
			Otherwise: workbook.Received{At: at(t, "2026-02-02 08:30"), Channel: task.ChannelPaper, Evidence: "Văn thư"}})
	}
	none := func(what string) {
		t.Helper()
		c.want(what, c.strings(`SELECT count(*) || ' ' || (SELECT count(*) FROM audit WHERE action = 'task.recorded') FROM submissions`), "0 0")
	}
	// The rows are x11, x12 and x13 in the order of the sheet; E, F and G the figures.
	rows := map[string]any{"E6": "1.000", "F6": 1, "G6": 1, "E7": 20, "F7": 2, "G7": 2}
	late := maps.Clone(rows)
	late["N7"] = "10:00 03/02/2026" // after now; the row above is in order
	_, err := record(typed(t, sheet, late))
	if told := located(err); !strings.HasPrefix(told["N7"], "record.received_at Ô N7: ") {
		t.Errorf("a late row: %v", told)
	}
	none("a late row")
	// A hidden id that was changed to a task of another district's commune.
	foreign := typed(t, sheet, rows)
	key := "Q7"
	foreign = typed(t, foreign, map[string]any{key: "dondoc:task." + fmt.Sprint(c.taskOf("x21"))})
	_, err = record(foreign)
	told := located(err)
	missing := located(func() error {
		_, err := record(typed(t, foreign, map[string]any{key: "dondoc:task.987654321"}))
		return err
	}())
	if !strings.HasPrefix(told["A7"], "not_found Ô A7: Không tìm thấy") || told["A7"] != missing["A7"] {
		t.Errorf("a foreign task: %v; one that does not exist: %v", told, missing)
	}
	none("a foreign task")

	receipts, err := record(typed(t, sheet, rows))
	if err != nil || len(receipts) != 2 {
		t.Fatalf("%+v %v %v", receipts, err, located(err))
	}
	c.want("recorded", c.strings(`SELECT a.code || ' ' || (b.figures ->> 'vu') || ' ' || b.channel || ' ' || b.evidence || ' ' || (b.on_behalf_of = t.agency_id)
		FROM submissions b JOIN tasks t ON t.id = b.task_id JOIN agencies a ON a.id = t.agency_id ORDER BY 1`), "x11 1000 paper Văn thư true", "x12 20 paper Văn thư true")
	// The same again: both are in, and nothing is recorded twice.
	_, err = record(typed(t, sheet, rows))
	if told := located(err); !strings.HasPrefix(told["A6"], "task.already_submitted Ô A6: ") || !strings.HasPrefix(told["A7"], "task.already_submitted") {
		t.Errorf("again: %v", told)
	}
	if _, err := c.store.RoundSheet(t.Context(), c.actor("focal_point.x11@dondoc.example"), id); !fault.Is(err, fault.NotFound) {
		t.Errorf("whoever records nothing: %v", err)
	}
	c.want("the export is logged", c.strings(`SELECT (after ->> 'list') || ' ' || (after ->> 'lines') FROM audit WHERE action = 'rates.exported'`), "round_forms 3")
}
