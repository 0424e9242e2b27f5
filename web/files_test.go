package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dondoc/internal/fault"
	"dondoc/internal/plan"
	"dondoc/internal/privacy"
	"dondoc/internal/task"
)

const onePDF = "%PDF-1.7\n<< >>\n%%EOF\n"

// postForm sends a form with files as a browser does; a name without content
// stands for a field where no file was chosen.
func (s *site) postForm(path string, form url.Values, files ...string) body {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, value := range values {
			if err := w.WriteField(name, value); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	for i := 0; i < len(files); i += 2 {
		part, err := w.CreateFormFile("file", files[i])
		if err == nil {
			_, err = part.Write([]byte(files[i+1]))
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, &b)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(r)
}

func TestFilesGoWithTheReport(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	s.get("/viec/12").shows(t, "5 Tệp kèm theo", "mỗi tệp tối đa 20 MB", "Tệp không có danh sách cá nhân, không có nội dung mật")
	if got := s.get("/viec/12"); !strings.Contains(got.text, `multiple accept="image/*,.pdf,.png,`) {
		t.Error("a phone is not told to offer its camera")
	}
	form := report()
	form.Set("declared", "1")
	page := s.postForm("/viec/12/tep", form, "Báo cáo.pdf", onePDF)
	page.shows(t, "Báo cáo.pdf", "1 KB")
	for _, want := range []string{`name="attachments" value="41" checked`, "Đã tuyên truyền.", `value="1.060"`, `name="declared" value="1" checked`} {
		if page.status != http.StatusOK || !strings.Contains(page.text, want) {
			t.Errorf("%d: the form lost %q", page.status, want)
		}
	}
	if len(s.submitted) != 0 {
		t.Fatal("uploading sends the report")
	}
	form.Set("attachments", "41")
	form.Set("idempotency_key", strings.Repeat("a", 32)) // that of the form shown again
	for range 2 {                                        // a second click
		if got := s.postForm("/viec/12/bao-cao", form, "bieu.csv", "Số vụ,3\n"); got.status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", got.status, readable(got.text))
		}
	}
	if len(s.submitted) != 2 || fmt.Sprint(s.submitted[0].Attachments) != "[41 42]" || fmt.Sprint(s.submitted[1].Attachments) != "[41 42]" ||
		string(s.fake.keys[0].RequestHash) != string(s.fake.keys[1].RequestHash) {
		t.Errorf("%+v", s.submitted)
	}
	// What is not ticked stays behind.
	form.Del("attachments")
	form.Set("idempotency_key", strings.Repeat("b", 32))
	s.postForm("/viec/12/bao-cao", form)
	if got := s.submitted[2].Attachments; len(got) != 0 {
		t.Errorf("sent %v", got)
	}
	got := s.get("/tep/41")
	if got.text != onePDF || got.header.Get("Content-Disposition") != "attachment; filename*=utf-8''B%C3%A1o%20c%C3%A1o.pdf" || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q %v", got.text, got.header)
	}
	if got := s.get("/tep/99"); got.status != http.StatusNotFound {
		t.Errorf("an unknown file: %d", got.status)
	}
}

func TestAFileThatIsNotTakenKeepsTheForm(t *testing.T) {
	s := newSite(t, sample(), func(o *Options) { o.FileLimit = 1 << 20 }).as("commune")
	form := report()
	for name, c := range map[string]struct{ file, content, want string }{
		"undeclared": {"a.pdf", onePDF, "a.pdf: Xác nhận rằng bản chụp"},
		"disguised":  {"a.docx", "MZ\x90\x00\x00", "a.docx: Nội dung tệp không đúng loại"},
		"too large":  {"a.csv", strings.Repeat("1,2\n", 1<<18) + "x", "a.csv: Tệp lớn hơn 1 MB"},
	} {
		for _, path := range []string{"/viec/12/tep", "/viec/12/bao-cao"} {
			page := s.postForm(path, form, c.file, c.content)
			page.shows(t, c.want)
			if page.status != http.StatusUnprocessableEntity || !strings.Contains(page.text, "Đã tuyên truyền.") {
				t.Errorf("%s to %s: %d", name, path, page.status)
			}
		}
	}
	if len(s.submitted) != 0 || len(s.kept.contents) != 0 {
		t.Error("something was kept or sent")
	}
	if got := s.postForm("/viec/12/bao-cao", form, "a.csv", strings.Repeat("1,2\n", 1<<20)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("over all limits: %d", got.status)
	}
	if got := s.as("gone").postForm("/viec/12/bao-cao", form, "a.csv", strings.Repeat("1,2\n", 300<<10)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a stranger's upload: %d", got.status)
	}
	if page := s.postForm("/viec/12/bao-cao", form, "a.csv", "1,2\n"); page.status != http.StatusUnauthorized || !strings.Contains(page.text, "Đã tuyên truyền.") {
		t.Errorf("an ended session: %d", page.status)
	}
}

func TestWhatLooksPersonalIsConfirmedOnThePage(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	s.submitErr = privacy.Unconfirmed(t.Context(), privacy.Text{Field: "narrative", Text: "Gọi 0912 345 678"})
	page := s.post("/viec/12/bao-cao", report())
	page.shows(t, "có số điện thoại", "Đã xem lại: đây là thông tin công vụ")
	if !strings.Contains(page.text, `name="confirmed_warnings" value="1"`) {
		t.Error("there is nothing to tick")
	}
	s.submitErr = nil
	s.post("/viec/12/bao-cao", report())
	form := report()
	form.Set("confirmed_warnings", "1")
	s.post("/viec/12/bao-cao", form)
	if len(s.confirmed) != 2 || s.confirmed[0] || !s.confirmed[1] {
		t.Errorf("confirmed %v", s.confirmed)
	}
	// What is refused has nothing to tick.
	s.submitErr = fault.New(fault.Invalid, "submission.invalid", "Chưa gửi được.", "Not sent.").With(privacy.Refuse("CCCD 075203001234").At("narrative"))
	s.post("/viec/12/bao-cao", report()).lacks(t, "Đã xem lại")
}

func TestTheFormSaysWhatTheDutyAsksFor(t *testing.T) {
	f := sample()
	d := f.details[12]
	d.Rules = task.Rules{Result: plan.ResultBoth, ResultRequired: true, Sections: []task.Section{
		{Heading: "Tình hình", Required: true, Hint: "Nêu ngắn gọn."}, {Heading: "Kiến nghị", MaxLength: 1200}}}
	d.Fields[0].Required, d.Fields[0].Integer, d.Fields[0].Min, d.Fields[0].Max = true, true, "0", "1500"
	f.details[12] = d
	s := newSite(t, f).as("commune")
	s.get("/viec/12").shows(t, "bắt buộc, số nguyên, từ 0, đến 1.500", "Tình hình bắt buộc", "Nêu ngắn gọn.", "Kiến nghị tối đa 1.200 ký tự", "Nhiệm vụ này cần bản quét")
	form := report()
	form.Del("narrative")
	form.Set("sections.0", "Ổn định.\nTốt.")
	form.Set("sections.1", "Bổ sung.")
	s.post("/viec/12/bao-cao", form)
	if got := s.submitted[0].Narrative; got != "Tình hình\nỔn định.\nTốt.\n\nKiến nghị\nBổ sung." {
		t.Errorf("%q", got)
	}
	s.submitErr = fault.New(fault.Invalid, "submission.invalid", "", "").With(fault.New(fault.Invalid, "section.required", "Mục “Tình hình”: bắt buộc.", "").At("narrative"))
	page := s.post("/viec/12/bao-cao", form)
	page.shows(t, "Mục “Tình hình”: bắt buộc.")
	if !strings.Contains(page.text, "Ổn định.\nTốt.</textarea>") || !strings.Contains(page.text, ">Bổ sung.</textarea>") {
		t.Error("the sections lost what was typed")
	}
}

func TestASecretDutyAsksForNumberAndDateOnly(t *testing.T) {
	f := sample()
	d := f.details[12]
	d.Rules, d.Fields = task.Rules{Secret: true}, nil
	f.details[12] = d
	s := newSite(t, f).as("commune")
	page := s.get("/viec/12")
	page.shows(t, "báo cáo theo đường văn bản mật", "Số, ký hiệu")
	for _, part := range []string{`name="narrative"`, `name="file"`, `name="signatory_title"`, `name="figures.`} {
		if strings.Contains(page.text, part) {
			t.Errorf("the form asks for %s", part)
		}
	}
	s.post("/viec/12/bao-cao", url.Values{"kind": {"report"}, "document_number": {"05/BC"}, "document_on": {"16/06/2026"}})
	if in := s.submitted; len(in) != 1 || in[0].DocumentNumber != "05/BC" || in[0].Narrative != "" {
		t.Errorf("%+v", in)
	}
}

func TestSentFilesAndRedactionsAreShown(t *testing.T) {
	f := sample()
	d := f.details[11]
	d.Submissions[0].Attachments = []task.Attachment{{ID: 7, Name: "Báo cáo.pdf", Size: 2_500_000}, {ID: 8, Name: task.Redacted, Size: 9, RedactedAt: ptr(at("2026-06-01 08:00"))}}
	d.Submissions[0].Redactions = []task.Redaction{{Reason: "Có họ tên", RedactedAt: at("2026-06-01 08:00")}}
	f.details[11] = d
	page := newSite(t, f).as("commune").get("/viec/11")
	page.shows(t, "Báo cáo.pdf 2,4 MB", "Tệp đã được lược bỏ", "Đã lược bỏ thông tin cá nhân: Có họ tên (01/06/2026, 08:00)")
	if !strings.Contains(page.text, `href="/tep/7"`) || strings.Contains(page.text, `href="/tep/8"`) {
		t.Error("the wrong files can be fetched")
	}
}

func TestACorrectionStartsFromTheFilesInForce(t *testing.T) {
	f := corrigible(t)
	s := newSite(t, f).as("commune")
	if _, err := f.AddAttachment(t.Context(), f.people["commune"], task.UploadInput{TaskID: 13, Name: "cu.pdf", Content: []byte(onePDF), Declared: true}); err != nil {
		t.Fatal(err)
	}
	old := f.kept.files[13][0]
	old.Submitted = true
	f.kept.files[13][0] = old
	d := f.details[13]
	d.Submissions[0].Attachments = []task.Attachment{old}
	f.details[13] = d
	if page := s.get("/viec/13"); !strings.Contains(page.text, `name="attachments" value="41" checked`) || !strings.Contains(page.text, `action="/viec/13/dinh-chinh" enctype="multipart/form-data"`) {
		t.Error("the correction drops the files in force")
	}
	form := url.Values{"kind": {"report"}, "narrative": {"Đã sửa."}, "reason": {"Nhầm tệp"}, "declared": {"1"}, "idempotency_key": {formKey}}
	if got := s.postForm("/viec/13/dinh-chinh", form, "moi.pdf", onePDF); got.status != http.StatusSeeOther || fmt.Sprint(s.corrections[0].Attachments) != "[42]" {
		t.Fatalf("%d %+v", got.status, s.corrections)
	}
	form.Del("reason")
	form.Set("attachments", "42")
	page := s.postForm("/viec/13/dinh-chinh", form)
	page.shows(t, "Ghi rõ lý do đính chính.", "moi.pdf")
	if !strings.Contains(page.text, `value="42" checked`) || strings.Contains(page.text, `value="41" checked`) {
		t.Error("the ticks are lost")
	}
}
