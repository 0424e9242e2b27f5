package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"dondoc/internal/task"
)

// postSheet sends a workbook as a browser does.
func (s *site) postSheet(path string, form url.Values, content string) body {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name := range form {
		if err := w.WriteField(name, form.Get(name)); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("sheet", "bieu.xlsx")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+path, &b)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(r)
}

// typedInto types into the first sheet of a downloaded workbook.
func typedInto(t *testing.T, workbook string, cells map[string]any) string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	for cell, value := range cells {
		if err := f.SetCellValue(f.GetSheetName(0), cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFilledSheetFillsTheFormOnThePage(t *testing.T) {
	s := newSite(t, sample()).as("commune")
	page := s.get("/viec/12")
	page.shows(t, "Điền bằng Excel", "Tải biểu mẫu Excel", "Nạp biểu")
	sheet := s.get("/viec/12/bieu-mau.xlsx")
	if sheet.status != http.StatusOK || !strings.HasPrefix(sheet.header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(sheet.text, "PK") {
		t.Fatalf("%d %v", sheet.status, sheet.header)
	}
	// Row 5 asks whether there is something, 8 to 11 are the figures, 13 the text.
	got := s.postSheet("/viec/12/bieu-mau", nil, typedInto(t, sheet.text, map[string]any{"E8": "1.060", "A13": "Đã tuyên truyền."}))
	got.shows(t, "Đã nạp biểu vào bản nháp, chưa gửi")
	if got.status != http.StatusOK || !strings.Contains(got.text, `value="1.060"`) || !strings.Contains(got.text, "Đã tuyên truyền.</textarea>") || len(s.submitted) != 0 {
		t.Errorf("%d: the form does not hold what the sheet says\n%s", got.status, readable(got.text))
	}

	got = s.postSheet("/viec/12/bieu-mau", nil, typedInto(t, sheet.text, map[string]any{"E8": "tám", "E9": "chín"}))
	got.shows(t, "Ô E8: ", "“tám” không phải là số", "Ô E9: ")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, `href="#o-sheet"`) || !strings.Contains(got.text, `id="o-sheet"`) {
		t.Errorf("%d: the errors lead nowhere", got.status)
	}
	s.postSheet("/viec/12/bieu-mau", nil, "").shows(t, "Chọn tệp .xlsx đã điền.")
	s.postSheet("/viec/12/bieu-mau", nil, "a,b\n").shows(t, "Excel Workbook (.xlsx)")
	if got := s.as("stranger").get("/viec/12/bieu-mau.xlsx"); got.status != http.StatusNotFound {
		t.Errorf("a stranger: %d", got.status)
	}
	if got := s.as("").get("/viec/12/bieu-mau.xlsx"); got.status != http.StatusSeeOther {
		t.Errorf("nobody: %d", got.status)
	}
}

func TestARoundIsRecordedFromATable(t *testing.T) {
	f := sample()
	d := f.details[12]
	d.MayRecord = true
	f.details[12] = d
	s := newSite(t, f).as("district")
	s.get("/viec/12").shows(t, "Ghi nhận thay cho nhiều đơn vị bằng Excel")
	s.get("/ky/5").shows(t, "Ghi nhận thay từ bảng tính", "Tải biểu tổng hợp", "Hình thức nhận")
	sheet := s.get("/ky/5/tong-hop.xlsx")
	form := url.Values{"received_at": {"14:30 15/06/2026"}, "channel": {"paper"}, "evidence": {"Văn thư"}}
	s.postSheet("/ky/5/tong-hop", form, typedInto(t, sheet.text, map[string]any{"E6": "8.000"})).shows(t, "Đã ghi nhận 1 báo cáo.")
	if len(s.sheets.recorded) != 1 {
		t.Fatalf("%+v", s.sheets.recorded)
	}
	if in := s.sheets.recorded[0]; in.TaskID != 12 || in.Channel != task.ChannelPaper || in.Evidence != "Văn thư" || in.ReceivedAt.Format("2006-01-02 15:04") != "2026-06-15 07:30" {
		t.Errorf("%+v", in)
	}
	wrong := s.postSheet("/ky/5/tong-hop", form, typedInto(t, sheet.text, map[string]any{"E6": "tám"}))
	wrong.shows(t, "Ô E6: ")
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.text, `value="14:30 15/06/2026"`) || len(s.sheets.recorded) != 1 {
		t.Errorf("%d: what was typed is lost", wrong.status)
	}
	form.Set("received_at", "hôm qua")
	s.postSheet("/ky/5/tong-hop", form, typedInto(t, sheet.text, map[string]any{"E6": 1})).shows(t, "giờ:phút ngày/tháng/năm")
	if got := s.as("commune").get("/ky/5"); got.status != http.StatusNotFound {
		t.Errorf("whoever records nothing: %d", got.status)
	}
}

func TestListsAreOfferedAsWorkbooks(t *testing.T) {
	s := newSite(t, sample()).as("district")
	board := s.get("/theo-doi?van-ban=1&nhiem-vu=7")
	if !strings.Contains(board.text, `href="/api/v1/exports/overdue.xlsx?duty=7&amp;plan=1"`) {
		t.Errorf("the board's export is not narrowed as the board is\n%s", board.text)
	}
	for page, link := range map[string]string{"/viec": "tasks.xlsx?mine=true", "/de-nghi": "requests.xlsx"} {
		if got := s.as("commune").get(page); !strings.Contains(got.text, `href="/api/v1/exports/`+link+`"`) {
			t.Errorf("%s does not link %s", page, link)
		}
	}
}
