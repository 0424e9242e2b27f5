package paper_test

import (
	"slices"
	"strings"
	"testing"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/paper"
)

func department() paper.Letterhead {
	return paper.DefaultLetterhead(agency.Agency{Name: "Sở Lao động - Thương binh và Xã hội", ShortName: "Sở LĐTBXH"}, []agency.Agency{{Name: "UBND tỉnh Đồng Nai"}})
}

func lines(s paper.Section) []string {
	return strings.Split(strings.TrimSuffix(s.Text(), "\n"), "\n")
}

// The order and the words of the parts are those of appendix I of the decree.
func TestAReportHasThePartsOfTheDecree(t *testing.T) {
	d := paper.Document{
		Letterhead: department(), Kind: "Báo cáo", Symbol: "BC-SLĐTBXH", Subject: "Kết quả quý II/2026", Year: 2026, Draft: true,
		Body: []paper.Block{paper.Part(1, "Kết quả"), paper.Plain("Đã làm.")}, Recipients: []string{"UBND tỉnh Đồng Nai"},
		Annexes: []paper.Annex{{Title: "Biểu số liệu", Landscape: true}, {Title: "Đơn vị"}},
	}
	sections := d.Sections()
	blank := func(n int) string { return strings.Repeat("\u00a0", n) }
	want := []string{
		"UBND TỈNH ĐỒNG NAI", "SỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", "Số:" + blank(9) + "/BC-SLĐTBXH",
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Đồng Nai, ngày" + blank(7) + "tháng" + blank(7) + "năm 2026",
		"BÁO CÁO", "Kết quả quý II/2026", "I. KẾT QUẢ", "Đã làm.", "",
		"Nơi nhận:", "- UBND tỉnh Đồng Nai;", "- Lưu: VT.", "GIÁM ĐỐC", "", "", "", "",
	}
	if got := lines(sections[0]); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if len(sections) != 3 || sections[0].Landscape || !sections[1].Landscape || sections[2].Landscape {
		t.Fatalf("%d sections", len(sections))
	}
	for i, word := range []string{"Phụ lục I", "Phụ lục II"} {
		got := lines(sections[i+1])
		if got[0] != word || !strings.HasPrefix(got[2], "(Kèm theo Báo cáo số") || sections[i+1].Mark != "DỰ THẢO" {
			t.Errorf("annex %d: %q, %q", i+1, got, sections[i+1].Mark)
		}
	}
}

func TestASignedDocumentBearsNumberAndDay(t *testing.T) {
	d := paper.Document{Letterhead: department(), Kind: "Báo cáo", Number: "07/BC-SLĐTBXH", Date: calendar.NewDate(2026, 2, 5), Subject: "A", Annexes: []paper.Annex{{Title: "B"}}, Body: []paper.Block{paper.Plain("C")}}
	sections := d.Sections()
	text := sections[0].Text() + sections[1].Text()
	for _, want := range []string{"Số: 07/BC-SLĐTBXH", "Đồng Nai, ngày 05 tháng 02 năm 2026", "Phụ lục\nB\n(Kèm theo Báo cáo số 07/BC-SLĐTBXH ngày 05 tháng 02 năm 2026 của Sở Lao động - Thương binh và Xã hội)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if sections[0].Mark != "" {
		t.Error("a signed document is marked as a draft")
	}
	// Months from March on have no zero before them.
	d.Date = calendar.NewDate(2026, 3, 12)
	if text := d.Sections()[0].Text(); !strings.Contains(text, "ngày 12 tháng 3 năm 2026") {
		t.Errorf("%q", text)
	}
}

func TestWhoeverSignsStandsAboveTheName(t *testing.T) {
	committee := paper.Letterhead{Collective: "Ủy ban nhân dân", Head: "Chủ tịch", Signer: "Phó Chủ tịch"}
	office := paper.Letterhead{Head: "Giám đốc", Signer: "Chánh Văn phòng"}
	for _, c := range []struct {
		of      paper.Letterhead
		signing paper.Signing
		want    string
	}{
		{committee, paper.SignsHead, "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"},
		{committee, paper.SignsDeputy, "TM. ỦY BAN NHÂN DÂN|KT. CHỦ TỊCH|PHÓ CHỦ TỊCH"},
		{committee, paper.SignsOrdered, "TL. CHỦ TỊCH|PHÓ CHỦ TỊCH"},
		{committee, paper.SignsMandate, "TUQ. CHỦ TỊCH|PHÓ CHỦ TỊCH"},
		{office, paper.SignsHead, "GIÁM ĐỐC"},
		{office, paper.SignsDeputy, "KT. GIÁM ĐỐC|CHÁNH VĂN PHÒNG"},
		{office, paper.SignsOrdered, "TL. GIÁM ĐỐC|CHÁNH VĂN PHÒNG"},
		{office, paper.SignsActing, "Q. GIÁM ĐỐC"},
	} {
		c.of.Signing = c.signing
		if got := strings.Join(c.of.Signature(), "|"); got != c.want {
			t.Errorf("%s: %s, want %s", c.signing, got, c.want)
		}
	}
}

func TestALetterheadFollowsFromNameAndPlaceInTheTree(t *testing.T) {
	province, district := agency.Agency{Name: "UBND tỉnh Đồng Nai"}, agency.Agency{Name: "UBND huyện Long Thành"}
	for _, c := range []struct {
		of    agency.Agency
		above []agency.Agency
		want  string
	}{
		{province, nil, "|Ủy ban nhân dân tỉnh Đồng Nai|UBND|Đồng Nai|TM. ỦY BAN NHÂN DÂN/CHỦ TỊCH"},
		{agency.Agency{Name: "UBND xã An Phước"}, []agency.Agency{district, province}, "|Ủy ban nhân dân xã An Phước|UBND|An Phước|TM. ỦY BAN NHÂN DÂN/CHỦ TỊCH"},
		{agency.Agency{Name: "Sở Y tế"}, []agency.Agency{province}, "UBND tỉnh Đồng Nai|Sở Y tế|SYT|Đồng Nai|GIÁM ĐỐC"},
		{agency.Agency{Name: "Chi cục Phòng, chống tệ nạn xã hội", ShortName: "Chi cục PCTNXH"}, []agency.Agency{{Name: "Sở Lao động"}, province}, "Sở Lao động|Chi cục Phòng, chống tệ nạn xã hội|CCPCTNXH|Đồng Nai|CHI CỤC TRƯỞNG"},
		{agency.Agency{Name: "Công an tỉnh"}, []agency.Agency{province}, "|Công an tỉnh|CAT|Đồng Nai|GIÁM ĐỐC"},
		{agency.Agency{Name: "Hội Liên hiệp Phụ nữ tỉnh"}, []agency.Agency{province}, "|Hội Liên hiệp Phụ nữ tỉnh|HLHPNT|Đồng Nai|TM. BAN THƯỜNG VỤ/CHỦ TỊCH"},
		{agency.Agency{Name: "Viện Kiểm sát nhân dân tỉnh"}, []agency.Agency{{Name: "UBND tỉnh"}}, "|Viện Kiểm sát nhân dân tỉnh|VKSNDT||VIỆN TRƯỞNG"},
		{agency.Agency{Name: "Câu lạc bộ"}, nil, "|Câu lạc bộ|CLB||THỦ TRƯỞNG ĐƠN VỊ"},
	} {
		l := paper.DefaultLetterhead(c.of, c.above)
		got := strings.Join([]string{l.Superior, l.Name, l.Abbreviation, l.Place, strings.Join(l.Signature(), "/")}, "|")
		if got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestALetterheadIsCheckedFieldByField(t *testing.T) {
	l := department()
	l.Name, l.Signing, l.Place = "  ", "nobody", strings.Repeat("a", 201)
	_, err := l.Clean()
	if err == nil || !strings.Contains(err.Error(), "3") {
		t.Errorf("%v, want three places", err)
	}
	l = department()
	l.Head = "  Giám  đốc "
	if kept, err := l.Clean(); err != nil || kept.Head != "Giám đốc" {
		t.Errorf("%q, %v", kept.Head, err)
	}
}

func TestAddresseesStandInLinesWhereThereAreSeveral(t *testing.T) {
	d := paper.Document{Letterhead: department(), Symbol: "SLĐTBXH", Subject: "đôn đốc", Year: 2026, Body: []paper.Block{paper.Plain("A")}}
	d.To = []string{"UBND huyện Một"}
	if text := d.Sections()[0].Text(); !strings.Contains(text, "\nKính gửi: UBND huyện Một\n") || !strings.Contains(text, "\nV/v đôn đốc\n") {
		t.Errorf("%q", text)
	}
	d.To = append(d.To, "UBND huyện Hai")
	if text := d.Sections()[0].Text(); !strings.Contains(text, "\nKính gửi:\n- UBND huyện Một;\n- UBND huyện Hai.\n") {
		t.Errorf("%q", text)
	}
}

// What cannot be seen, or turns the direction of writing, does not get on paper;
// letters and their marks are one.
func TestTextOnPaperIsWhatOneSees(t *testing.T) {
	for text, want := range map[string]string{
		"Đồng\tNai\u202e": "Đồng Nai", "Lie\u0302n": "Liên", "a\x00b\ufeff": "ab", "a\xffb": "ab",
	} {
		if got := strings.TrimSpace(paper.Section{Blocks: []paper.Block{paper.Plain(text)}}.Text()); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// The margins and sizes stay within what appendix I, parts I and V, allows.
func TestThePageIsThatOfTheDecree(t *testing.T) {
	within := func(name string, got, low, high float64) {
		if got < low || got > high {
			t.Errorf("%s is %v, not within %v–%v", name, got, low, high)
		}
	}
	within("top", paper.MarginTop, 20, 25)
	within("bottom", paper.MarginBottom, 20, 25)
	within("left", paper.MarginLeft, 30, 35)
	within("right", paper.MarginRight, 15, 20)
	within("content", paper.SizeBody, 13, 14)
	within("quốc hiệu", paper.SizeHead, 12, 13)
	within("tiêu ngữ", paper.SizeMotto, 13, 14)
	within("place", paper.SizePlace, 13, 14)
	within("title", paper.SizeTitle, 13, 14)
	within("subject of a letter", paper.SizeSubject, 12, 13)
	within("signer", paper.SizeSigner, 13, 14)
	within("page number", paper.SizePageNumber, 13, 14)
}
