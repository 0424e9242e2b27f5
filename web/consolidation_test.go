package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/indicator"
	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// summed is what the fake was asked to do with reports that sum up others.
type summed struct {
	taken    []consolidation.TakeOverInput
	comments []task.CommentInput
	takeErr  error
}

func (f *fake) Consolidation(_ context.Context, _ policy.Actor, id int64) (consolidation.View, error) {
	total := indicator.Of(decimal.NewFromInt(1200))
	return consolidation.View{
		TaskID: id, Seen: "0a1b", Stale: true, Expected: 2, Missing: []consolidation.Gone{{TaskID: 12, AgencyName: "UBND xã Hai", Standing: consolidation.Missing}},
		Definitions: []indicator.Definition{{Code: "vu", Name: "Số vụ", UnitName: "vụ"}}, Figures: []indicator.Figure{{Value: "1200", Total: total, Parts: []indicator.Part{{Unit: 5, Source: 41, Total: total}}}},
		Inputs: []consolidation.Input{
			{TaskID: 11, AgencyID: 5, AgencyName: "UBND xã Một", PeriodKey: "2026-M05", Standing: consolidation.In, Number: 2, Comments: []task.Comment{{Text: "Đã hỏi lại.", WrittenBy: "Cán bộ", WrittenAt: at("2026-06-10 09:00")}}},
			{TaskID: 12, AgencyID: 6, AgencyName: "UBND xã Hai", PeriodKey: "2026-M05", Standing: consolidation.Missing, Late: true},
		},
		Headings: []string{"Kết quả", "Kiến nghị"}, Paragraphs: []consolidation.Paragraph{{Section: 1, TaskID: 11, Source: "UBND xã Một (số 12/BC-UBND, kỳ 2026-M05, lần 2)", Text: "Đề nghị hỗ trợ."}},
		Marks: []consolidation.Mark{{TaskID: 11, AgencyName: "UBND xã Một", Reason: consolidation.VersionChanged, Old: 1, New: 2, At: at("2026-06-10 09:12")}},
		Taken: &consolidation.Taken{}, Changes: []indicator.Change{{Code: "vu", Old: "1000", New: "1200"}}, MayTakeOver: true, MayComment: true,
	}, nil
}

func (f *fake) ConsolidatedFigure(_ context.Context, _ policy.Actor, id int64, code string) (consolidation.Opened, error) {
	if code != "vu" {
		return consolidation.Opened{}, fault.New(fault.NotFound, "consolidation.figure", "Không có chỉ tiêu này.", "No such figure.")
	}
	base := consolidation.Node{TaskID: 21, AgencyName: "UBND xã Ba", PeriodKey: "2026-M05", Number: 1, Value: "1100"}
	return consolidation.Opened{TaskID: id, Definition: indicator.Definition{Code: "vu", Name: "Số vụ"}, Value: "1200",
		Parts:  []consolidation.Node{{TaskID: 11, AgencyName: "UBND huyện Một", PeriodKey: "2026-M05", Number: 2, Value: "1200", Computed: "1100", Edited: true, Parts: []consolidation.Node{base}}},
		Levels: []consolidation.LevelSum{{Level: "district", Units: 1, Value: "1200"}}}, nil
}

func (f *fake) CommentInput(_ context.Context, _ policy.Actor, in task.CommentInput) (task.Comment, error) {
	in, err := in.Clean()
	if err == nil {
		f.summed.comments = append(f.summed.comments, in)
	}
	return task.Comment{}, err
}

func (f *fake) TakeOver(_ context.Context, _ policy.Actor, in consolidation.TakeOverInput) (task.Draft, error) {
	if f.takeErr != nil {
		return task.Draft{}, f.takeErr
	}
	f.taken = append(f.taken, in)
	return task.Draft{}, nil
}

func summing(t *testing.T) *fake {
	t.Helper()
	f := sample()
	d, ok := f.details[13]
	if !ok {
		t.Fatal("the sample has no task 13")
	}
	d.Consolidates = true
	d.Comments = []task.Comment{{AgencyName: "UBND huyện", WrittenBy: "Cán bộ", WrittenAt: at("2026-06-10 09:00"), Text: "Kiểm tra lại số vụ."}}
	d.Upward = []task.Upward{{AgencyName: "UBND huyện", DutyCode: "H", PeriodKey: "2026-M05", Number: 1, AcceptedAt: at("2026-06-12 10:00"), DocumentNumber: "15/BC-UBND"}}
	f.details[13] = d
	return f
}

func TestAConsolidatedReportShowsWhatItIsMadeOf(t *testing.T) {
	s := newSite(t, summing(t)).as("department")
	page := s.get("/viec/13")
	page.shows(t, "Lần 1 đã được tổng hợp vào báo cáo số 15/BC-UBND của UBND huyện, được chấp nhận ngày 12/06/2026", "Kiểm tra lại số vụ.", "Xem số liệu tổng hợp từ các đơn vị")
	page = s.get("/viec/13/tong-hop")
	page.shows(t, "đã có 1/2 báo cáo", "Còn thiếu: UBND xã Hai.", "Số liệu đã lấy không còn mới.", "UBND xã Một: lần 2 thay lần 1 (10/06/2026, 09:12)", "chưa gửi", "quá hạn", "1.200", "lúc lấy vào báo cáo: 1.000",
		"Kiến nghị", "UBND xã Một (số 12/BC-UBND, kỳ 2026-M05, lần 2)", "Đề nghị hỗ trợ.", "Đã hỏi lại.")
	for _, piece := range []string{`href="/viec/13/tong-hop?chi-tieu=vu#so-vu"`, `name="seen" value="0a1b"`, `action="/viec/13/tong-hop/gop-y/12"`} {
		if !strings.Contains(page.text, piece) {
			t.Errorf("the page lacks %s", piece)
		}
	}
	s.get("/viec/13/tong-hop?chi-tieu=vu").shows(t, "UBND huyện Một", "(các đơn vị cộng lại: 1.100)", "UBND xã Ba", "1.200, cộng từ 1 báo cáo. Chưa có: UBND xã Hai.", "Cấp huyện (1 đơn vị): 1.200")
	if got := s.get("/viec/13/tong-hop?chi-tieu=khac"); got.status != http.StatusNotFound {
		t.Errorf("a figure that is not there: %d", got.status)
	}
}

func TestFiguresAreTakenOverAndInputsCommentedOn(t *testing.T) {
	f := summing(t)
	s := newSite(t, f).as("department")
	if got := s.post("/viec/13/tong-hop/lay-so-lieu", url.Values{"seen": {"0a1b"}, "version": {"4"}, "narrative": {"1"}}); got.status != http.StatusSeeOther {
		t.Errorf("taken over: %d", got.status)
	}
	if len(f.taken) != 1 || f.taken[0] != (consolidation.TakeOverInput{TaskID: 13, Version: 4, Seen: "0a1b", Narrative: true}) {
		t.Errorf("asked for %+v", f.taken)
	}
	if got := s.post("/viec/13/tong-hop/gop-y/12", url.Values{"text": {"Báo cáo còn thiếu."}}); got.status != http.StatusSeeOther || len(f.summed.comments) != 1 || f.summed.comments[0] != (task.CommentInput{TaskID: 13, InputID: 12, Text: "Báo cáo còn thiếu."}) {
		t.Errorf("commented: %d %+v", got.status, f.summed.comments)
	}
	s.post("/viec/13/tong-hop/gop-y/12", url.Values{"text": {" "}}).shows(t, "Ghi ý kiến gửi đơn vị.")
	f.takeErr = fault.New(fault.Conflict, "consolidation.changed", "Báo cáo của cấp dưới đã thay đổi.", "The reports have changed.")
	if got := s.post("/viec/13/tong-hop/lay-so-lieu", url.Values{"seen": {"cũ"}}); got.status != http.StatusConflict {
		t.Errorf("what was not seen: %d", got.status)
	} else {
		got.shows(t, "Báo cáo của cấp dưới đã thay đổi.")
	}
}
