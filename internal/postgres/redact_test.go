package postgres_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lib/pq"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/privacy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// traces are the columns of all tables in which a text stands, also as JSON
// writes it, whatever the column's type.
func (w *world) traces(text string) []string {
	w.t.Helper()
	forms := []string{text}
	for _, html := range []bool{true, false} {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(html)
		if err := e.Encode(text); err != nil {
			w.t.Fatal(err)
		}
		forms = append(forms, strings.Trim(b.String(), "\"\n"))
	}
	var columns []struct {
		Table string `db:"table_name"`
		Name  string `db:"column_name"`
		Type  string `db:"data_type"`
	}
	if err := w.db.SelectContext(w.t.Context(), &columns, `
		SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY 1, 2`); err != nil {
		w.t.Fatal(err)
	}
	found := []string{}
	for _, c := range columns {
		within := `strpos("` + c.Name + `"::text, f) > 0`
		if c.Type == "bytea" {
			within = `position(convert_to(f, 'UTF8') IN "` + c.Name + `") > 0`
		}
		found = append(found, w.strings(`SELECT $2 FROM "`+c.Table+`", unnest($1::text[]) AS f WHERE `+within+` LIMIT 1`, pq.Array(forms), c.Table+"."+c.Name)...)
	}
	return found
}

func TestNoTraceIsLeft(t *testing.T) {
	w := newWithFiles(t)
	const person = `Nguyễn Thị "Hoa" <ấp 3>`
	confirmed := privacy.Confirm(t.Context())
	w.clock.set(t, "2026-02-02 09:00")
	proof := scan("danh sách có " + person)
	file, err := w.store.AddAttachment(keyed(t, "khoa-luoc-0", 1), w.focal, task.UploadInput{TaskID: w.taskOf("d1"), Name: "Danh sách Hoa.pdf", Content: proof, Declared: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(key, text string) {
		t.Helper()
		if _, err := w.store.AskRequest(keyed(t, key, 1), w.focal, request.AskInput{
			TaskID: w.taskOf("d1"), Kind: request.Obstacle, Text: text, ToAgencies: []int64{w.followed.agency("so")}}); err != nil {
			t.Fatal(err)
		}
	}
	ask("khoa-luoc-1", "Không liên hệ được với "+person)
	w.exec(`UPDATE agencies SET two_signatures = true WHERE code = 'd1'`)
	sent := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "Đã giúp " + person + ".\nHai buổi.", DocumentNumber: "05/BC", DocumentOn: calendar.NewDate(2026, 2, 1),
		SignatoryTitle: "Phó Chủ tịch", Attachments: []int64{file.ID}}
	if _, err := w.store.Submit(confirmed, w.focal, sent); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.DecidePreparation(confirmed, w.head, task.PreparationInput{TaskID: w.taskOf("d1"), Decision: task.Approve}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Review(confirmed, w.supervisor, task.ReviewInput{TaskID: w.taskOf("d1"), Decision: task.Invalid, Reason: "Có tên " + person}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.ContestReview(keyed(t, "khoa-luoc-2", 1), w.focal, task.ContestInput{TaskID: w.taskOf("d1"), Reason: person + " đồng ý nêu tên"}); err != nil {
		t.Fatal(err)
	}
	draft, err := w.store.SaveDraft(t.Context(), w.focal, task.DraftInput{TaskID: w.taskOf("d1"), Content: task.Content{Kind: task.Report, Narrative: "Sửa: " + person}})
	if err != nil {
		t.Fatal(err)
	}
	w.want("where it stands", w.traces(person), "contests.reason", "idempotency_keys.answer", "preparations.narrative", "requests.text",
		"reviews.reason", "submissions.narrative", "task_drafts.narrative")
	trail := trailOf(t, w.db)
	seal := func() { trail.sealOwn(len(w.strings(`SELECT id::text FROM audit WHERE seal_number IS NULL`)), 100) }
	seal()
	before := len(w.onDisk())
	submission := w.detail(w.authority, "d1").Submissions[0].ID
	done, err := w.store.Redact(t.Context(), w.authority, task.RedactInput{SubmissionID: submission, Field: "narrative", Passage: person, Reason: "Có họ tên người được hỗ trợ"})
	if err != nil {
		t.Fatal(err)
	}
	w.want("of the text", w.traces(person))
	if got := w.detail(w.authority, "d1").Submissions[0]; got.Narrative != "Đã giúp "+task.Redacted+".\nHai buổi." || len(got.Redactions) != 1 ||
		got.Redactions[0].Reason != "Có họ tên người được hỗ trợ" || got.Redactions[0].Places != done.Places || done.Places < 7 {
		t.Errorf("%+v", got)
	}
	// Who still edits the draft as it was does not write it back.
	_, err = w.store.SaveDraft(t.Context(), w.focal, task.DraftInput{TaskID: w.taskOf("d1"), Version: draft.Version, Content: task.Content{Kind: task.Report, Narrative: "Sửa tiếp: " + person}})
	if f := fault.Of(err); f == nil || f.Code != "draft.changed" {
		t.Errorf("the old draft was saved back: %v", err)
	}

	// The same bytes beside another task of the plan go too.
	twin := w.uploaded(w.other, "d2", "khac.pdf", proof)
	if _, err := w.store.Redact(t.Context(), w.authority, task.RedactInput{SubmissionID: submission, AttachmentID: file.ID, Reason: "Tệp có danh sách cá nhân"}); err != nil {
		t.Fatal(err)
	}
	if left := w.onDisk(); len(left) != before-1 || len(left) != 0 {
		t.Errorf("files left: %v", left)
	}
	w.want("of the file's name", append(w.traces("Danh sách Hoa"), w.traces("khac.pdf")...))
	for _, c := range []struct {
		id    int64
		actor string
	}{{file.ID, "supervisor.so"}, {twin.ID, "focal_point.d2"}} {
		_, _, err := w.store.OpenAttachment(t.Context(), w.actor(c.actor+"@dondoc.example"), c.id)
		w.refused(err, "attachment.redacted")
	}
	if a := w.detail(w.supervisor, "d1").Submissions[0].Attachments[0]; a.Name != task.Redacted || a.RedactedAt == nil || a.SHA256 != file.SHA256 {
		t.Errorf("%+v", a)
	}
	archive := w.archive(w.supervisor, w.taskOf("d1"))
	for name, body := range unzipped(t, archive) {
		if strings.Contains(body, "Hoa") || strings.Contains(name, "Hoa") {
			t.Errorf("the dossier's %s still tells", name)
		}
	}
	w.want("the trail", w.strings(`SELECT after ->> 'field' || '|' || (after ->> 'attachment') FROM audit WHERE action = 'task.redacted' ORDER BY id`), "narrative|0", fmt.Sprintf("|%d", file.ID))
	seal()
	if report := trail.verify(); !report.Intact() {
		t.Errorf("the trail does not verify: %q", report.Lines("en"))
	}
}

func TestWholeFieldsAreRedactedAndStrangersMayNot(t *testing.T) {
	w := newWithFiles(t)
	sent := task.SubmitInput{TaskID: w.taskOf("d1"), Kind: task.Report, Narrative: "12 vụ.", SignatoryTitle: "Hoa",
		Figures: []task.Figure{{Indicator: "vu", Value: "12"}}}
	receipt, err := w.store.Submit(t.Context(), w.focal, sent)
	if err != nil {
		t.Fatal(err)
	}
	in := task.RedactInput{SubmissionID: receipt.SubmissionID, Field: "figures.vu", Reason: "Số này chỉ ra một người"}
	for actor, code := range map[string]string{
		"focal_point.d1": "redaction.not_authority", "supervisor.so": "redaction.not_authority", "focal_point.d2": "not_found", "head.d2": "not_found",
	} {
		_, err := w.store.Redact(t.Context(), w.actor(actor+"@dondoc.example"), in)
		w.refused(err, code)
	}
	w.exec(`UPDATE plans SET state = 'suspended', suspended_at = activated_at`)
	done, err := w.store.Redact(t.Context(), w.authority, in)
	if err != nil || done.Places != 1 {
		t.Fatalf("on a suspended plan: %+v, %v", done, err)
	}
	in.Field, in.Reason = "signatory_title", "Chỉ ghi chức vụ"
	if _, err := w.store.Redact(t.Context(), w.authority, in); err != nil {
		t.Fatal(err)
	}
	b := w.detail(w.authority, "d1").Submissions[0]
	if b.Figures[0].Value != task.Redacted || b.SignatoryTitle != task.Redacted || b.Narrative != "12 vụ." {
		t.Errorf("%+v", b)
	}
	for name, c := range map[string]struct {
		in   task.RedactInput
		code string
	}{
		"again":               {in, "redaction.absent"},
		"what is not there":   {task.RedactInput{Field: "narrative", Passage: "Trần Văn", Reason: "x"}, "redaction.absent"},
		"an empty field":      {task.RedactInput{Field: "evidence", Reason: "x"}, "redaction.absent"},
		"a strange field":     {task.RedactInput{Field: "task_id", Reason: "x"}, "redaction.field"},
		"no field":            {task.RedactInput{Reason: "x"}, "redaction.nothing"},
		"no reason":           {task.RedactInput{Field: "narrative"}, "redaction.reason"},
		"a reason that tells": {task.RedactInput{Passage: "12 vụ", Reason: "xóa 12 vụ"}, "redaction.repeats"},
		"too short":           {task.RedactInput{Passage: "12", Reason: "x"}, "redaction.short"},
		"a file it has not":   {task.RedactInput{AttachmentID: 7, Reason: "x"}, "redaction.absent"},
	} {
		c.in.SubmissionID = receipt.SubmissionID
		_, err := w.store.Redact(t.Context(), w.authority, c.in)
		if f := fault.Of(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.store.Redact(t.Context(), w.authority, task.RedactInput{SubmissionID: 99999, Field: "narrative", Reason: "x"})
	w.refused(err, "not_found")
}
