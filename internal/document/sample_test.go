package document_test

import (
	"fmt"
	"time"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/document"
	"dondoc/internal/form"
	"dondoc/internal/indicator"
	"dondoc/internal/paper"
	"dondoc/internal/task"
)

var (
	zone  = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)
	made  = time.Date(2026, 7, 1, 3, 0, 0, 0, time.UTC)
	today = calendar.NewDate(2026, 7, 1)
)

const planTitle = "Kế hoạch phòng, chống tệ nạn mại dâm trên địa bàn tỉnh Đồng Nai giai đoạn 2026 - 2030"

func head() paper.Letterhead {
	return paper.DefaultLetterhead(agency.Agency{Name: "Sở Lao động - Thương binh và Xã hội", ShortName: "Sở LĐTBXH"}, []agency.Agency{{Name: "UBND tỉnh Đồng Nai"}})
}

func definition(code, name, unit string) indicator.Definition {
	return indicator.Definition{Code: code, Name: name, UnitName: unit}
}

// quarterly is a report with the usual table in full and thirty units.
func quarterly() document.Report {
	r := document.Report{
		Letterhead: head(), Recipient: "UBND tỉnh Đồng Nai", Today: today, Made: made, Consolidated: true,
		Filled: form.Filled{
			Form: form.Form{Sections: []form.Section{
				{Heading: "Công tác tuyên truyền", Narrative: true, Rows: []form.Row{
					{Definition: definition("buoi", "Số buổi tuyên truyền", "buổi"), Ordinal: "1"},
					{Definition: definition("buoi.truong", "tại trường học", "buổi"), Depth: 1},
					{Definition: definition("tien", "Kinh phí đã sử dụng", "đồng"), Ordinal: "2"},
				}},
				{Heading: "Khó khăn, vướng mắc", Narrative: true},
			}},
			PlanTitle: planTitle, DutyTitle: "Báo cáo kết quả phòng, chống tệ nạn mại dâm", PeriodKey: "2026-Q2",
			From: calendar.NewDate(2026, 4, 1), To: calendar.NewDate(2026, 6, 30),
			Figures: map[string]form.Figures{
				"buoi":        {YearPlan: "12000", InPeriod: "8000", YearToDate: "9000", PlanToDate: "10000", YearBefore: "7000", PercentOfPlan: "75", PercentOfYearBefore: "114.29"},
				"buoi.truong": {InPeriod: "12.5"},
				"tien":        {YearPlan: "7121040000", InPeriod: "1780260000", YearToDate: "3560520000"},
			},
			Texts: []string{
				"Đã tổ chức các buổi tuyên truyền tại xã, phường, thị trấn; phối hợp với các đơn vị liên quan kiểm tra các cơ sở kinh doanh dịch vụ có điều kiện về an ninh, trật tự.\nĐã cấp phát tờ rơi.",
				"Kinh phí cấp chậm.",
			},
		},
		Definitions: []indicator.Definition{definition("buoi", "Số buổi tuyên truyền", "buổi"), definition("buoi.truong", "Tại trường học", "buổi"), definition("tien", "Kinh phí", "đồng")},
	}
	for i := range 30 {
		in := consolidation.Input{AgencyName: fmt.Sprintf("UBND xã số %d", i+1), PeriodKey: "2026-Q2", Standing: consolidation.In, Figures: map[string]string{"buoi": "1200", "buoi.truong": "0.5", "tien": "59342000"}}
		switch i % 7 {
		case 3:
			in.Standing, in.Figures = consolidation.Missing, nil
		case 5:
			in.Late = true
		}
		r.Inputs = append(r.Inputs, in)
	}
	return r
}

func urged(n int, requested func(int) bool) []document.Urged {
	list := make([]document.Urged, n)
	for i := range list {
		list[i] = document.Urged{
			TaskID: int64(i + 1), Agency: fmt.Sprintf("UBND huyện Thứ %d", i/2+1), PlanTitle: planTitle, DutyCode: "IV.15.h", DutyTitle: "Báo cáo kết quả triển khai",
			PeriodKey: "2026-M06", Due: calendar.NewDate(2026, 6, 25), DaysLate: 6 - i, Requested: requested(i),
		}
	}
	return list
}

func letter() document.UrgingLetter {
	return document.UrgingLetter{Letterhead: head(), Urged: urged(8, func(i int) bool { return i > 5 }), Text: "Đề nghị gửi trước ngày 10/7/2026.", Today: today, Made: made}
}

func summary() document.Summary {
	s := document.Summary{Letterhead: head(), PlanTitle: planTitle, PeriodKey: "2026-Q2", At: made, Zone: zone}
	for i := range 60 {
		s.Lines = append(s.Lines, document.SummaryLine{Agency: fmt.Sprintf("UBND phường số %d", i+1), Tally: task.Tally{Owed: 10, DoneOnTime: 5, DoneLate: 1, NotDoneInTime: 1, NotDoneOverdue: 2, Waiting: i % 2}})
	}
	return s
}

func overdue(n int) document.OverdueAnnex {
	a := document.OverdueAnnex{Letterhead: head(), PlanTitle: planTitle, At: made, Zone: zone}
	for i := range n {
		a.Overdue = append(a.Overdue, document.Overdue{
			DutyCode: "IV.15.h", DutyTitle: "Tổ chức kiểm tra liên ngành các cơ sở kinh doanh dịch vụ", PeriodKey: "2026-Q2", Plan: document.Plan("kế hoạch", planTitle, "12/KH-UBND", calendar.NewDate(2026, 1, 5)),
			Lead: fmt.Sprintf("UBND xã thứ %03d", i+1), Coordinating: []string{"Công an tỉnh", "Sở Y tế"}, Due: calendar.NewDate(2026, 6, 25), DaysLate: 6,
			Reasons: []string{"Chờ số liệu của các ấp", "Khó khăn, vướng mắc: thiếu kinh phí"}, Proposals: []string{"Gia hạn đến ngày 15/07/2026"},
		})
	}
	return a
}

func contacts() document.Contacts {
	return document.Contacts{Letterhead: head(), PlanTitle: planTitle, At: made, Zone: zone, Contacts: []document.Contact{
		{Agency: "UBND xã An Phước", People: []string{"Đầu mối thứ nhất", "Đầu mối thứ hai"}, Mailbox: "anphuoc@dondoc.example", Phone: "0251 3822 501"}, {Agency: "UBND xã Long Đức"},
	}}
}

// papers are one of each document, by the name under which its rendering is kept.
func papers() map[string]paper.Document {
	sent := quarterly()
	sent.Sent, sent.Number, sent.SignedOn, sent.Signatory = true, "07/BC-SLĐTBXH", calendar.NewDate(2026, 7, 2), "Phó Giám đốc"
	for code, f := range sent.Filled.Figures {
		sent.Filled.Figures[code] = form.Figures{InPeriod: f.InPeriod, YearToDate: f.YearToDate}
	}
	return map[string]paper.Document{
		"bao-cao-du-thao": quarterly().Paper(), "bao-cao": sent.Paper(), "cong-van-don-doc": letter().Paper(),
		"phu-luc-tong-hop": summary().Paper(), "phu-luc-qua-han": overdue(40).Paper(), "danh-sach-dau-moi": contacts().Paper(),
	}
}
