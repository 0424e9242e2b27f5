package web

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"

	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

const (
	province, department, district, commune = 1, 2, 10, 100
	planTitle                               = "Phối hợp liên ngành phòng, chống mại dâm trên địa bàn tỉnh Đồng Nai, giai đoạn 2026 - 2030"
	communeText                             = "Thực hiện có hiệu quả mô hình phòng, chống mại dâm; quản lý, duy trì trong sạch địa bàn không để hiện tượng mại dâm tái hoạt động tại các tụ điểm mại dâm công cộng đã triệt xóa. Thống kê, báo cáo số người vi phạm tệ nạn mại dâm bị xử phạt hành chính trên địa bàn xã, phường, thị trấn."
)

func derived(closing string, n int, due string, off ...string) calendar.Derivation {
	note := calendar.Note{Kind: "plus_working_days", N: n}
	for _, o := range off {
		note.DaysOff = append(note.DaysOff, on(o))
	}
	return calendar.Derivation{Notes: []calendar.Note{{Kind: "window_end", Date: on(closing)}, note, {Kind: "end_of_day", Date: on(due)}}}
}

func ptr(t time.Time) *time.Time { return &t }

func communeTask(id int64, title, period string, state task.State, status task.Status, due string) task.Task {
	dueAt := on(due).AddDays(1).In(vietnam).UTC()
	return task.Task{
		ID: id, RoundID: id, DutyID: 7, PlanID: 1, AgencyID: commune, RecipientID: district, ReviewerID: district, IssuerID: province,
		AgencyName: "UBND xã Phước Thái", RecipientName: "UBND huyện Long Thành", ReviewerName: "UBND huyện Long Thành",
		AgencyPhone: "0251 000 0740", PlanTitle: planTitle, TimeZone: "Asia/Ho_Chi_Minh",
		DutyCode: "IV.15.i.3", DutyTitle: title, DutyText: communeText, Mode: "assigned", Review: "required",
		PeriodKey: period, State: state, Status: status, DueAt: dueAt, OriginalDueAt: dueAt, EffectiveDueAt: dueAt,
		Derivation: calendar.Derivation{Notes: []calendar.Note{{Kind: "fixed_date", Date: on(due)}, {Kind: "end_of_day", Date: on(due)}}},
		Version:    3,
	}
}

// sample is a commune on 16 June 2026, its district and the province above it.
func sample() *fake {
	returned := communeTask(11, "Báo cáo tình hình phòng, chống mại dâm", "2026-M05", task.StateReturned, task.NotDoneInTime, "2026-05-20")
	returned.EffectiveDueAt = on("2026-06-17").In(vietnam).UTC()
	returned.ResubmitDueAt = ptr(returned.EffectiveDueAt)
	returned.FirstSubmittedAt, returned.SubmittedAt = ptr(at("2026-05-18 09:12")), ptr(at("2026-05-18 09:12"))
	returned.Derivation = calendar.Derivation{Notes: []calendar.Note{
		{Kind: "resubmit", Date: on("2026-06-11")}, {Kind: "plus_working_days", N: 3, DaysOff: []calendar.Date{on("2026-06-13"), on("2026-06-14")}},
		{Kind: "end_of_day", Date: on("2026-06-16")}}}
	returned.Submissions = 1

	half := communeTask(12, "Báo cáo tình hình phòng, chống mại dâm", "2026-H1", task.StateOpen, task.NotDoneInTime, "2026-06-17")
	half.Derivation = derived("2026-06-14", 3, "2026-06-17")
	half.NilReturn = true
	half.WindowFrom, half.WindowTo = on("2025-12-15"), on("2026-06-14")

	late := communeTask(13, "Kế hoạch phòng, chống mại dâm của xã", "once", task.StateOpen, task.NotDoneOverdue, "2026-06-12")
	late.DaysLate = 4

	team := communeTask(14, "Kiện toàn Đội công tác xã hội tình nguyện cấp xã", "once", task.StateOpen, task.NotDoneInTime, "2026-06-30")
	april := communeTask(15, "Báo cáo tình hình phòng, chống mại dâm", "2026-M04", task.StateAccepted, task.DoneOnTime, "2026-04-20")
	april.SubmittedAt, april.SettledAt = ptr(at("2026-04-17 10:00")), ptr(at("2026-04-20 15:00"))
	quarter := communeTask(16, "Báo cáo tình hình phòng, chống mại dâm", "2026-Q1", task.StateAccepted, task.DoneLate, "2026-03-18")
	quarter.SubmittedAt, quarter.SettledAt = ptr(at("2026-03-19 10:00")), ptr(at("2026-03-20 15:00"))
	waiting := communeTask(17, "Thống kê số người bị xử phạt hành chính", "2026-M05", task.StateSubmitted, task.Waiting, "2026-06-17")
	waiting.SubmittedAt, waiting.FirstSubmittedAt = ptr(at("2026-06-15 16:20")), ptr(at("2026-06-15 16:20"))
	july := communeTask(18, "Báo cáo tình hình phòng, chống mại dâm", "2026-M07", task.StateScheduled, task.NotOpen, "2026-07-17")

	fields := []task.Field{
		{Indicator: "KT", Name: "Cơ sở kinh doanh dịch vụ được kiểm tra", UnitName: "lượt", Kind: "count"},
		{Indicator: "VP", Name: "Cơ sở vi phạm bị xử lý", UnitName: "cơ sở", Kind: "count"},
		{Indicator: "TT", Name: "Buổi tuyên truyền ở tổ dân phố, khu dân cư", UnitName: "buổi", Kind: "count"},
		{Indicator: "HT", Name: "Người được hỗ trợ dạy nghề, giải quyết việc làm", UnitName: "người", Kind: "count"},
	}
	steps := []task.Step{
		{ID: 1, Code: "opening", Kind: "opening", At: at("2026-05-27 08:00"), State: "done", RunAt: ptr(at("2026-05-27 08:00")), Recipients: 2},
		{ID: 2, Code: "before_1", Kind: "reminder", At: at("2026-06-16 08:00"), State: "done", RunAt: ptr(at("2026-06-16 08:00")), Recipients: 2, Audience: []string{"focal_point"}},
		{ID: 3, Code: "due_today", Kind: "due_today", At: at("2026-06-17 08:00"), State: "pending", Audience: []string{"focal_point"}},
		{ID: 4, Code: "overdue_1", Kind: "overdue", At: at("2026-06-18 08:00"), State: "pending", Audience: []string{"focal_point", "head"}, Derivation: afterDue(1)},
		{ID: 5, Code: "overdue_3", Kind: "urging_draft", At: at("2026-06-22 08:00"), State: "pending", Audience: []string{"supervisor"}, Derivation: afterDue(3)},
		{ID: 6, Code: "overdue_7", Kind: "escalation", At: at("2026-06-29 08:00"), State: "pending", Audience: []string{"plan_authority"}, Derivation: afterDue(7)},
	}
	sent := task.Submission{
		ID: 1, TaskID: 11, Number: 1, Kind: task.Report, Narrative: "Đã tuyên truyền ở 8/8 ấp.\nKhó khăn: dọc Quốc lộ 51 có nhiều nhà trọ mới.",
		Figures:        []task.Figure{{Indicator: "KT", Value: "14"}, {Indicator: "VP", Value: "1060"}},
		DocumentNumber: "38/BC-UBND", DocumentOn: on("2026-05-18"), SignatoryTitle: "Chủ tịch UBND xã",
		SubmittedAt: at("2026-05-18 09:12"), SubmittedByName: "Đầu mối UBND xã Phước Thái",
	}
	back := sent
	back.Review = &task.Review{
		Decision: task.Return, Reason: "Biểu ghi 14 lượt cơ sở được kiểm tra, biên bản kèm theo chỉ có 4. Đề nghị rà soát.",
		DecidedAt: at("2026-06-11 14:05"), DecidedByName: "Người theo dõi UBND huyện Long Thành", ResubmitDueAt: returned.ResubmitDueAt,
	}
	waitingSent := sent
	waitingSent.TaskID, waitingSent.SubmittedAt = 17, at("2026-06-15 16:20")
	opened := task.Event{At: at("2026-05-27 08:00"), Action: "task.opened"}

	f := &fake{
		people: map[string]policy.Actor{
			"commune": {UserID: 1, Name: "Đầu mối UBND xã Phước Thái", Language: "vi", Below: []int64{commune},
				Posts: []policy.Post{{AgencyID: commune, AgencyName: "UBND xã Phước Thái", Role: policy.FocalPoint}}},
			"english": {UserID: 2, Name: "Đầu mối UBND xã Phước Thái", Language: "en", Below: []int64{commune},
				Posts: []policy.Post{{AgencyID: commune, AgencyName: "UBND xã Phước Thái", Role: policy.FocalPoint}}},
			"district": {UserID: 3, Name: "Người theo dõi UBND huyện Long Thành", Language: "vi", Below: []int64{district, commune},
				Posts: []policy.Post{{AgencyID: district, AgencyName: "UBND huyện Long Thành", Role: policy.Supervisor}}},
			"department": {UserID: 4, Name: "Chi cục Phòng, chống tệ nạn xã hội", Language: "vi", Below: []int64{department, district, commune},
				Posts: []policy.Post{{AgencyID: department, AgencyName: "Chi cục Phòng, chống tệ nạn xã hội", Role: policy.Supervisor}}},
			"stranger": {UserID: 5, Name: "Đầu mối UBND xã Tân Hiệp", Language: "vi", Below: []int64{101},
				Posts: []policy.Post{{AgencyID: 101, AgencyName: "UBND xã Tân Hiệp", Role: policy.FocalPoint}}},
			"admin": {UserID: 6, Name: "Quản trị hệ thống", Language: "vi",
				Posts: []policy.Post{{AgencyID: department, AgencyName: "Chi cục Phòng, chống tệ nạn xã hội", Role: policy.Administrator}}},
		},
		passwords: map[string]string{"daumoi@phuocthai.dondoc.example": "commune", "theodoi@longthanh.dondoc.example": "district"},
		tasks:     []task.Task{half, team, late, returned, april, quarter, waiting, july},
		details: map[int64]task.Detail{
			11: {Task: returned, Fields: fields, Submissions: []task.Submission{back}, Steps: steps[:2], History: []task.Event{opened,
				{At: sent.SubmittedAt, Action: "task.submitted", Actor: sent.SubmittedByName},
				{At: back.Review.DecidedAt, Action: "task.returned", Actor: back.Review.DecidedByName}}},
			12: {Task: half, Fields: fields, Steps: steps, History: []task.Event{opened}},
			13: {Task: late, Steps: steps, History: []task.Event{opened}},
			14: {Task: team, History: []task.Event{opened}},
			17: {Task: waiting, Fields: fields, Submissions: []task.Submission{waitingSent}, Steps: steps, History: []task.Event{opened}},
		},
		plans: []plan.Record{{ID: 1, Title: planTitle, State: plan.Active}},
		duties: []plan.DutyRecord{
			{ID: 7, Code: "IV.15.h", Title: "Tổng hợp báo cáo của huyện, thị xã, thành phố", Scheduled: true},
			{ID: 8, Code: "IV.15.a", Title: "Kế hoạch triển khai 2026 - 2030", Scheduled: true},
			{ID: 9, Code: "IV.15.b", Title: "Hỗ trợ ngân sách", Scheduled: false},
		},
		notices: notice.Page{Unread: 1, Items: []notice.Item{
			{NotificationID: 5, Kind: notice.Returned, TaskID: 11, AgencyName: "UBND xã Phước Thái", DutyCode: "IV.15.i.3",
				DutyTitle: "Báo cáo tình hình phòng, chống mại dâm", PeriodKey: "2026-M05", DueAt: returned.EffectiveDueAt, TimeZone: "Asia/Ho_Chi_Minh", CreatedAt: at("2026-06-11 14:05")},
			{NotificationID: 4, Kind: notice.Opening, TaskID: 12, AgencyName: "UBND xã Phước Thái", DutyCode: "IV.15.i.3",
				DutyTitle: "Báo cáo tình hình phòng, chống mại dâm", PeriodKey: "2026-H1", DueAt: half.DueAt, TimeZone: "Asia/Ho_Chi_Minh", CreatedAt: at("2026-05-27 08:00"), ReadAt: ptr(at("2026-05-27 09:00"))},
			{NotificationID: 3, Kind: notice.Digest, TimeZone: "Asia/Ho_Chi_Minh", CreatedAt: at("2026-05-25 08:00"), ReadAt: ptr(at("2026-05-25 09:00"))},
		}},
	}
	f.board = sampleBoard()
	for i, name := range []string{"UBND thành phố Biên Hòa", "UBND huyện Tân Phú", "UBND huyện Long Thành", "UBND huyện Xuân Lộc"} {
		f.agencies = append(f.agencies, agency.Agency{ID: int64(10 + i), Name: name})
	}
	return f
}

func sampleBoard() task.Board {
	b := task.Board{
		At:     at("2026-06-19 08:00"),
		Counts: task.Counts{DoneOnTime: 1217, DoneLate: 31, NotDoneInTime: 60, NotDoneOverdue: 16, Waiting: 55, WaitingLate: 4, NotExpected: 2},
		Late:   [3]task.LateBand{{Days: task.Lateness[0], Tasks: 9}, {Days: task.Lateness[1], Tasks: 1}, {Days: task.Lateness[2], Tasks: 6}},
	}
	names := []string{"UBND huyện Tân Phú", "Sở Công Thương", "UBND xã Núi Tượng, huyện Tân Phú", "UBND xã Phú Lập, huyện Tân Phú", "UBND phường Trảng Dài, thành phố Biên Hòa", "UBND huyện Xuân Lộc"}
	for i, days := range []int{80, 80, 31, 2, 2, 1} {
		title, period, code := "Báo cáo tình hình phòng, chống mại dâm", "2026-H1", "IV.15.i.3"
		if days == 80 {
			title, period, code = "Kế hoạch triển khai 2026 - 2030", "once", "IV.15.a"
		}
		t := communeTask(int64(200+i), title, period, task.StateOpen, task.NotDoneOverdue, on("2026-06-19").AddDays(-days).String())
		t.AgencyName, t.DutyCode, t.DaysLate = names[i], code, days
		t.AgencyPhone = fmt.Sprintf("0251 000 0%d", 734+i)
		o := task.Overdue{Task: t, StepsTaken: 4 - i/2, NextStep: "urging_draft", NextStepAt: ptr(at("2026-06-22 08:00"))}
		if i == 2 {
			o.NextStep, o.NextStepAt = "", nil
		}
		b.Overdue = append(b.Overdue, o)
	}
	return b
}

var (
	tagOrSpace = regexp.MustCompile(`<[^>]*>`)
	blanks     = regexp.MustCompile(`\s+`)
)

// readable is the text of a page as a reader meets it: without tags, blanks joined.
func readable(page string) string {
	return blanks.ReplaceAllString(html.UnescapeString(tagOrSpace.ReplaceAllString(strings.ReplaceAll(page, "><", "> <"), "")), " ")
}

// afterDue explains a notice so many working days after 17 June.
func afterDue(workingDays int) calendar.Derivation {
	return calendar.Derivation{Notes: []calendar.Note{
		{Kind: "due", Date: calendar.NewDate(2026, 6, 17)}, {Kind: "plus_working_days", N: workingDays}, {Kind: "at_time", Date: calendar.NewDate(2026, 6, 17), Time: "08:00"},
	}}
}
