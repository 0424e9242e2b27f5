package notice_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
)

func own(change ...func(*notice.Template)) notice.Template {
	t := notice.Template{Kind: "overdue", Language: "vi", Subject: "{count} việc trễ hạn", Lead: "Đề nghị gửi ngay\nHạn gần nhất: {due}", Closing: "Cần hỗ trợ xin liên hệ cơ quan thường trực."}
	for _, c := range change {
		c(&t)
	}
	return t
}

func TestTemplatesAreChecked(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*notice.Template)
		field, code  string
		line, column int
		says         string // in English
	}{
		{"a placeholder that does not exist", func(t *notice.Template) { t.Lead = "Kính gửi\nông {name}" }, "lead", "template.placeholder", 2, 5, "Use: {count}, {recipient}, {agency}, {due}."},
		{"a placeholder of another kind", func(t *notice.Template) { t.Closing = "Trong {validity}" }, "closing", "template.placeholder", 1, 7, "no such placeholder"},
		{"no number in the subject", func(t *notice.Template) { t.Subject = "việc trễ hạn" }, "subject", "template.placeholder_missing", 0, 0, "{count} is missing"},
		{"a brace that opens only", func(t *notice.Template) { t.Lead = "Gửi {count" }, "lead", "template.brace", 1, 5, "brace of its own"},
		{"a brace that closes only", func(t *notice.Template) { t.Lead = "Gửi }" }, "lead", "template.brace", 1, 5, "brace of its own"},
		{"a brace in a brace", func(t *notice.Template) { t.Lead = "{{count}}" }, "lead", "template.brace", 1, 1, "brace of its own"},
		{"braces over a line's end", func(t *notice.Template) { t.Lead = "{co\nunt}" }, "lead", "template.brace", 1, 1, "brace of its own"},
		{"an empty placeholder", func(t *notice.Template) { t.Lead = "{}" }, "lead", "template.placeholder", 1, 1, "no such placeholder"},
		{"a subject of two lines", func(t *notice.Template) { t.Subject = "{count} việc\nBcc: ai@example.vn" }, "subject", "template.line", 1, 13, "one line"},
		{"a subject of two lines by another sign", func(t *notice.Template) { t.Subject = "{count}\u2028việc" }, "subject", "template.line", 1, 8, "one line"},
		{"a control character", func(t *notice.Template) { t.Subject = "{count} việc\r" + "x" }, "subject", "text.control", 1, 13, "control character"},
		{"no subject", func(t *notice.Template) { t.Subject = " " }, "subject", "template.missing", 0, 0, "Required"},
		{"no lead", func(t *notice.Template) { t.Lead = "" }, "lead", "template.missing", 0, 0, "Required"},
		{"a long subject", func(t *notice.Template) { t.Subject = "{count}" + strings.Repeat("á", 114) }, "subject", "text.long", 0, 0, "at most 120"},
		{"a long lead", func(t *notice.Template) { t.Lead = strings.Repeat("á", 501) }, "lead", "text.long", 0, 0, "at most 500"},
		{"a link", func(t *notice.Template) { t.Closing = "Xem HTTPS://xau.example" }, "closing", "template.link", 1, 10, "no links"},
		{"a bare address", func(t *notice.Template) { t.Closing = "Xem\nWww.xau.example" }, "closing", "template.link", 2, 1, "no links"},
		{"an identity number", func(t *notice.Template) { t.Closing = "CCCD 075190123456" }, "closing", "privacy.identity", 1, 6, "identity number"},
		{"one item in Vietnamese", func(t *notice.Template) { t.SubjectOne = "một việc" }, "subject_one", "template.one", 0, 0, "Leave it empty"},
		{"an invitation that does not say how long", func(t *notice.Template) {
			*t = notice.Template{Kind: "invitation", Language: "vi", Subject: "Mời", Lead: "Mời", Closing: "Một lần"}
		}, "closing", "template.placeholder_missing", 0, 0, "{validity} is missing"},
		{"account mail without a closing", func(t *notice.Template) {
			*t = notice.Template{Kind: "address_changed", Language: "en", Subject: "Changed", Lead: "Changed"}
		}, "closing", "template.missing", 0, 0, "Required"},
		{"no due time where nothing is due", func(t *notice.Template) { t.Kind = "accepted" }, "lead", "template.placeholder", 2, 15, "Use: {count}, {recipient}, {agency}."},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := own(c.change).Clean()
			f := fault.Of(err)
			if f == nil || f.Kind != fault.Invalid || len(f.Details) != 1 {
				t.Fatalf("%v", err)
			}
			d := f.Details[0]
			if d.Field != c.field || d.Code != c.code || d.Line != c.line || d.Column != c.column || !strings.Contains(d.EN, c.says) || d.VI == d.EN {
				t.Errorf("%+v", d)
			}
		})
	}
}

func TestEveryFaultOfATemplateIsTold(t *testing.T) {
	_, err := own(func(t *notice.Template) { t.Subject, t.Lead, t.Closing = "", "{x}", "{y}" }).Clean()
	if f := fault.Of(err); f == nil || len(f.Details) != 3 {
		t.Errorf("%v", err)
	}
}

func TestUnknownTemplatesAreNotFound(t *testing.T) {
	for _, change := range []func(*notice.Template){func(t *notice.Template) { t.Kind = "nonsense" }, func(t *notice.Template) { t.Language = "fr" }} {
		if _, err := own(change).Clean(); !fault.Is(err, fault.NotFound) {
			t.Errorf("%v", err)
		}
		if _, err := words.Preview(own(change)); !fault.Is(err, fault.NotFound) {
			t.Errorf("preview: %v", err)
		}
	}
}

// What the system brings keeps the rules that it holds administrators to, and a
// person who opens a form and saves it changes nothing.
func TestStandardWordsKeepTheRules(t *testing.T) {
	specs := notice.TemplateSpecs()
	if len(specs) < 60 {
		t.Fatalf("only %d kinds", len(specs))
	}
	seen := map[notice.TemplateKind]bool{}
	for _, spec := range specs {
		if seen[spec.Kind] {
			t.Errorf("%s stands twice", spec.Kind)
		}
		seen[spec.Kind] = true
		for _, language := range notice.Languages {
			standard, known := notice.Standard(spec.Kind, language)
			if !known {
				t.Fatalf("%s has no standard words", spec.Kind)
			}
			clean, err := standard.Clean()
			if err != nil || clean != standard {
				t.Errorf("%s, %s: %+v, %v", spec.Kind, language, clean, err)
			}
			if (standard.SubjectOne != "") != (language == "en" && spec.Counts) {
				t.Errorf("%s, %s: subject for one %q", spec.Kind, language, standard.SubjectOne)
			}
			sample, err := words.Preview(standard)
			if err != nil {
				t.Fatalf("%s, %s: %v", spec.Kind, language, err)
			}
			same, err := notice.Words{BaseURL: words.BaseURL}.Preview(clean)
			if err != nil || same != sample {
				t.Errorf("%s, %s differs: %v", spec.Kind, language, err)
			}
			if strings.ContainsAny(sample.Subject+sample.Text, "{}") || !strings.HasPrefix(sample.Subject, "[Đôn Đốc] ") {
				t.Errorf("%s, %s: %s\n%s", spec.Kind, language, sample.Subject, sample.Text)
			}
		}
	}
	if _, known := notice.Standard("nonsense", "vi"); known {
		t.Error("words for what does not exist")
	}
}

// withOwn writes a message in an administrator's words.
func withOwn(t *testing.T, templates []notice.Template, h notice.Handover) notice.Mail {
	t.Helper()
	set, broken := notice.OwnOf(templates)
	if len(broken) > 0 {
		t.Fatal(broken)
	}
	m, err := notice.Words{BaseURL: words.BaseURL, Own: set}.Write(h, morning)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOwnWordsStandInBothPartsOfAMessage(t *testing.T) {
	template := own(func(t *notice.Template) {
		t.Subject, t.Lead = "{count} việc trễ hạn của {agency}", "Kính gửi {recipient}\n\nHạn gần nhất: {due}"
	})
	other := func(i *notice.Item) {
		i.AgencyName, i.DueAt = "UBND huyện Vĩnh Cửu", time.Date(2026, 3, 17, 0, 0, 0, 0, zone)
	}
	h := notice.Handover{Language: "vi", Recipient: "Đầu mối", Items: []notice.Item{item(1, notice.Overdue), item(2, notice.Overdue, other), item(3, notice.DueToday), item(4, notice.Overdue, requested)}}
	m := withOwn(t, []notice.Template{template}, h)
	if want := "[Đôn Đốc] 2 việc trễ hạn của UBND huyện Tân Phú và 1 đơn vị khác, 1 nội dung đã qua thời gian đề nghị, 1 việc đến hạn hôm nay"; m.Subject != want {
		t.Errorf("subject %q", m.Subject)
	}
	wantIn(t, m.Text, "\nKính gửi Đầu mối\nHạn gần nhất: hết ngày 16/03/2026\n- IV.15.h", "https://dondoc.example/viec/2\nCần hỗ trợ xin liên hệ cơ quan thường trực.\n",
		"Đến hạn hôm nay", "Kính đề nghị quý cơ quan quan tâm", "xin không trả lời thư này")
	wantIn(t, m.HTML, ">Kính gửi Đầu mối</h2>", ">Hạn gần nhất: hết ngày 16/03/2026</p>", ">Cần hỗ trợ xin liên hệ cơ quan thường trực.</p>")
	// The words of one language are not those of the other.
	h.Language = "en"
	if m := withOwn(t, []notice.Template{template}, h); !strings.HasPrefix(m.Subject, "[Đôn Đốc] 2 tasks overdue") {
		t.Errorf("English: %q", m.Subject)
	}
}

func TestEnglishTellsOneFromMany(t *testing.T) {
	template := own(func(t *notice.Template) {
		t.Language, t.Subject, t.SubjectOne, t.Lead, t.Closing = "en", "{count} results missing", "{count} result missing", "Missing", ""
	})
	h := notice.Handover{Language: "en", Recipient: "Focal point", Items: []notice.Item{item(1, notice.Overdue)}}
	if m := withOwn(t, []notice.Template{template}, h); m.Subject != "[Đôn Đốc] 1 result missing" {
		t.Errorf("one: %q", m.Subject)
	}
	h.Items = append(h.Items, item(2, notice.Overdue))
	if m := withOwn(t, []notice.Template{template}, h); m.Subject != "[Đôn Đốc] 2 results missing" {
		t.Errorf("two: %q", m.Subject)
	}
	template.SubjectOne = ""
	h.Items = h.Items[:1]
	if m := withOwn(t, []notice.Template{template}, h); m.Subject != "[Đôn Đốc] 1 results missing" {
		t.Errorf("without words for one: %q", m.Subject)
	}
}

func TestOwnWordsOfDigestAndAccountMail(t *testing.T) {
	h := notice.Handover{Language: "vi", Recipient: "Người theo dõi", Summary: &notice.Summary{On: calendar.NewDate(2026, 3, 23), Open: 5}}
	m := withOwn(t, []notice.Template{{Kind: "digest", Language: "vi", Subject: "số liệu đầu tuần {day}", Lead: "Số liệu ngày {day}\nGửi {recipient}", Closing: "Hết."}}, h)
	if m.Subject != "[Đôn Đốc] số liệu đầu tuần 23/03/2026" {
		t.Errorf("subject %q", m.Subject)
	}
	wantIn(t, m.Text, "\nSố liệu ngày 23/03/2026\nGửi Người theo dõi\n- Việc đang mở: 5", "/viec\nHết.\n")
	set, broken := notice.OwnOf([]notice.Template{{Kind: "reset", Language: "vi", Subject: "Mật khẩu mới", Lead: "Chào {recipient}", Closing: "Còn {validity}."}})
	if len(broken) > 0 {
		t.Fatal(broken)
	}
	m, err := notice.Words{Own: set}.Account(notice.Reset, "vi", "Đầu mối", "https://dondoc.example/lien-ket/abc")
	if err != nil || m.Subject != "[Đôn Đốc] Mật khẩu mới" {
		t.Errorf("%q, %v", m.Subject, err)
	}
	for _, text := range []string{m.Text, m.HTML} {
		wantIn(t, text, "Chào Đầu mối", "Còn 30 phút.", "https://dondoc.example/lien-ket/abc")
	}
}

func TestBrokenWordsAreToldAndLeftOut(t *testing.T) {
	broken := own(func(t *notice.Template) { t.Subject = "{count} {nothing}" })
	set, faults := notice.OwnOf([]notice.Template{broken, own(func(t *notice.Template) { t.Kind = "gone" }), own(func(t *notice.Template) { t.Kind = "reminder" })})
	if len(faults) != 2 || len(set) != 1 || !strings.Contains(faults[0].Error(), "overdue in vi") {
		t.Fatalf("%v, %v", set, faults)
	}
	m, err := notice.Words{BaseURL: words.BaseURL, Own: set}.Write(notice.Handover{Language: "vi", Recipient: "Đầu mối", Items: []notice.Item{item(1, notice.Overdue)}}, morning)
	if err != nil || m.Subject != "[Đôn Đốc] 1 việc quá hạn" {
		t.Errorf("%q, %v", m.Subject, err)
	}
}

func TestWhatIsFilledInIsNeverLookedThrough(t *testing.T) {
	template := own(func(t *notice.Template) { t.Subject, t.Lead = "{count} của {agency}", "{agency} <b>{recipient}</b>" })
	h := notice.Handover{Language: "vi", Recipient: "<script>alert(1)</script>", Items: []notice.Item{item(1, notice.Overdue, func(i *notice.Item) { i.AgencyName = "Sở {recipient}\n{count}" })}}
	m := withOwn(t, []notice.Template{template}, h)
	if m.Subject != "[Đôn Đốc] 1 của Sở {recipient} {count}" {
		t.Errorf("subject %q", m.Subject)
	}
	if strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "<b>") {
		t.Errorf("words became markup:\n%s", m.HTML)
	}
	wantIn(t, m.HTML, "&lt;b&gt;&lt;script&gt;")
}

// Whatever the check takes can be sent: for every kind, language and number of items
// a message is written, says what the words say, and no brace is left.
func TestEveryTemplateThatIsTakenComposes(t *testing.T) {
	pieces := []string{"{", "}", "\n", " ", "<b>", "việc", "&", "%d", "$1", "\\", "\"", "quá hạn", "://", "{count}", "{recipient}", "{agency}", "{due}", "{day}", "{validity}", "{x}"}
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom(notice.TemplateSpecs()).Draw(t, "kind")
		template := notice.Template{Kind: spec.Kind, Language: rapid.SampledFrom(notice.Languages).Draw(t, "language")}
		text := func(field string, need bool) string {
			usable := pieces
			// Mostly words that are taken, so that composing is what is tried.
			if rapid.IntRange(0, 5).Draw(t, field+" tame") > 0 {
				usable = slices.DeleteFunc(slices.Clone(pieces), func(p string) bool {
					name, isPlace := strings.CutPrefix(p, "{")
					known := slices.ContainsFunc(spec.Placeholders, func(q notice.Placeholder) bool { return q.Name+"}" == name })
					return p == "}" || p == "://" || isPlace && !known || p == "\n" && strings.HasPrefix(field, "subject")
				})
			}
			made := strings.Join(rapid.SliceOfN(rapid.SampledFrom(usable), 0, 12).Draw(t, field), "")
			for _, p := range spec.Placeholders {
				if p.Needed == field {
					made += "{" + p.Name + "}"
				}
			}
			if need {
				made = "Kính gửi " + made
			}
			return made
		}
		template.Subject, template.Lead, template.Closing = text("subject", true), text("lead", true), text("closing", spec.Closes)
		if template.Language == "en" && spec.Counts {
			template.SubjectOne = text("subject_one", false)
		}
		clean, err := template.Clean()
		if err != nil {
			if _, previewed := words.Preview(template); fault.Of(previewed) == nil {
				t.Fatalf("refused (%v) and yet previewed: %v", err, previewed)
			}
			return
		}
		if again, err := clean.Clean(); err != nil || again != clean {
			t.Fatalf("not stable: %+v, %v", again, err)
		}
		mail, err := words.Preview(clean)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, mail)
		kind := notice.Kind(spec.Of)
		if !spec.Counts {
			return
		}
		var items []notice.Item
		for i := range rapid.IntRange(1, 25).Draw(t, "items") {
			items = append(items, item(int64(i+1), kind, func(one *notice.Item) {
				one.Requested, one.AgencyName = spec.Requested, fmt.Sprintf("UBND xã %d", i%3)
				one.DueAt = morning.Add(time.Duration(rapid.IntRange(-500, 500).Draw(t, "due")) * time.Hour)
			}))
		}
		set, _ := notice.OwnOf([]notice.Template{clean})
		mail, err = notice.Words{BaseURL: words.BaseURL, Own: set}.Write(notice.Handover{Language: clean.Language, Recipient: "Đầu mối", Items: items}, morning)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, mail)
	})
}

func holds(t *rapid.T, m notice.Mail) {
	if strings.ContainsAny(m.Subject+m.Text+m.HTML, "{}") {
		t.Fatalf("braces are left: %s\n%s", m.Subject, m.Text)
	}
	if !strings.HasPrefix(m.Subject, "[Đôn Đốc] ") || strings.ContainsAny(m.Subject, "\r\n\u2028") {
		t.Fatalf("subject %q", m.Subject)
	}
	if !strings.Contains(m.Text, "Kính gửi") || !strings.Contains(m.Text, "https://dondoc.example") || strings.Contains(m.HTML, "<b>") {
		t.Fatalf("%s", m.Text)
	}
}
