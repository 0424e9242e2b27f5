package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/draft"
)

// read sends a document of the examples in and answers its page.
func readDocument(t *testing.T, s *site, file string) body {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := s.postForm("/van-ban/doc", url.Values{"idempotency_key": {formKey}}, "van-ban"+filepath.Ext(file), string(content))
	if got.status != http.StatusSeeOther || got.location != "/van-ban/doc/1?da=doc" {
		t.Fatalf("the document: %d %s %.400s", got.status, got.location, got.text)
	}
	return s.get("/van-ban/doc/1")
}

func checkedSite(t *testing.T) *site {
	f, _ := authority(t)
	return newSite(t, f).as("authority")
}

// The document stands beside what was read of it, each linked with the other.
func TestADocumentStandsBesideItsDraft(t *testing.T) {
	s := checkedSite(t)
	s.get("/van-ban").shows(t, "Lập kế hoạch từ văn bản")
	page := readDocument(t, s, "../examples/source/dong-nai-2016-2020.txt")
	page.shows(t, "Đã xem 0/52 nhiệm vụ", "Sở Lao động - Thương binh và Xã hội", "Ủy ban Mặt trận tổ quốc Việt Nam tỉnh", "đề nghị", "chủ trì", "gửi Sở Lao động - Thương binh và Xã hội", "qua Chi cục Phòng, chống tệ nạn xã hội", "Chỉ nói “định kỳ”", "8000 lượt")
	for _, link := range []string{`id="d117"`, `href="#d117"`, `href="#nv-0-0"`, `id="nv-0-0"`, `id="nv-14-9"`} {
		if strings.Contains(page.text, link) != (link != `id="nv-14-9"`) {
			t.Errorf("%s: %v", link, strings.Contains(page.text, link))
		}
	}
	for _, token := range []string{"commune", "district", "admin"} {
		if got := s.as(token).get("/van-ban/doc/1"); got.status != http.StatusNotFound {
			t.Errorf("%s sees the document: %d", token, got.status)
		}
	}
}

func TestADraftIsPutRight(t *testing.T) {
	s := checkedSite(t)
	readDocument(t, s, "../examples/source/dong-nai-2016-2020.txt")
	act := func(act string, form url.Values, status int) body {
		t.Helper()
		form.Set("idempotency_key", formKey)
		form.Set("version", formatID(int64(s.documents[0].Version)))
		got := s.post("/van-ban/doc/1/"+act, form)
		if got.status != status {
			t.Errorf("%s: %d %.300s", act, got.status, got.text)
		}
		return got
	}
	duties := func(i int) []draft.Duty { return s.documents[0].Draft.Agencies[i].Duties }
	act("dong-y", url.Values{"place": {"0.0"}}, 303)
	if !duties(0)[0].Checked() {
		t.Error("the duty is not noted as looked at")
	}
	// What is wrong comes back as typed.
	got := act("sua", url.Values{"place": {"0.1"}, "text": {"Tổ chức <b>tập huấn</b>"}, "role": {"lead"}, "due": {"15/11"}, "cadences": {"quarterly"}}, 422)
	got.shows(t, "Hạn ghi như 2026-11-15")
	if !strings.Contains(got.text, "Tổ chức &lt;b&gt;tập huấn") || !strings.Contains(got.text, `value="quarterly" checked`) {
		t.Error("the correction is lost")
	}
	act("sua", url.Values{"place": {"0.1"}, "text": {"Tổ chức tập huấn"}, "role": {"lead"}, "due": {"--11-15"}, "cadences": {"yearly"}, "partners": {"Sở Y tế\n Sở Tư pháp"}}, 303)
	if d := duties(0)[1]; d.Text != "Tổ chức tập huấn" || d.Role != draft.Lead || d.Due[0] != "--11-15" || d.Cadences[0] != draft.Yearly || len(d.Partners) != 2 {
		t.Errorf("corrected to %+v", d)
	}
	act("tach", url.Values{"place": {"0.7"}, "text": {"Lập kế hoạch phân bổ kinh phí."}}, 422)
	act("tach", url.Values{"place": {"0.7"}, "text": {"Lập kế hoạch phân bổ kinh phí.\nQuản lý kinh phí hàng năm."}}, 303)
	if d := duties(0)[8]; len(duties(0)) != 10 || d.Text != "Quản lý kinh phí hàng năm." || d.Cadences[0] != draft.Yearly {
		t.Errorf("split into %d, %+v", len(duties(0)), d)
	}
	act("gop", url.Values{"place": {"0.8"}}, 303)
	act("gop", url.Values{"place": {"0.0"}}, 422)
	act("bo", url.Values{"place": {"0.2"}}, 303)
	act("co-quan", url.Values{"place": {"1.0"}, "names": {"Công an tỉnh Đồng Nai"}}, 303)
	if a := s.documents[0].Draft.Agencies[1]; a.Names[0] != "Công an tỉnh Đồng Nai" {
		t.Errorf("given to %v", a.Names)
	}
	act("tat-ca", url.Values{"place": {"1.0"}}, 303)
	act("thong-tin", url.Values{"title": {"Kế hoạch"}, "issuer": {"UBND tỉnh"}, "level": {"province"}, "valid_from": {"1/1/2026"}, "valid_to": {"31/12/2025"}}, 422).shows(t, "Ngày hết hạn phải sau")
	act("thong-tin", url.Values{"title": {"Kế hoạch"}, "issuer": {"UBND tỉnh"}, "level": {"province"}, "valid_from": {"1/1/2026"}, "valid_to": {"31/12/2026"}, "due_days": {"5"}}, 303)
	act("xong", url.Values{"line": {"117"}}, 303)
	// An act on an older state is refused, nothing is half done.
	if got := s.post("/van-ban/doc/1/dong-y", url.Values{"place": {"0.3"}, "version": {"1"}, "idempotency_key": {formKey}}); got.status != http.StatusConflict {
		t.Errorf("on an old version: %d", got.status)
	}
	s.get("/van-ban/doc/1").shows(t, "Đã xem 11/51 nhiệm vụ")
}

// Tasks of annexes and duties of everybody are put right among those of the agencies.
func TestWhatStandsElsewhereIsPutRight(t *testing.T) {
	s := checkedSite(t)
	for _, one := range []struct{ file, part string }{{"../internal/draft/testdata/nghi-quyet.html", "pl"}, {"../internal/draft/testdata/ke-hoach-phoi-hop.txt", "chung"}} {
		s.documents = nil
		page := readDocument(t, s, one.file)
		left := func() int {
			if one.part == "pl" {
				return len(s.documents[0].Draft.AnnexTasks)
			}
			return len(s.documents[0].Draft.Common)
		}
		act := func(act, place string, status int) {
			t.Helper()
			form := url.Values{"place": {place}, "idempotency_key": {formKey}, "version": {formatID(int64(s.documents[0].Version))}, "text": {"Lập danh mục"}, "role": {"lead"}}
			if got := s.post("/van-ban/doc/1/"+act, form); got.status != status {
				t.Errorf("%s %s of %s: %d %.300s", act, place, one.file, got.status, got.text)
			}
		}
		all := left()
		if all < 2 {
			t.Fatalf("%s has only %d", one.file, all)
		}
		page.shows(t, "Đưa lên mục cơ quan để sửa")
		written := func() int { return strings.Count(s.get("/van-ban/doc/1/ke-hoach.yaml").text, "\n    text: ") }
		before := written()
		act("dua-len", one.part+".1", 303)
		if left() != all-1 || written() != before || before == 0 {
			t.Errorf("%s: %d of %d are left, %d of %d duties written", one.file, left(), all, written(), before)
		}
		agencies := s.documents[0].Draft.Agencies
		i := slices.IndexFunc(agencies, func(a draft.Assignment) bool { return len(a.Duties) > 0 && !a.Duties[len(a.Duties)-1].Checked() && a.Rule == draft.RuleChecked })
		if i < 0 {
			i = len(agencies) - 1
		}
		place := strconv.Itoa(i) + "." + strconv.Itoa(len(agencies[i].Duties)-1)
		act("sua", place, 303)
		if got := s.documents[0].Draft.Agencies[i].Duties; got[len(got)-1].Text != "Lập danh mục" {
			t.Errorf("corrected to %+v", got[len(got)-1])
		}
		act("bo", one.part+".0", 303)
		if u := s.documents[0].Draft.Unresolved; left() != all-2 || u[len(u)-1].Why != draft.WhyDropped {
			t.Errorf("%s: dropped, %d are left, %+v", one.file, left(), u)
		}
		act("dua-len", one.part+".9999", 409)
		act("gop", one.part+".0", 409)
	}
}

// What is left to be decided is named line by line; what is whole becomes a draft plan.
func TestADocumentBecomesAPlan(t *testing.T) {
	s := checkedSite(t)
	readDocument(t, s, "../internal/draft/testdata/chi-thi.txt")
	got := s.post("/van-ban/doc/1/lap", url.Values{"idempotency_key": {formKey}})
	if got.status != 422 || !strings.Contains(got.text, "valid_from") || !strings.Contains(got.text, `name="document" value="1"`) || len(s.loaded) != 0 {
		t.Fatalf("an incomplete draft: %d", got.status)
	}
	settle := url.Values{"title": {"Chỉ thị về phòng ngừa lừa đảo"}, "number": {"18/CT-TTg"}, "issuer": {"Thủ tướng Chính phủ"}, "level": {"government"}, "valid_from": {"18/5/2026"}, "valid_to": {"31/12/2026"}, "due_days": {"5"}, "version": {"1"}, "idempotency_key": {formKey}}
	s.post("/van-ban/doc/1/thong-tin", settle)
	if got = s.post("/van-ban/doc/1/lap", url.Values{"idempotency_key": {formKey}}); got.location != "/van-ban/1/xem-truoc?da=nap" || len(s.loaded) != 1 || len(s.made) != 1 {
		t.Fatalf("a whole draft: %d %s, %d loaded\n%.3000s", got.status, got.location, len(s.loaded), got.text)
	}
	if file := s.get("/van-ban/doc/1/ke-hoach.yaml"); !strings.Contains(file.text, "number: 18/CT-TTg") || !strings.Contains(file.text, "dòng 23") {
		t.Errorf("the plan file: %.300s", file.text)
	}
}

func TestADocumentInABrowser(t *testing.T) {
	s := checkedSite(t)
	readDocument(t, s, "../internal/draft/testdata/ke-hoach-xa.txt")
	b := browsertest.Start(t, 2*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "van-ban-doc", s.url+"/van-ban/doc", "authority")
		look(t, b, width, "van-ban-nhap", s.url+"/van-ban/doc/1", "authority")
		look(t, b, width, "van-ban-sua", s.url+"/van-ban/doc/1?sua=0.1", "authority")
	}
}
