package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// previewed is a plan of two districts that report every quarter.
const previewed = `format: 1
code: nho
document: {type: Kế hoạch, title: Kế hoạch nhỏ, level: province}
issuer: tinh
valid_from: 2026-01-01
valid_to: 2026-06-30
agencies:
  - {code: tinh, name: UBND tỉnh, level: province}
  - {code: h1, name: UBND huyện Một, level: district, parent: tinh}
  - {code: h2, name: UBND huyện Hai, level: district, parent: tinh}
groups:
  - {code: huyen, name: UBND các huyện, children_of: tinh}
duties:
  - code: II.1
    text: Báo cáo hằng quý
    schedule_words: [hằng quý]
    cadences: quarterly
    agencies: "@huyen"
    roles: implementing
    recipient: tinh
    due: {district: {working_days: 5, time: "16:30"}}
`

func runPreview(t *testing.T, source string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nho.yaml")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	c := planPreview()
	c.SetArgs(append([]string{path}, args...))
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceUsage, c.SilenceErrors = true, true
	err := c.Execute()
	return out.String(), err
}

func TestPlanPreviewTable(t *testing.T) {
	got, err := runPreview(t, previewed)
	if err != nil {
		t.Fatal(err)
	}
	want := `Kế hoạch nhỏ (nho)
01/01/2026 – 07/07/2026

Kỳ đến hạn (2); hạn là hết ngày, trừ khi ghi giờ
Hạn               Nhiệm vụ  Kỳ           Cấp       Số đơn vị  Mở          Cách tính hạn
07/04/2026 16:30  II.1      Quý I/2026   district  2          17/03/2026  Chốt số liệu 31/03/2026 (Thứ Ba) · + 5 ngày làm việc · 16:30 ngày 07/04/2026
07/07/2026 16:30  II.1      Quý II/2026  district  2          16/06/2026  Chốt số liệu 30/06/2026 (Thứ Ba) · + 5 ngày làm việc · 16:30 ngày 07/07/2026

Mỗi người nhận bao nhiêu thư (mỗi sáng nhiều nhất một thư)
Nhóm đơn vị     Số đơn vị  Người nhận        Nếu đều đúng hạn         Nhiều nhất                  Sáng nhiều nhất
UBND tỉnh       1          người theo dõi    6 (riêng số liệu tuần 6)  17 (riêng số liệu tuần 16)  10/04/2026: 2 mục
UBND tỉnh       1          cơ quan ban hành  6 (riêng số liệu tuần 6)  16 (riêng số liệu tuần 15)  20/04/2026: 3 mục
UBND các huyện  2          đầu mối           10 (riêng số liệu tuần 4)  21 (riêng số liệu tuần 14)  06/04/2026: 2 mục
UBND các huyện  2          thủ trưởng        0                         1                           08/04/2026: 1 mục

Ngày nhiều hạn nhất của một đơn vị
Nhóm đơn vị     Tổng số hạn  Ngày nhiều nhất  Nhiệm vụ
UBND các huyện  2            07/04/2026: 1    II.1

Cả hệ thống gửi nhiều nhất trong một sáng: 4 thư nếu đều đúng hạn (23/03/2026), 4 thư nếu không ai gửi (23/03/2026)
`
	if squeezed(got) != squeezed(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// squeezed leaves the widths of columns out.
func squeezed(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func TestPlanPreviewForPrograms(t *testing.T) {
	got, err := runPreview(t, previewed, "--format", "json", "--lang", "en", "--agency", "h1", "--from", "2026-04-01", "--to", "2026-06-30")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Agency struct{ Code string }
		Rounds []struct {
			DutyCode string `json:"duty_code"`
			Tasks    []struct {
				DueAt      string `json:"due_at"`
				Derivation string
				Agencies   int
			}
		}
	}
	if err := json.Unmarshal([]byte(got), &answer); err != nil || answer.Agency.Code != "h1" || len(answer.Rounds) != 1 || answer.Rounds[0].Tasks[0].DueAt != "2026-04-07T09:30:00Z" ||
		answer.Rounds[0].Tasks[0].Agencies != 1 || answer.Rounds[0].DutyCode != "II.1" {
		t.Errorf("%v: %s", err, got)
	}
	if got, err = runPreview(t, previewed, "--format", "csv"); err != nil || strings.Count(got, "\n") != 3 || !strings.HasPrefix(got, "agency,duty,") {
		t.Errorf("%v: %s", err, got)
	}
	if got, err = runPreview(t, previewed, "--format", "ics"); err != nil || strings.Count(got, "BEGIN:VEVENT") != 2 || !strings.Contains(got, "SUMMARY:Hạn II.1 · Quý I/2026") {
		t.Errorf("%v: %s", err, got)
	}
	if got, err = runPreview(t, previewed, "--lang", "en"); err != nil || !strings.Contains(got, "Data closed 31/03/2026 (Tuesday)") || !strings.Contains(got, "plan authority") {
		t.Errorf("%v: %s", err, got)
	}
}

func TestPlanPreviewRefuses(t *testing.T) {
	for _, c := range []struct {
		source string
		args   []string
		want   string
	}{
		{previewed, []string{"--format", "pdf"}, "--format is table, json, csv or ics"},
		{previewed, []string{"--from", "01/02/2026"}, "2026-11-23"},
		{previewed, []string{"--agency", "xa"}, "Văn bản không có cơ quan mã “xa”."},
		{previewed, []string{"--agency", "xa", "--lang", "en"}, "The plan has no agency with the code “xa”."},
		{previewed, []string{"--from", "2026-02-01", "--to", "2026-01-31"}, "Khoảng xem trước kết thúc ngày 31/01/2026"},
		{"format: 1\n", nil, "there is nothing to preview"},
	} {
		if _, err := runPreview(t, c.source, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}
