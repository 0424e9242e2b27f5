package draft

import (
	"strings"
	"testing"

	"dondoc/internal/issued"
)

// A page that breaks its lines at the margin is read as if it did not.
func TestBrokenLinesAreJoined(t *testing.T) {
	text := `ỦY BAN NHÂN DÂN
TỈNH KHÁNH HÒA
-------
|
CỘNG HÒA XÃ HỘI
CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
---------------
|
Số: 77/KH-UBND
|
Khánh Hòa, ngày
05 tháng 3 năm 2026
|
KẾ HOẠCH
PHÒNG, CHỐNG TAI NẠN LAO ĐỘNG TRÊN ĐỊA BÀN
TỈNH KHÁNH HÒA NĂM 2026
Căn cứ Quyết định số
150/QĐ-TTg ngày 20 tháng 01 năm 2026 của Thủ tướng
Chính phủ về an toàn lao động;
Theo đề nghị của Sở Lao động
- Thương binh và Xã hội, Ủy ban nhân dân tỉnh ban hành Kế hoạch
như sau:
I. MỤC ĐÍCH,
YÊU CẦU
1. Mục đích
- Nâng cao ý thức chấp hành quy định về an toàn của người sử
dụng lao động và người lao động trong các doanh nghiệp trên địa
bàn tỉnh.
II. TỔ CHỨC THỰC HIỆN
1. Sở Nội vụ
a) Chủ trì, phối hợp với Sở Xây dựng, Sở Công Thương tổ chức
kiểm tra các doanh nghiệp có nguy cơ cao; định kỳ hằng quý báo cáo
Ủy ban nhân dân tỉnh trước ngày 10 của tháng cuối quý.
b) Tuyên truyền, phổ biến pháp luật cho người sử dụng lao động
và người lao động.
2. Đề nghị Liên đoàn Lao động
tỉnh
Vận động đoàn viên thực hiện quy định về an toàn, vệ sinh lao
động tại nơi làm việc./.
TM. ỦY BAN NHÂN DÂN`
	var doc issued.Document
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			doc.Lines = append(doc.Lines, issued.Line{Number: i + 1, Text: line})
		}
	}
	d := Read(doc)
	if d.Plan.Number != "77/KH-UBND" || d.Plan.IssuedOn != "2026-03-05" || d.Plan.ValidTo != "2026-12-31" || !strings.HasSuffix(d.Plan.Title, "TỈNH KHÁNH HÒA NĂM 2026") {
		t.Errorf("facts %+v", d.Plan)
	}
	if len(d.LegalBases) != 1 || d.LegalBases[0].Number != "150/QĐ-TTg" || d.LegalBases[0].Issuer != "Thủ tướng Chính phủ" {
		t.Errorf("bases %+v", d.LegalBases)
	}
	if len(d.Purposes) != 1 || !strings.HasSuffix(d.Purposes[0].Text, "địa bàn tỉnh.") {
		t.Errorf("purposes %+v", d.Purposes)
	}
	if len(d.Agencies) != 2 || d.Agencies[0].Names[0] != "Sở Nội vụ" || d.Agencies[1].Names[0] != "Liên đoàn Lao động tỉnh" || d.Agencies[1].Mode != Requested || len(d.Agencies[0].Duties) != 2 {
		t.Fatalf("agencies %+v", d.Agencies)
	}
	duty := d.Agencies[0].Duties[0]
	if strings.Join(duty.Partners, "|") != "Sở Xây dựng|Sở Công Thương" || strings.Join(duty.Cadences, " ") != Quarterly || strings.Join(duty.Due, " ") != "--03-10 --06-10 --09-10 --12-10" {
		t.Errorf("duty %+v", duty)
	}
	if !strings.HasSuffix(d.Agencies[1].Duties[0].Text, "nơi làm việc./.") {
		t.Errorf("text %q", d.Agencies[1].Duties[0].Text)
	}
}
