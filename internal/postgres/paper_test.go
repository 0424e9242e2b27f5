package postgres_test

import (
	"strings"
	"testing"

	"dondoc/internal/calendar"
	"dondoc/internal/document"
	papers "dondoc/internal/paper"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// said is all that a document says, a line for each paragraph.
func inWords(d papers.Document) string {
	text := ""
	for _, s := range d.Sections() {
		text += s.Text()
	}
	return strings.ReplaceAll(text, "\u00a0", " ")
}

func (w *world) says(text string, parts ...string) {
	w.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			w.t.Errorf("no %q in:\n%s", p, text)
		}
	}
}

func TestALetterheadFollowsTheAgencyUntilSomebodySetsIt(t *testing.T) {
	w := newWorld(t, nil)
	head, d1 := w.actor(headD1), w.agencyID("d1")
	l, err := w.store.Letterhead(t.Context(), head, d1)
	if err != nil || l.Set || l.Version != 0 || l.Name != "Ủy ban nhân dân huyện Một" || l.Place != "Một" || strings.Join(l.Signature(), "/") != "TM. ỦY BAN NHÂN DÂN/CHỦ TỊCH" {
		t.Fatalf("%+v, %v", l, err)
	}
	l.Signing, l.Place = papers.SignsDeputy, "Thị trấn Một"
	kept, err := w.store.SetLetterhead(t.Context(), head, l)
	if err != nil || !kept.Set || kept.Version != 1 || kept.Place != "Thị trấn Một" || strings.Join(kept.Signature(), "/") != "TM. ỦY BAN NHÂN DÂN/KT. CHỦ TỊCH/PHÓ CHỦ TỊCH" {
		t.Fatalf("%+v, %v", kept, err)
	}
	_, err = w.store.SetLetterhead(t.Context(), head, l)
	w.refused(err, "letterhead.changed")
	// What was not set goes on following the agency's name.
	w.exec(`UPDATE agencies SET name = 'UBND thị xã Một' WHERE code = 'd1'`)
	if l, err = w.store.Letterhead(t.Context(), head, d1); err != nil || l.Name != "Ủy ban nhân dân thị xã Một" || l.Place != "Thị trấn Một" {
		t.Errorf("renamed: %+v, %v", l, err)
	}
	w.want("trail", w.strings(`SELECT action || ' ' || (after ->> 'signing') || ' ' || (after ? 'text_sha256')::text FROM audit WHERE action = 'agency.letterhead'`), "agency.letterhead deputy true")
}

func TestWhoMaySetALetterhead(t *testing.T) {
	w := newWorld(t, nil)
	d1 := w.agencyID("d1")
	for email, may := range map[string]bool{
		headD1: true, "head.d2@dondoc.example": false, "focal_point.d1@dondoc.example": false, "supervisor.so@dondoc.example": false,
		"plan_authority.tinh@dondoc.example": false, w.administratorEmail(): true,
	} {
		actor := w.actor(email)
		l, err := w.store.Letterhead(t.Context(), actor, d1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.store.SetLetterhead(t.Context(), actor, l)
		if may && err != nil || !may && err == nil {
			t.Errorf("%s: %v", email, err)
		}
		if !may {
			w.refused(err, "not_found")
		}
	}
}

func (w *world) administratorEmail() string {
	w.administrator()
	return "qt@dondoc.example"
}

func TestTheReportOfAConsolidatorNamesWhoIsMissing(t *testing.T) {
	c := newChained(t)
	c.exec(`UPDATE plan_versions SET document = jsonb_set(document, '{Forms}',
		'[{"Code": "mau", "Sections": [{"Heading": "Số liệu", "Indicators": ["vu", "diem", "tb", "tl"]}, {"Heading": "Khó khăn", "Narrative": true}]}]')`)
	c.exec(`UPDATE duties SET definition = definition || '{"Form": "mau"}' WHERE code = 'H'`)
	c.send("x11", task.SubmitInput{Narrative: "x", Figures: figures("4000", "10", "1")})
	c.decide("x11", "d1", task.Accept)
	c.send("x12", task.SubmitInput{Kind: task.NilReturn})
	c.decide("x12", "d1", task.Accept)
	focal := c.actor("focal_point.d1@dondoc.example")
	id := c.taskOf("d1")
	if _, err := c.store.SaveDraft(t.Context(), focal, task.DraftInput{TaskID: id, Content: task.Content{
		Kind: task.Report, Narrative: "Thiếu kinh phí.", Figures: figures("4000", "10", "1"), DocumentNumber: "12/BC-UBND", DocumentOn: calendar.NewDate(2026, 2, 2)}}); err != nil {
		t.Fatal(err)
	}
	report, err := c.store.ReportPaper(t.Context(), focal, id)
	if err != nil {
		t.Fatal(err)
	}
	d := report.Paper()
	if !d.Draft || d.Number != "" || !d.Date.IsZero() {
		t.Errorf("a draft bears %q and %s", d.Number, d.Date)
	}
	c.says(inWords(d), "BÁO CÁO\n", "Một, ngày", "Thiếu kinh phí.", "Báo cáo được tổng hợp từ 02/03 báo cáo của các đơn vị", "Chưa có báo cáo (01 đơn vị): UBND xã x13.",
		"Số vụ\n\n4.000\n", "UBND xã x12\n\n", "Không phát sinh", "Chưa có báo cáo\n", "kính báo cáo Sở./.", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH")
	_, err = c.store.ReportPaper(t.Context(), c.actor("supervisor.so@dondoc.example"), id)
	c.refused(err, "paper.not_sent")
	_, err = c.store.ReportPaper(t.Context(), c.actor("focal_point.x21@dondoc.example"), id)
	c.refused(err, "not_found")
}

func TestTheReportThatWasSentBearsItsNumber(t *testing.T) {
	f := newFollowed(t)
	id := f.taskOf("d1")
	if _, err := f.store.Submit(t.Context(), f.focal, task.SubmitInput{
		TaskID: id, Kind: task.Report, Narrative: "Đã làm.\nTốt.", DocumentNumber: "05/BC-UBND", DocumentOn: calendar.NewDate(2026, 2, 3), SignatoryTitle: "Phó Chủ tịch"}); err != nil {
		t.Fatal(err)
	}
	report, err := f.store.ReportPaper(t.Context(), f.supervisor, id)
	if err != nil {
		t.Fatal(err)
	}
	d := report.Paper()
	if d.Draft {
		t.Error("what was sent is a draft")
	}
	f.says(inWords(d), "Số: 05/BC-UBND", "Một, ngày 03 tháng 02 năm 2026", "I. NỘI DUNG\nĐã làm.\nTốt.\n", "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH")
	f.want("views", f.strings(`SELECT action FROM audit WHERE action = 'task.viewed'`), "task.viewed")
	// What its own people write for a correction is a draft again, and theirs alone.
	if _, err := f.store.ReportPaper(t.Context(), f.other, id); err == nil {
		t.Error("a neighbour reads it")
	}
	f.exec(`UPDATE duties SET definition = definition || '{"Secret": true}'`)
	_, err = f.store.ReportPaper(t.Context(), f.supervisor, id)
	f.refused(err, "paper.secret")
}

func TestALetterUrgesForWhatIsOwed(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-20 09:00")
	f.send("d2")
	letter, err := f.store.UrgingLetter(t.Context(), f.supervisor, document.LetterInput{TaskIDs: f.all(), Text: "Gửi trước ngày 25/02/2026."})
	if err != nil {
		t.Fatal(err)
	}
	if !letter.Paper().Draft {
		t.Error("a letter that nobody signed is no draft")
	}
	text := inWords(letter.Paper())
	f.says(text, "UBND TỈNH\nSỞ\n", "Kính gửi:\n- Ủy ban nhân dân huyện Một;\n- Ủy ban nhân dân huyện Ba.\n", "còn 02 báo cáo, kết quả của 02 cơ quan, đơn vị chưa được gửi, trong đó 02 đã quá hạn",
		"Sở yêu cầu Ủy ban nhân dân huyện Một, Ủy ban nhân dân huyện Ba khẩn trương", "Gửi trước ngày 25/02/2026.", "IV.15.h. Báo cáo, ")
	if strings.Contains(text, "huyện Hai") || strings.Contains(text, "trân trọng đề nghị") {
		t.Errorf("who has sent is urged, or an order begs:\n%s", text)
	}
	f.exec(`UPDATE duties SET mode = 'requested'`)
	if letter, err = f.store.UrgingLetter(t.Context(), f.supervisor, document.LetterInput{TaskIDs: f.all()}); err != nil {
		t.Fatal(err)
	}
	text = inWords(letter.Paper())
	f.says(text, "V/v đề nghị phối hợp gửi báo cáo", "trân trọng đề nghị", "Rất mong nhận được sự quan tâm, phối hợp của quý cơ quan./.")
	if strings.Contains(text, "yêu cầu") || strings.Contains(text, "khẩn trương") {
		t.Errorf("a request orders:\n%s", text)
	}
	// The plan authority signs for the issuer.
	if letter, err = f.store.UrgingLetter(t.Context(), f.authority, document.LetterInput{TaskIDs: f.all()}); err != nil || letter.Letterhead.Name != "Ủy ban nhân dân tỉnh" {
		t.Errorf("%q, %v", letter.Letterhead.Name, err)
	}
	f.want("trail", f.strings(`SELECT a.code || ' ' || jsonb_array_length(h.after -> 'tasks') FROM audit h JOIN agencies a ON a.id = h.entity_id WHERE action = 'letter.drafted' ORDER BY h.id`), "so 2", "so 2", "tinh 2")
	// Drafting urges nobody.
	f.want("urgings", f.strings(`SELECT id::text FROM urgings`))
}

func TestALetterIsRefusedWhereItIsNobodysToSign(t *testing.T) {
	f := newFollowed(t)
	f.clock.set(t, "2026-02-20 09:00")
	draft := func(actor policy.Actor, in document.LetterInput) error {
		_, err := f.store.UrgingLetter(t.Context(), actor, in)
		return err
	}
	f.refused(draft(f.focal, document.LetterInput{TaskIDs: f.all()[:1]}), "urging.not_yours")
	f.refused(draft(f.focal, document.LetterInput{TaskIDs: f.all()}), "not_found")
	f.refused(draft(f.supervisor, document.LetterInput{TaskIDs: append(f.all(), 99999)}), "not_found")
	f.refused(draft(f.supervisor, document.LetterInput{}), "letter.tasks")
	f.refused(draft(f.supervisor, document.LetterInput{TaskIDs: f.all(), Text: "Gọi 0912345678"}), "privacy.unconfirmed")
	f.send("d1")
	f.refused(draft(f.supervisor, document.LetterInput{TaskIDs: f.all()[:1]}), "letter.nothing_owed")
	// Two agencies follow the results: neither signs for the other.
	f.exec(`UPDATE tasks SET reviewer_id = $2 WHERE id = $1`, f.taskOf("d3"), f.agencyID("d2"))
	f.person("supervisor", "d2")
	both := f.supervisor
	both.Posts = append(both.Posts, f.actor("supervisor.d2@dondoc.example").Posts...)
	f.refused(draft(both, document.LetterInput{TaskIDs: f.all()[1:]}), "letter.two_senders")
}

// The annex counts what the rates count; only what waits moves.
func TestTheSummaryCountsWhatTheRatesCount(t *testing.T) {
	f := newFollowed(t)
	f.send("d1")
	f.send("d2")
	f.decide("d1", task.Accept)
	f.clock.set(t, "2026-02-20 09:00")
	annex, err := f.store.SummaryAnnex(t.Context(), f.authority, task.RateFilter{PlanID: f.plan.ID}, task.AgainstPresent)
	if err != nil {
		t.Fatal(err)
	}
	f.says(inWords(annex.Paper()), "1\nUBND huyện Một\n1\n1\n0\n0\n0\n100,0\n\n", "2\nUBND huyện Hai\n1\n0\n0\n1\n0\n0,0\n1 đã gửi, chờ xác nhận\n",
		"3\nUBND huyện Ba\n1\n0\n0\n0\n1\n0,0\n\n", "Tổng cộng\n3\n1\n0\n1\n1\n33,3\n1 đã gửi, chờ xác nhận\n")
	f.want("trail", f.strings(`SELECT after ->> 'list' || ' ' || (after ->> 'lines') FROM audit WHERE action = 'rates.exported'`), "annex_summary 3")
	// Whoever owes one result counts that one.
	if annex, err = f.store.SummaryAnnex(t.Context(), f.focal, task.RateFilter{PlanID: f.plan.ID}, task.AgainstPresent); err != nil || len(annex.Lines) != 1 {
		t.Errorf("%+v, %v", annex.Lines, err)
	}
	_, err = f.store.SummaryAnnex(t.Context(), f.authority, task.RateFilter{PlanID: 99999}, task.AgainstPresent)
	f.refused(err, "not_found")
}

func TestTheOverdueAnnexGivesTheReasonsOfTheUnits(t *testing.T) {
	w := newWorld(t, func(p *plan.Plan) {
		p.Document.Number = "12/KH-UBND"
		p.Duties[0].Assignments = append(p.Duties[0].Assignments, plan.Assignment{Agency: "so", Role: plan.Coordinating})
	})
	w.activate()
	w.run(w.openRound())
	w.clock.set(t, "2026-02-20 09:00")
	focal, supervisor := w.actor("focal_point.d1@dondoc.example"), w.actor("supervisor.so@dondoc.example")
	asked, err := w.store.AskRequest(t.Context(), supervisor, request.AskInput{TaskID: w.taskOf("d1"), Kind: request.Explanation, Text: "Vì sao chậm?"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.AnswerRequest(t.Context(), focal, request.Act{ID: asked.Requests[0].ID, Text: "Chờ số liệu của xã"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.AskRequest(t.Context(), focal, request.AskInput{TaskID: w.taskOf("d1"), Kind: request.Obstacle, Text: "Thiếu kinh phí", ToAgencies: []int64{w.agencyID("so")}}); err != nil {
		t.Fatal(err)
	}
	annex, err := w.store.OverdueAnnex(t.Context(), supervisor, w.plan.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(annex.Overdue) != 3 || annex.Overdue[0].DaysLate < 10 {
		t.Fatalf("%+v", annex.Overdue)
	}
	w.says(inWords(annex.Paper()), "IV.15.h. Báo cáo, tháng 01/2026\nVăn bản số 12/KH-UBND\nUBND huyện Một\nSở\n", "Chờ số liệu của xã\nKhó khăn, vướng mắc: Thiếu kinh phí\n")
	if strings.Contains(inWords(annex.Paper()), "Vì sao chậm?") {
		t.Error("the demand stands as a reason")
	}
	if annex, err = w.store.OverdueAnnex(t.Context(), supervisor, w.plan.ID, w.agencyID("d2")); err != nil || len(annex.Overdue) != 1 {
		t.Errorf("%+v, %v", annex.Overdue, err)
	}
}

func TestTheListOfFocalPointsIsForWhoeverUrgesThem(t *testing.T) {
	f := newFollowed(t)
	f.exec(`UPDATE users SET name = 'Đầu mối Một', phone = '0912000111' WHERE email = 'focal_point.d1@dondoc.example'`)
	f.exec(`UPDATE agencies SET phone = '0251 3822 501' WHERE code = 'd1'`)
	list, err := f.store.ContactList(t.Context(), f.supervisor, f.plan.ID)
	if err != nil {
		t.Fatal(err)
	}
	text := inWords(list.Paper())
	f.says(text, "UBND huyện Một\nĐầu mối Một\nd1@dondoc.example\n0251 3822 501\n", "UBND huyện Ba\nChưa có đầu mối\nd3@dondoc.example\n")
	if strings.Contains(text, "0912000111") || strings.Contains(text, "focal_point.d1@dondoc.example") {
		t.Errorf("a person's own telephone or address stands in the list:\n%s", text)
	}
	_, err = f.store.ContactList(t.Context(), f.focal, f.plan.ID)
	f.refused(err, "contacts.not_yours")
	// Who follows nobody's results under the plan gets nobody.
	other := f.person("supervisor", "d1")
	if list, err = f.store.ContactList(t.Context(), other, f.plan.ID); err != nil || len(list.Contacts) != 0 {
		t.Errorf("%+v, %v", list.Contacts, err)
	}
}
