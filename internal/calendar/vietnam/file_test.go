package vietnam

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"dondoc/internal/fault"

	"pgregory.net/rapid"
)

const header = "date,kind,name,year,legal_basis,source\n"

// places returns line:column:code of each problem.
func places(problems Problems) string {
	var all []string
	for _, p := range problems {
		all = append(all, fmt.Sprintf("%d:%d:%s", p.Line, p.Column, strings.TrimPrefix(p.Fault.Code, "calendar.file.")))
	}
	return strings.Join(all, " ")
}

func TestFaultsAreReportedWithTheirPlaces(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a day of one's own", header + "2027-03-26,holiday,Ngày riêng,,QĐ 1,x\n", ""},
		{"columns in any order, comments and empty rows", "source,legal_basis,name_en,name,kind,date\n# x\n\nx,QĐ 1,en,vi,holiday,2027-03-26\n,,,,,\n", ""},
		{"a byte order mark and Windows lines", "\uFEFF" + strings.ReplaceAll(header, "\n", "\r\n") + "2027-03-26,holiday,vi,,QĐ 1,x\r\n", ""},
		{"quotes", header + "2027-03-26,holiday,\"Một, \"\"hai\"\"\",,QĐ 1,x\n", ""},
		{"empty", "", "1:1:csv"},
		{"header only", header, "1:1:csv"},
		{"semicolons", "date;kind;name;year;legal_basis;source\n", "1:1:csv"},
		{"unknown, repeated and missing columns", "date,Date,loại,name,source\n", "1:1:header 1:1:header 1:6:header 1:11:header"},
		{"not UTF-8", header + "2027-03-26,holiday,Ngà\xff,,QĐ 1,x\n", "2:23:encoding"},
		{"a quote out of place", header + "2027-03-26,holiday,Ngày \"riêng\",,QĐ 1,x\n2027-02-30,holiday,vi,,QĐ 1,x\n", "2:25:csv 3:1:date"},
		{"too few cells", header + "2027-03-26,holiday,vi,QĐ 1,x\n", "2:1:csv"},
		{"Vietnamese date", header + "26/3/2027,holiday,vi,,QĐ 1,x\n", "2:1:date"},
		{"no such day", header + "2027-02-29,holiday,vi,,QĐ 1,x\n", "2:1:date"},
		{"a day of another age", header + "2051-01-01,holiday,vi,,QĐ 1,x\n", "2:1:date_range"},
		{"unknown kind", header + "2027-03-26,nghỉ,vi,,QĐ 1,x\n", "2:12:kind"},
		{"nothing given", header + "2027-03-26,holiday,,,,\n", "2:20:missing 2:22:missing 2:23:missing"},
		{"columns count characters", header + "2027-03-26,holiday,Ngày thành lập tỉnh,,,x\n", "2:41:missing"},
		{"twice", header + "2027-03-26,holiday,vi,,QĐ 1,x\n2027-03-26,holiday,vi,,QĐ 1,x\n", "3:1:duplicate"},
		{"Saturday worked, nobody swapped", header + "2027-03-27,swap_work,vi,,QĐ 1,x\n", "2:12:unbalanced"},
		{"swapped by another decree", header + "2027-03-27,swap_work,vi,,QĐ 1,x\n2027-03-26,swap_off,vi,,QĐ 2,x\n", "2:12:unbalanced 3:12:unbalanced"},
		{"one of two swapped", header + "2027-03-27,swap_work,vi,,QĐ 1,x\n2027-03-28,swap_work,vi,,QĐ  1,x\n2027-03-26,swap_off,vi,,QĐ 1,x\n", "3:12:unbalanced"},
		{"day off not made up", header + "2027-03-26,swap_off,vi,,QĐ 1,x\n", "2:12:unbalanced"},
		{"Friday worked", header + "2027-03-26,swap_work,vi,,QĐ 1,x\n2027-03-25,swap_off,vi,,QĐ 1,x\n", "2:12:not_rest"},
		{"Saturday off", header + "2027-03-27,swap_off,vi,,QĐ 1,x\n2027-03-28,swap_work,vi,,QĐ 1,x\n", "2:12:rest"},
		{"made up on a Sunday", header + "2027-03-28,substitute,vi,,QĐ 1,x\n", "2:12:rest"},
		{"not a year", header + "2027-03-26,holiday,vi,27,QĐ 1,x\n", "2:23:year"},
		{"day of another year", header + "2029-03-26,holiday,vi,2027,QĐ 1,x\n", "2:23:year"},
		{"half a year", header + "2027-03-26,holiday,vi,2027,QĐ 1,x\n", "2:23:incomplete"},
		{"whole year", decreed2027, ""},
		{"a day of Tết less", strings.Replace(decreed2027, "2027-02-09,holiday", "2027-02-09,substitute", 1), "2:35:incomplete"},
		{"a substitute less", strings.Replace(decreed2027, "2027-02-11,substitute", "2027-02-11,holiday", 1), "2:35:not_made_up"},
		{"a wrong day in a year is no missing one", strings.Replace(decreed2027, "2027-02-06,", "2027-02-60,", 1), "4:1:date"},
		{"every fault at once", header + "2027-02-30,holiday,vi,,QĐ 1,x\n2027-03-27,swap_work,,,QĐ 1,x\n2027-03-26,x,vi,,,\n",
			"2:1:date 3:12:unbalanced 3:22:missing 4:12:kind 4:18:missing 4:19:missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, problems := ReadFile("own.csv", []byte(c.src))
			if got := places(problems); got != c.want {
				t.Errorf("%s, want %s\n%s", got, c.want, problems)
			}
			if (len(problems) > 0) != (len(f.Days)+len(f.Years) == 0) || (problems.Fault() == nil) != (len(problems) == 0) {
				t.Errorf("%+v with %d problems, %v", f, len(problems), problems.Fault())
			}
			for _, p := range problems {
				if strings.Contains(p.In("vi")+p.In("en"), "%!") || !strings.HasPrefix(p.In("vi"), "own.csv:") || p.In("vi") == p.In("en") {
					t.Errorf("%s\n%s", p.In("vi"), p.In("en"))
				}
			}
		})
	}
}

func TestMessagesSayHowToMend(t *testing.T) {
	for _, c := range []struct{ src, vi, en string }{
		{
			header + "26/3/2027,holiday,vi,,QĐ 1,x\n",
			"own.csv:2:1: Ngày “26/3/2027” phải viết dạng năm-tháng-ngày: 2027-03-26.",
			"own.csv:2:1: The day “26/3/2027” is written year-month-day: 2027-03-26.",
		},
		{
			header + "2027-03-27,swap_off,vi,,QĐ 1,x\n2027-04-03,swap_work,vi,,QĐ 1,x\n",
			"own.csv:2:12: Ngày 27/03/2027 là Thứ Bảy, vốn đã là ngày nghỉ; swap_off chỉ dùng cho ngày làm việc.",
			"own.csv:2:12: 27/03/2027 is a Saturday, a rest day anyhow; swap_off is for working days.",
		},
		{
			strings.Replace(decreed2027, "2027-04-30,holiday", "2027-04-29,holiday", 1),
			"own.csv:2:35: Năm 2027 thiếu ngày nghỉ theo luật: 30/04/2027 (Ngày Chiến thắng). Các dòng có cột year thay thế toàn bộ lịch của năm đó; nếu chỉ thêm ngày riêng, hãy để trống cột year.",
			"own.csv:2:35: The year 2027 lacks holidays of the law: 30/04/2027 (Reunification Day). Rows with a year replace the calendar of that year as a whole; leave year empty to add single days.",
		},
	} {
		_, problems := ReadFile("own.csv", []byte(c.src))
		if len(problems) != 1 || problems[0].In("vi") != c.vi || problems[0].In("en") != c.en {
			t.Errorf("%v", problems)
		}
		f := fault.Of(problems.Fault())
		if f == nil || f.Kind != fault.Invalid || f.Code != CodeFile || len(f.Details) != 1 || f.Details[0].VI != c.vi {
			t.Errorf("%+v", f)
		}
	}
}

func TestEnglishNamesWithoutTheColumn(t *testing.T) {
	f, problems := ReadFile("2027.csv", []byte(decreed2027))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	c := National().With(f)
	for d, en := range map[string]string{
		"2027-02-06": "Lunar New Year", "2027-02-10": "Substitute day off for Lunar New Year", "2027-02-12": "swapped day off",
		"2027-04-16": "Hùng Kings' Commemoration Day",
	} {
		if _, got := c.DayOff(day(t, d)); got != en {
			t.Errorf("%s: %q, want %q", d, got, en)
		}
	}
}

// Whatever the file is, reading ends with days or with places within the file.
func TestAnyFileIsReadOrRefused(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{
		"2027-03-26", "2027-03-27", "26/3/2027", "holiday", "swap_work", "swap_off", "substitute", "2027", "QĐ 1", "\"", "\"a\"", "", " ", "#", "\r", "\xff", ";",
	}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		var src strings.Builder
		if rapid.Bool().Draw(t, "header") {
			src.WriteString(header)
		}
		for range rapid.IntRange(0, 5).Draw(t, "rows") {
			src.WriteString(strings.Join(rapid.SliceOfN(cell, 0, 8).Draw(t, "cells"), ",") + "\n")
		}
		f, problems := ReadFile("x", []byte(src.String()))
		if len(problems) == 0 && len(f.Days)+len(f.Years) == 0 {
			t.Fatal("neither days nor problems")
		}
		lines := strings.Count(src.String(), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || !utf8.ValidString(p.In("vi")) {
				t.Fatalf("%+v: %s", p, p.In("vi"))
			}
		}
		National().With(f)
	})
}

func TestDocumentedFileIsRead(t *testing.T) {
	page, err := os.ReadFile("../../../docs/calendar.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "```csv\n")
	example, _, _ = strings.Cut(example, "```")
	if f, problems := ReadFile("docs/calendar.md", []byte(example)); len(problems) > 0 || len(f.Days) != 3 {
		t.Errorf("%d days, %s", len(f.Days), problems)
	}
}
