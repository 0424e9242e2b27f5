package draft

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dondoc/internal/issued"
)

func TestNamesOfAgencies(t *testing.T) {
	for text, want := range map[string]string{
		"Sở Kế hoạch và Đầu tư và Sở Tài chính":                                       "Sở Kế hoạch và Đầu tư|Sở Tài chính",
		"Sở Giáo dục và Đào tạo tổ chức tập huấn":                                     "Sở Giáo dục và Đào tạo",
		"Các Sở: Y tế, Nội vụ, Giáo dục và Đào tạo":                                   "Sở Y tế|Sở Nội vụ|Sở Giáo dục và Đào tạo",
		"Viện Kiểm sát nhân dân, Tòa án nhân dân tỉnh":                                "Viện Kiểm sát nhân dân tỉnh|Tòa án nhân dân tỉnh",
		"các sở, ban, ngành, UBND các huyện, thị xã Long Khánh và thành phố Biên Hòa": "các sở, ban, ngành|UBND các huyện|UBND thị xã Long Khánh|UBND thành phố Biên Hòa",
		"UBND các xã, phường, thị trấn xây dựng kế hoạch":                             "UBND các xã, phường, thị trấn",
		"UBND các phường Hoa Lư, Tây Hoa Lư lập dự toán":                              "UBND phường Hoa Lư|UBND phường Tây Hoa Lư",
		"Văn phòng HĐND và UBND xã":                                                   "Văn phòng HĐND và UBND xã",
		"Báo và Đài Phát thanh, Truyền hình tỉnh thường xuyên đưa tin":                "Báo và Đài Phát thanh, Truyền hình tỉnh",
		"Bộ Ngoại giao chỉ đạo cơ quan đại diện":                                      "Bộ Ngoại giao",
		"Ban Quản lý dự án đầu tư xây dựng tỉnh rà soát":                              "Ban Quản lý dự án đầu tư xây dựng tỉnh",
		"Tổ chức tuyên truyền sâu rộng":                                               "",
		"Hội nghị triển khai":                                                         "", "Báo cáo kết quả": "", "Phòng, chống tệ nạn": "", "Bộ máy tinh gọn": "", "Trường hợp cần thiết": "", "Ban hành kế hoạch": "",
	} {
		if got := strings.Join(readNames(text).list, "|"); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func TestWhoIsAddressed(t *testing.T) {
	for text, want := range map[string]string{
		"Giao Sở Y tế chủ trì, phối hợp với Sở Tài chính xây dựng đề án.": "Sở Y tế|assigned",
		"Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh giám sát.":         "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh|requested",
		"Căn cứ Kế hoạch này, các phòng, ban xây dựng kế hoạch.":          "các phòng, ban|assigned",
		"Định kỳ hằng quý, Sở Nội vụ báo cáo UBND tỉnh.":                  "Sở Nội vụ|assigned",
		"Đồng ý chủ trương thành lập tổ; do Sở Xây dựng chủ trì.":         "Sở Xây dựng|assigned",
		"Tăng cường công tác kiểm tra của cấp trên.":                      "",
		"Nhân dân trên địa bàn chấp hành tốt.":                            "",
	} {
		s, ok := subjectOf(text)
		got := strings.Join(s.names, "|") + "|" + string(s.mode)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q addresses %q, want %q", text, got, want)
		}
	}
}

func TestRoles(t *testing.T) {
	for text, want := range map[string]Role{
		"Chủ trì, phối hợp với các sở": Lead, "Là cơ quan chủ trì": Lead, "Phối hợp Sở Y tế": Coordinate, "Tham gia Tổ công tác": Member, "Chỉ đạo các đơn vị trực thuộc phối hợp truy tố": Implement,
		"theo chức năng, nhiệm vụ phối hợp với Bộ Công an": Coordinate, "Tham mưu UBND tỉnh": Implement, "Cử cán bộ tham gia Tổ công tác": Member, "Khẩn trương chủ trì": Lead,
		"Căn cứ chức năng, nhiệm vụ chỉ đạo các công đoàn cơ sở phối hợp": Implement,
	} {
		if got, _ := roleOf(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestCadences(t *testing.T) {
	for text, want := range map[string]string{
		"Định kỳ hàng quý, 06 tháng, 09 tháng, năm báo cáo":             "quarterly half_year nine_month yearly",
		"định kỳ 06 tháng, 1 năm báo cáo":                               "half_year yearly",
		"báo cáo nhanh, báo cáo định kỳ tháng, quý, năm":                "monthly quarterly yearly flash",
		"báo cáo định kỳ, thường xuyên, đột xuất gửi Thường trực":       "ad_hoc continuous periodic_unspecified",
		"ít nhất một quí một lần":                                       "quarterly",
		"phát thanh tối thiểu 02 lần/tuần":                              "weekly",
		"kinh phí hoạt động hàng năm":                                   "yearly",
		"trực tiếp nhận hằng ngày":                                      "daily",
		"trước ngày 20 hằng tháng":                                      "monthly",
		"kế hoạch năm 2026":                                             "",
		"trong 6 tháng qua":                                             "",
		"chi thường xuyên của đơn vị":                                   "",
		"cứu trợ đột xuất":                                              "",
		"năm học 2026 - 2027":                                           "",
		"kịp thời báo cáo những vấn đề phát sinh":                       "event",
		"sơ kết 6 tháng, tổng kết năm":                                  "half_year yearly",
		"báo cáo kết quả hoạt động quý I năm 2026 trước ngày 15/3/2026": "",
	} {
		if got := strings.Join(cadencesIn(text), " "); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestDueTimes(t *testing.T) {
	for text, want := range map[string]string{
		"hoàn thành trước ngày 31/12/2026":                           "2026-12-31",
		"trước ngày 15 tháng 4 năm 2026":                             "2026-04-15",
		"trong quý II/2026":                                          "2026-06-30",
		"trong quý III năm 2026":                                     "2026-09-30",
		"trong tháng 02/2028":                                        "2028-02-29",
		"đến hết năm 2026":                                           "2026-12-31",
		"báo cáo hằng tháng trước ngày 25":                           "---25",
		"trước ngày 25 hằng tháng":                                   "---25",
		"trước ngày 15 tháng 12 hằng năm":                            "--12-15",
		"chậm nhất 15/11":                                            "--11-15",
		"trong vòng 24 giờ":                                          "PT24H",
		"trong thời hạn 10 ngày":                                     "P10D",
		"báo cáo quý trước ngày 15 tháng cuối quý":                   "--03-15 --06-15 --09-15 --12-15",
		"hoàn thành trước ngày 31/4/2026":                            "", // no such day
		"Quyết định số 155/2007/QĐ-TTg ngày 25/9/2007 của Thủ tướng": "",
		"thời gian biệt phái không quá 06 tháng":                     "",
		"giai đoạn 2016 - 2020":                                      "",
	} {
		if got := strings.Join(dueList(duesIn(text), cadencesIn(text)), " "); got != want {
			t.Errorf("%q is due %q, want %q", text, got, want)
		}
	}
}

func TestNumbersOfDocuments(t *testing.T) {
	for as, want := range map[string]string{
		"361/QĐ-TTG": "361/QĐ-TTg", "0l/2008/NQLT-BLĐTBXH-BCA": "01/2008/NQLT-BLĐTBXH-BCA", "24/2012/TTLB- LĐTBXH-BNV-BTC": "24/2012/TTLT-BLĐTBXH-BNV-BTC", "57-NQ/TW": "57-NQ/TW", "15/CT-UBND": "15/CT-UBND", "12/2026": "",
	} {
		if got, _ := normalNumber(as); got != want {
			t.Errorf("%q is %q, want %q", as, got, want)
		}
	}
	cited := citedIn("Căn cứ Quyết định số 155/2007/QĐ-TTg ngày 25/9/2007của Thủ tướng Chính phủ về việc Ban hành Quy chế phối hợp; Luật Phòng, chống ma túy số 73/2021/QH14 ngày 30/3/2021;", 3, true)
	if len(cited) != 2 || cited[0].Date != "2007-09-25" || cited[0].Issuer != "Thủ tướng Chính phủ" || cited[1].Number != "73/2021/QH14" || cited[1].Subject != "Luật Phòng, chống ma túy" {
		t.Errorf("cited %+v", cited)
	}
}

func TestSumsInWords(t *testing.T) {
	for words, want := range map[string]float64{
		"bảy tỷ, một trăm hai mươi mốt triệu, không trăm bốn mươi nghìn đồng": 7_121_040_000,
		"Một tỷ, không trăm lẻ năm triệu đồng":                                1_005_000_000, "chín trăm tám mươi triệu đồng": 980_000_000, "mười lăm triệu đồng chẵn": 15_000_000,
	} {
		if got, ok := inWords(words); !ok || got != want {
			t.Errorf("%q is %.0f", words, got)
		}
	}
	m := moneyIn(Item{Text: "Kinh phí: 450.000.000 đồng (bốn trăm năm mươi lăm triệu đồng)."})
	if m.Amount == nil || *m.Amount != 450_000_000 || m.WordsAgree == nil || *m.WordsAgree {
		t.Errorf("a sum whose words say another: %+v", m)
	}
}

func TestTargets(t *testing.T) {
	for text, want := range map[string]string{
		"Giảm 10% số hộ cận nghèo so với đầu năm.":                      "percent_reduction 10",
		"Giảm tỷ lệ hộ nghèo từ 3,1% xuống còn 2,2% vào cuối năm 2026.": "percent 2.2",
		"kiểm tra 8.000 lượt cơ sở":                                     "count 8000",
		"Vận động quỹ đạt từ 450 triệu đồng trở lên.":                   "money 4.5e+08",
		"Tổ chức ít nhất một quý một lần.":                              "count_per_period 1",
		"Nâng cao nhận thức của Nhân dân.":                              "qualitative",
	} {
		var got []string
		for _, one := range targetsIn(Item{Text: text}) {
			got = append(got, strings.TrimSpace(string(one.Kind)+" "+figureOf(one)))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func figureOf(t Target) string {
	if t.Number == nil {
		return ""
	}
	return strconv.FormatFloat(*t.Number, 'g', -1, 64)
}

func TestMarksOfItems(t *testing.T) {
	for text, want := range map[string]mark{
		"I. MỤC ĐÍCH": {roman, "I", "MỤC ĐÍCH"}, "1.Sở Y tế": {number1, "1", "Sở Y tế"}, "2.1. Công tác": {number2, "2.1", "Công tác"}, "đ) Đội": {letter, "đ", "Đội"}, "- Sở": {dash, "", "Sở"}, "+ Ký": {plus, "", "Ký"},
		"Điều 3. Giao": {article, "3", "Giao"}, "Chương II": {chapter, "II", ""}, "Thứ nhất: Tăng cường": {ordinal, "Thứ nhất", "Tăng cường"}, "85 % số xã": {unmarked, "", "85 % số xã"}, "1.500 hộ": {unmarked, "", "1.500 hộ"},
		"(2) Rà soát": {bracket, "2", "Rà soát"},
	} {
		if got := marked(text); got != want {
			t.Errorf("%q is %+v, want %+v", text, got, want)
		}
	}
}

// Whatever the lines are, reading them ends, and what it finds stands in them.
func TestReadingNeverFails(t *testing.T) {
	words := []string{"Sở Y tế", "chủ trì", "UBND các xã, phường", "và", ",", ";", ":", "(", ")", "trước ngày 31/4/2026", "hằng quý", "I.", "1.", "a)", "-", "Điều 1.", "Căn cứ", "Giao", "Đề nghị", "báo cáo", "gửi", "để tổng hợp, báo cáo", "100%", "7.000 đồng", "KẾ HOẠCH", "Nơi nhận:", "./.", "các sở", "Các sở:", "Y tế", "\u00a0", "“", "đ", "Số: 1/KH-UBND", "PHỤ LỤC"}
	rapid.Check(t, func(t *rapid.T) {
		var doc issued.Document
		for i := range rapid.IntRange(1, 20).Draw(t, "lines") {
			text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 14).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "gap"))
			line := issued.Line{Number: i + 1, Text: text}
			if rapid.IntRange(0, 5).Draw(t, "row") == 0 {
				line.Cells, line.Table = strings.Split(text, ","), 1
			}
			doc.Lines = append(doc.Lines, line)
		}
		d := Read(doc)
		for _, a := range d.Agencies {
			for _, duty := range a.Duties {
				if duty.Line < 1 || duty.Line > len(doc.Lines) {
					t.Fatalf("a duty of line %d", duty.Line)
				}
			}
		}
		if _, err := PlanFile(d, nil); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzReadText(f *testing.F) {
	f.Add("KẾ HOẠCH\nPhối hợp\n\nI. MỤC TIÊU\n- 85% số xã\n1. Sở Y tế: Chủ trì, phối hợp với Sở A.\nĐiều 1. (a; b\n./.")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := issued.Read(context.Background(), "a.txt", []byte(text))
		if err != nil {
			return
		}
		d := Read(doc)
		if _, err := PlanFile(d, nil); err != nil {
			t.Fatal(err)
		}
		if open, all := d.Unchecked(); open != all {
			t.Fatalf("%d of %d are unchecked", open, all)
		}
	})
}

func TestNamesOfTheTree(t *testing.T) {
	names := NewNames([]Unit{
		{Code: "so-ldtbxh", Name: "Sở Lao động - Thương binh và Xã hội tỉnh Đồng Nai", Level: "department"}, {Code: "cat", Name: "Công an tỉnh Đồng Nai", Level: "department"},
		{Code: "ubnd", Name: "Ủy ban nhân dân tỉnh Đồng Nai", Level: "province"}, {Code: "gddt", Name: "Sở Giáo dục và Đào tạo", Level: "department"},
	}, map[string]string{"Cơ quan thường trực Ban Chỉ đạo": "cat"})
	for name, want := range map[string]string{
		"Sở LĐ-TB&XH": "so-ldtbxh", "Sở Lao động Thương binh và Xã hội": "so-ldtbxh", "Công an tỉnh": "cat", "UBND tỉnh": "ubnd", "Sở GD&ĐT": "gddt", "cơ quan thường trực Ban chỉ đạo": "cat", "Sở Y tế": "",
	} {
		if got, _, _ := names.Find(name, "tỉnh Đồng Nai"); got.Code != want {
			t.Errorf("%s is %q, want %q", name, got.Code, want)
		}
	}
}

func TestEditsLeaveTheDraftAsItWas(t *testing.T) {
	d := Draft{Agencies: []Assignment{{Names: []string{"Sở Y tế"}, Duties: []Duty{{Text: "Một.", Role: Lead}, {Text: "Hai.", Role: Implement}}}}}
	for _, e := range []Edit{
		{Act: Accept}, {Act: Correct, Text: "Khác", Role: Member}, {Act: Drop}, {Act: Merge, Duty: 1}, {Act: Split, Text: "A.\nB."}, {Act: Address, Names: []string{"Sở Nội vụ"}}, {Act: All},
		{Act: Settle, Facts: Facts{Title: "X", Issuer: "Y", Level: "province"}},
	} {
		got, err := d.Apply(e)
		if err != nil {
			t.Errorf("%s: %v", e.Act, err)
		}
		if d.Agencies[0].Names[0] != "Sở Y tế" || len(d.Agencies[0].Duties) != 2 || d.Agencies[0].Duties[0].Text != "Một." || d.Agencies[0].Duties[0].Checked() || d.Plan.Title != "" {
			t.Fatalf("%s changed the draft that it was made from", e.Act)
		}
		if slices.Equal([]string{"Sở Y tế"}, got.Agencies[0].Names) && len(got.Agencies[0].Duties) == 2 && !got.Agencies[0].Duties[0].Checked() && got.Plan.Title == "" {
			t.Errorf("%s did nothing", e.Act)
		}
	}
	for _, e := range []Edit{{Act: Accept, Duty: 9}, {Act: Accept, Assignment: -1}, {Act: Merge}, {Act: Correct, Role: Lead}, {Act: Address}, {Act: "x"}, {Act: Dismiss, Line: 5}} {
		if _, err := d.Apply(e); err == nil {
			t.Errorf("%+v was carried out", e)
		}
	}
}
