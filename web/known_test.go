package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/fault"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// FilledForm is what the test put there; a task without one has nothing known.
func (f *fake) FilledForm(_ context.Context, actor policy.Actor, id int64) (form.Filled, error) {
	d, ok := f.details[id]
	if !ok || !policy.SeeTask(actor, relation(d.Task)) {
		return form.Filled{}, notFound()
	}
	return f.filled[id], nil
}

func row(code, name, ordinal string, depth int) form.Row {
	return form.Row{Definition: indicator.Definition{Code: code, Name: name, Unit: indicator.Count, UnitName: "cơ sở"}, Ordinal: ordinal, Depth: depth}
}

// formed is the sample with a form on the half-yearly report.
func formed() *fake {
	f := sample()
	d := f.details[12]
	d.Fields = []task.Field{
		{Indicator: "KT", Name: "Số lượt kiểm tra", Kind: "count", Integer: true}, {Indicator: "CS", Name: "Tổng số cơ sở", UnitName: "cơ sở", Kind: "count"},
		{Indicator: "CS.a", Name: "Lưu trú", Kind: "count", Total: "CS", Of: "Tổng số cơ sở"}, {Indicator: "TL", Name: "Tỷ lệ vi phạm", Kind: "percent", Numerator: "VP", Denominator: "KT"},
	}
	d.Rules.Fields = d.Fields
	d.Rules.Sections = []task.Section{{Heading: "1. Chỉ đạo", Level: 2}, {Heading: "2. Kiểm tra", Level: 2}}
	f.details[12] = d
	ratio := row("TL", "Tỷ lệ vi phạm", "3", 0)
	ratio.Computed = true
	f.filled = map[int64]form.Filled{12: {
		TaskID: 12,
		Form: form.Form{Code: "xa", Name: "Mẫu", Sections: []form.Section{
			{Heading: "A. Kiểm tra", Hint: "Chỉ ghi số lượng", Rows: []form.Row{row("KT", "Số lượt kiểm tra", "1", 0), ratio}},
			{Heading: "B. Cơ sở", Rows: []form.Row{row("CS", "Tổng số cơ sở", "2", 0), row("CS.a", "Lưu trú", "2.1", 1)}},
			{Heading: "II. Kết quả thực hiện", Level: 1},
			{Heading: "1. Chỉ đạo", Narrative: true, Level: 2}, {Heading: "2. Kiểm tra", Narrative: true, Level: 2},
		}},
		Texts: []string{"Đã ban hành kế hoạch.", ""},
		Figures: map[string]form.Figures{
			"KT": {Offered: "1060", OfferedFrom: "V.1 Báo cáo kiểm tra (Kế hoạch), lần 2", Previous: "800", PreviousKey: "2025-H2", YearBefore: "700", YearPlan: "8000"},
			"CS": {InPeriod: "50", Previous: "48"}, "TL": {InPeriod: "2.5", YearBefore: "3"},
		},
	}}
	return f
}

func TestAFormShowsWhatIsKnownOfItsFigures(t *testing.T) {
	page := newSite(t, formed()).as("commune").get("/viec/12")
	page.shows(t, "A. Kiểm tra Chỉ ghi số lượng 1. Số lượt kiểm tra", "6 tháng cuối năm 2025: 800", "Cùng kỳ năm trước: 700", "Kế hoạch năm: 8.000",
		"Đã báo cáo 1.060 cùng kỳ này ở V.1 Báo cáo kiểm tra (Kế hoạch), lần 2.", "3. Tỷ lệ vi phạm", "2,5 Tự tính từ các số trên", "B. Cơ sở", "2.1. Trong đó: Lưu trú",
		"Kỳ trước: 48", "II. Kết quả thực hiện 1. Chỉ đạo Đã ban hành kế hoạch.")
	for _, want := range []string{`name="figures.KT" value="1.060"`, `name="figures.CS" value="50"`, `name="figures.CS.a" value=""`, `class="field figure part-of"`} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if strings.Contains(page.text, `name="figures.TL"`) || strings.Contains(page.text, `name="explanations.`) {
		t.Error("it asks for what is worked out, or for an explanation of nothing")
	}
}

// The whole way goes without any script: refused, asked, answered, sent.
func TestWhatMustBeExplainedIsAskedOnTheForm(t *testing.T) {
	f := formed()
	f.submitErr = fault.New(fault.Invalid, task.Unexplained, "Chưa gửi được.", "Not sent.").With(
		fault.New(fault.Invalid, "figure.fell", "Số lượt kiểm tra giảm hơn một nửa; ghi rõ lý do.", "fell").At("explanations.KT"))
	s := newSite(t, f).as("commune")
	posted := report()
	for _, name := range []string{"figures.VP", "figures.TT", "figures.HT"} {
		posted.Del(name)
	}
	posted.Set("figures.KT", "100")
	got := s.post("/viec/12/bao-cao", posted)
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("answered %d", got.status)
	}
	got.shows(t, "Giải trình Số lượt kiểm tra giảm hơn một nửa; ghi rõ lý do.")
	for _, want := range []string{`href="#o-explanations.KT"`, `id="o-explanations.KT" name="explanations.KT"`, `name="figures.KT" value="100"`, `aria-describedby="o-explanations.KT-loi"`} {
		if !strings.Contains(got.text, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	f.submitErr = nil
	posted.Set("explanations.KT", "Hết đợt cao điểm")
	if got = s.post("/viec/12/bao-cao", posted); got.status != http.StatusSeeOther {
		t.Fatalf("answered %d: %s", got.status, got.text)
	}
	if sent := f.submitted[len(f.submitted)-1]; task.Explained(sent.Explanations, "KT") != "Hết đợt cao điểm" {
		t.Errorf("sent %+v", sent)
	}
}

func TestNumbersAreReadAsTheyAreMeant(t *testing.T) {
	f := formed()
	s := newSite(t, f).as("commune")
	posted := report()
	for _, name := range []string{"figures.VP", "figures.TT", "figures.HT"} {
		posted.Del(name)
	}
	posted.Set("figures.KT", "8,000")
	posted.Set("figures.CS", "8.000")
	got := s.post("/viec/12/bao-cao", posted)
	got.shows(t, "“8,000” đọc được hai cách: viết 8000 nếu là số lớn, viết 8,0000 nếu là số lẻ.")
	if !strings.Contains(got.text, `name="figures.KT" value="8,000"`) {
		t.Error("what was typed is lost")
	}
	posted.Set("figures.KT", "8.000")
	if got = s.post("/viec/12/bao-cao", posted); got.status != http.StatusSeeOther {
		t.Fatalf("answered %d", got.status)
	}
	if sent := f.submitted[len(f.submitted)-1].Figures; sent[0].Value != "8000" || sent[1].Value != "8000" {
		t.Errorf("read as %v", sent)
	}
}

func TestTheReviewerReadsWhatWasExplained(t *testing.T) {
	f := formed()
	d := f.details[17]
	d.Fields = f.details[12].Fields
	d.Submissions[0].Figures = []task.Figure{{Indicator: "CS", Value: "50"}, {Indicator: "CS.a", Value: "20"}}
	d.Submissions[0].Explanations = []task.Explanation{{Indicator: "CS", Text: "Chưa phân loại hết"}}
	f.details[17] = d
	newSite(t, f).as("commune").get("/viec/17").shows(t, "Tổng số cơ sở (cơ sở) Giải trình: Chưa phân loại hết 50", "Trong đó: Lưu trú 20")
}

// Whatever a form is filled with comes back as it was.
func TestWhatIsFilledInCanBeTypedBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"count", "money", "percent"}).Draw(t, "kind")
		stored := rapid.StringMatching(`-?(0|[1-9]\d{0,11})(\.\d{0,3}[1-9])?`).Draw(t, "stored")
		language := rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "language")
		if stored == "-0" {
			return
		}
		typed := lexicon{language}.typed(stored, kind)
		got, f := readFigure(task.Field{Indicator: "x", Kind: kind}, typed)
		if f != nil || got != stored {
			t.Fatalf("%s (%s, %s) is shown as %q and read as %q, %v", stored, kind, language, typed, got, f)
		}
	})
}
