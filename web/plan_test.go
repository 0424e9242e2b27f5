package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dondoc/internal/browsertest"
	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// documented is the sample with the text of its plan around the duties.
func documented() *fake {
	f := sample()
	f.duties = []plan.DutyRecord{
		{ID: 5, PlanID: 1, Code: "IV.5.b", Title: "Chương trình can thiệp", Text: "Chủ trì xây dựng chương trình can thiệp dự phòng.", Scheduled: true,
			Owners: []plan.AssignmentRecord{{AgencyID: 9, AgencyName: "Sở Y tế", Role: plan.Lead}, {AgencyID: 8, AgencyName: "Sở Tài chính", Role: plan.Coordinating}}},
		{ID: 7, PlanID: 1, Code: "IV.15.h", Title: "Tổng hợp báo cáo", Text: "Tổng hợp báo cáo đột xuất, thường xuyên.\nGửi Sở Lao động.", Scheduled: true, Mode: plan.Requested, Configured: []string{"schedule.due"},
			Owners: []plan.AssignmentRecord{{AgencyID: 10, AgencyName: "UBND huyện Long Thành", Role: plan.Implementing}}},
		{ID: 8, PlanID: 1, Code: "IV.15.i", Title: "Chỉ đạo UBND cấp xã", Owners: []plan.AssignmentRecord{{AgencyID: 10, AgencyName: "UBND huyện Long Thành", Role: plan.Implementing}}},
	}
	f.duties = append(f.duties, plan.DutyRecord{ID: 9, PlanID: 1, Code: "IV.16.a", Title: "Cử thành viên", Text: "Cử người tham gia Đội 178.",
		Owners: []plan.AssignmentRecord{{AgencyID: 12, AgencyName: "Sở Tư pháp", Role: plan.Member}}})
	f.issuedPlans.content = []plan.ContentRecord{
		{Item: plan.Item{Code: "I.1", Text: "Nâng cao nhận thức."}, Purpose: true},
		{Item: plan.Item{Code: "III.1.a", Text: "Tuyên truyền ở cơ sở."}, Duties: []plan.DutyName{{Code: "IV.5.b"}}},
		{Item: plan.Item{Code: "III.1.b", Text: "Kiểm tra cơ sở."}},
	}
	f.issuedPlans.progress = task.Progress{At: at("2026-06-16 08:00"), Duties: map[int64]task.DutyProgress{
		7: {RoundID: 3, PeriodKey: "2026-H1", DueAt: on("2026-06-19").In(vietnam).UTC(), Counts: task.Counts{DoneOnTime: 1, NotDoneInTime: 1},
			Members: []task.Member{{TaskID: 21, Agency: "UBND huyện Long Thành", Status: task.DoneOnTime}, {TaskID: 22, Agency: "UBND huyện Tân Phú", Status: task.NotDoneInTime}},
			Overdue: 1, OverdueSince: ptr(on("2026-06-12").In(vietnam).UTC())},
	}}
	f.issuedPlans.rounds = []task.Round{{PeriodKey: "2026-Q3", DueAt: on("2026-09-19").In(vietnam).UTC(), State: "scheduled"}, {PeriodKey: "2026-H1", DueAt: on("2026-06-19").In(vietnam).UTC(), State: "open", Tasks: 2}}
	return f
}

func TestTheDocumentIsTheNavigation(t *testing.T) {
	s := newSite(t, documented()).as("department")
	s.get("/van-ban").shows(t, "Văn bản giao nhiệm vụ", planTitle)
	page := s.get("/van-ban/1")
	page.shows(t, planTitle, "Mục đích, yêu cầu", "Nâng cao nhận thức.", "Thực hiện qua IV.5.b", "Chưa giao cho cơ quan nào",
		"IV.5. Sở Y tế", "IV.16. Sở Tư pháp", "Chưa mở kỳ nào", "Tổng hợp báo cáo đột xuất, thường xuyên.", "hạn 18/06/2026", "1 việc quá hạn, lâu nhất 5 ngày",
		"UBND huyện Tân Phú: Chưa hoàn thành, trong hạn", "Thường xuyên, báo cáo trong báo cáo định kỳ")
	for _, piece := range []string{`href="/viec/22"`, `href="/van-ban/1?nv=IV.15.h#n-IV.15.h"`, `id="n-IV.15.h"`, `href="#n-muc-IV.15"`, `href="/theo-doi?van-ban=1"`} {
		if !strings.Contains(page.text, piece) {
			t.Errorf("the page lacks %s", piece)
		}
	}
	page.lacks(t, "Nhiệm vụ IV.15.h")
}

func TestAChosenDutyTellsWhoAndWhen(t *testing.T) {
	s := newSite(t, documented()).as("department")
	page := s.get("/van-ban/1?nv=IV.15.h")
	page.shows(t, "Nhiệm vụ IV.15.h", "Thực hiện", "UBND huyện Long Thành", "Đề nghị", "Có phần do cơ quan ban hành đặt", "Chưa mở", "18/09/2026", "Xem trên bảng theo dõi")
	if !strings.Contains(page.text, `class="para chosen" id="n-IV.15.h"`) {
		t.Error("the chosen paragraph is not marked")
	}
	// What is no duty chooses nothing.
	s.get("/van-ban/1?nv=khac").lacks(t, "Nhiệm vụ khac")
}

func TestAgenciesFindTheirDuties(t *testing.T) {
	f := documented()
	for i, name := range []string{"UBND huyện Tân Phú", "UBND huyện Định Quán", "UBND huyện Xuân Lộc"} {
		for d := range f.duties {
			if strings.HasPrefix(f.duties[d].Code, "IV.15.") {
				f.duties[d].Owners = append(f.duties[d].Owners, plan.AssignmentRecord{AgencyID: int64(40 + i), AgencyName: name, Role: plan.Implementing})
			}
		}
	}
	s := newSite(t, f).as("department")
	page := s.get("/van-ban/1/phan-cong")
	page.shows(t, "Ai làm gì", "Sở Y tế IV.5.b Chương trình can thiệp Chủ trì", "Sở Tài chính IV.5.b Chương trình can thiệp Phối hợp",
		"4 cơ quan, đơn vị: UBND huyện Long Thành, UBND huyện Tân Phú, UBND huyện Định Quán … IV.15.h", "Sở Tư pháp IV.16.a")
	if n := strings.Count(page.text, "IV.15.h</span>"); n != 1 {
		t.Errorf("what four agencies owe alike is told %d times", n)
	}
}

func TestRoundsAndOwnPlansHaveTheirTabs(t *testing.T) {
	f := documented()
	f.issuedPlans.rounds[1].DutyCode, f.issuedPlans.rounds[1].DutyTitle, f.issuedPlans.rounds[1].OpensAt = "IV.15.h", "Tổng hợp báo cáo", at("2026-05-29 08:00")
	f.issuedPlans.covered = []plan.Coverage{{DutyID: 6, DutyCode: "IV.15.a", DutyTitle: "Kế hoạch riêng", Units: 11, Have: 9, Draft: 1}}
	s := newSite(t, f).as("department")
	s.get("/van-ban/1/ky").shows(t, "IV.15.h Tổng hợp báo cáo", "29/05/2026", "18/06/2026", "Đang mở", "Chưa mở")
	page := s.get("/van-ban/1/ke-hoach-rieng")
	page.shows(t, "IV.15.a Kế hoạch riêng 11 9 1 1", "Đơn vị chưa có")
	if !strings.Contains(page.text, `href="/api/v1/exports/coverage.xlsx?plan=1&amp;duty=6&amp;has=no"`) {
		t.Error("the units without cannot be had as a list")
	}
	f.issuedPlans.rounds, f.issuedPlans.covered = nil, nil
	s.get("/van-ban/1/ky").shows(t, "Chưa có kỳ báo cáo nào.")
	s.get("/van-ban/1/ke-hoach-rieng").shows(t, "Văn bản này không giao lập kế hoạch riêng.")
}

func TestAPlanOutOfSightIsNotFound(t *testing.T) {
	s := newSite(t, documented()).as("stranger")
	for _, path := range []string{"/van-ban/2", "/van-ban/x", "/van-ban/-1", "/van-ban/2/phan-cong", "/van-ban/2/ky", "/van-ban/2/ke-hoach-rieng"} {
		if got := s.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestSearchLeadsToTheParagraph(t *testing.T) {
	f := documented()
	f.issuedPlans.found = plan.Found{Plans: f.plans[:1], Duties: []plan.FoundDuty{{PlanID: 1, PlanTitle: planTitle, Code: "IV.15.h", Title: "Tổng hợp báo cáo", Text: hostile, Owners: []string{"Sở Y tế"}}}, More: true,
		Results: []plan.FoundResult{{TaskID: 31, PlanTitle: planTitle, DutyTitle: "Báo cáo kết quả", PeriodKey: "2026-M05", Agency: "Sở Tư pháp", DocumentNumber: "9/BC-STP",
			SubmittedAt: time.Date(2026, 6, 15, 18, 0, 0, 0, time.UTC), TimeZone: "Asia/Ho_Chi_Minh", Excerpt: "…đã tổng hợp " + hostile}}, MoreResults: true}
	s := newSite(t, f).as("department")
	page := s.get("/tim?q=tong+hop+%22%3E")
	page.shows(t, "3 kết quả. Còn nữa", "IV.15.h Tổng hợp báo cáo", "Sở Y tế · "+planTitle, planTitle,
		"Báo cáo kết quả, tháng 05/2026", "…đã tổng hợp", "Sở Tư pháp · số 9/BC-STP · gửi ngày 16/06/2026 · "+planTitle, "Còn kết quả khác, cũ hơn")
	if !strings.Contains(page.text, `href="/viec/31"`) || !strings.Contains(page.text, `href="/van-ban/1?nv=IV.15.h#n-IV.15.h"`) || !strings.Contains(page.text, `value="tong hop &#34;&gt;"`) || strings.Contains(page.text, "<script>") {
		t.Error("the page does not lead to the duty, or lost or broke what was asked")
	}
	if len(s.searched) != 1 || s.searched[0] != `tong hop ">` {
		t.Errorf("searched for %q", s.searched)
	}
	f.issuedPlans.found = plan.Found{}
	newSite(t, f).as("department").get("/tim?q=xyz").shows(t, "Không tìm thấy.", "IV.15.h")
	newSite(t, f).as("department").get("/tim").lacks(t, "Không tìm thấy.")
}

func TestPlansInABrowser(t *testing.T) {
	s := newSite(t, documented())
	b := browsertest.Start(t, 3*time.Minute)
	for _, width := range []int64{360, 1440} {
		look(t, b, width, "van-ban", s.url+"/van-ban", "department")
		look(t, b, width, "van-ban-1", s.url+"/van-ban/1", "department")
		look(t, b, width, "tim", s.url+"/tim?q=bao+cao", "department")
		look(t, b, width, "van-ban-1-nhiem-vu", s.url+"/van-ban/1?nv=IV.15.h", "department")
	}
}
