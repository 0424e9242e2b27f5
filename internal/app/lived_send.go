package app

import (
	"context"
	"fmt"
	"strings"

	"dondoc/internal/calendar"
	"dondoc/internal/consolidation"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// lot is what becomes of a task, of twenty: the same in every play.
func lot(t task.Task) uint64 { return seedOf(t.AgencyCode, t.DutyCode, t.PeriodKey) % 20 }

// sendPlausibly lets units send what is due soon: lot 0 never, 1 and 2 late,
// 3 says "không phát sinh" where that is allowed, all others in time.
func (l *lived) sendPlausibly(ctx context.Context) error {
	owed, err := l.tasks(ctx, task.Filter{
		State:   []task.State{task.StateOpen, task.StateReturned},
		DueFrom: l.clock.at.AddDate(0, 0, -25), DueTo: l.clock.at.AddDate(0, 0, 5), OpenRounds: true,
	})
	if err != nil {
		return err
	}
	for _, t := range owed {
		if t.ClosedAt != nil {
			continue
		}
		who, rules, err := l.sender(ctx, t)
		if fault.Is(err, fault.NotFound) {
			continue // nobody there
		}
		if err != nil {
			return err
		}
		if err := l.sendOne(ctx, who, t, rules); err != nil {
			return fmt.Errorf("task %d of %s, %s: %w", t.ID, t.AgencyCode, t.PeriodKey, err)
		}
	}
	return nil
}

func (l *lived) sendOne(ctx context.Context, who policy.Actor, t task.Task, rules task.Rules) error {
	late := l.clock.at.After(t.EffectiveDueAt)
	chance := lot(t)
	switch {
	case chance == 4 && !late && l.once("ask", t):
		return l.ask(ctx, who, t)
	case chance == 5 && !late && l.once("obstacle", t):
		return l.raise(ctx, who, t)
	case chance == 0 && t.Submissions == 0,
		(chance == 1 || chance == 2) && !late,
		chance == 2 && l.clock.at.Before(t.EffectiveDueAt.AddDate(0, 0, 6)) && t.Submissions == 0:
		return nil
	}
	if sums, known := l.sums[t.DutyID]; sums || !known {
		view, err := l.store.Consolidation(ctx, who, t.ID)
		l.sums[t.DutyID] = err == nil
		if err == nil {
			return l.sendSum(ctx, who, t, rules, view)
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if chance == 3 && t.NilReturn && t.Submissions == 0 {
		_, err := l.store.Submit(ctx, who, task.SubmitInput{TaskID: t.ID, Kind: task.NilReturn})
		return err
	}
	in := task.SubmitInput{TaskID: t.ID, Kind: task.Report, Narrative: narrative(t, rules)}
	if rules.Secret {
		in.Narrative = ""
	} else {
		in.Figures = plausibleFigures(t, rules)
	}
	return l.submit(ctx, who, t, rules, in)
}

// sendSum takes the figures of the lower level over and sends them, shortly
// before they are due: most of what is to come has come then.
func (l *lived) sendSum(ctx context.Context, who policy.Actor, t task.Task, rules task.Rules, view consolidation.View) error {
	if l.clock.at.Before(t.EffectiveDueAt.AddDate(0, 0, -3)) {
		return nil
	}
	in := task.SubmitInput{TaskID: t.ID, Kind: task.Report, Narrative: narrative(t, rules)}
	if view.MayTakeOver {
		draft, err := l.store.TakeOver(ctx, who, consolidation.TakeOverInput{TaskID: t.ID, Seen: view.Seen})
		if err != nil {
			return err
		}
		in.Figures = draft.Figures
	}
	taken := map[string]bool{}
	for _, f := range in.Figures {
		taken[f.Indicator] = true
	}
	for _, f := range plausibleFigures(t, rules) {
		if !taken[f.Indicator] {
			in.Figures = append(in.Figures, f)
		}
	}
	return l.submit(ctx, who, t, rules, in)
}

// submit sends a report under its signed document's number, and explains what the form asks about.
func (l *lived) submit(ctx context.Context, who policy.Actor, t task.Task, rules task.Rules, in task.SubmitInput) error {
	in.DocumentNumber = fmt.Sprintf("%d/BC-MAU", 10+seedOf(t.AgencyCode, t.DutyCode, t.PeriodKey, t.Submissions)%480)
	in.DocumentOn, in.SignatoryTitle = calendar.DateOf(l.clock.at, l.zone), "Chủ tịch"
	if t.AgencyLevel == "department" {
		in.SignatoryTitle = "Giám đốc"
	}
	_, err := l.store.Submit(ctx, who, in)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	for _, one := range append([]*fault.Fault{f}, f.Details...) {
		if code, asked := strings.CutPrefix(one.Field, "explanations."); asked {
			in.Explanations = append(in.Explanations, task.Explanation{Indicator: code, Text: "Trong kỳ tăng cường kiểm tra, rà soát theo chỉ đạo nên số liệu thay đổi so với kỳ trước."})
		}
	}
	if len(in.Explanations) == 0 && t.Submissions == 0 && !l.sums[t.DutyID] {
		in.Figures = sampleFigures(rules, t.ID)
	}
	if _, err = l.store.Submit(ctx, who, in); fault.Is(err, fault.Invalid) && l.sums[t.DutyID] {
		// Sums of which the form's rules do not hold wait until the units below have
		// mended theirs; the report is late until then, as it would be.
		return nil
	}
	return err
}

// narratives are what reports of this kind say, without anybody's name.
var narratives = []string{
	"Đơn vị đã triển khai các nội dung được giao theo kế hoạch, lồng ghép với công tác phòng, chống tội phạm trên địa bàn. Trong kỳ chưa phát sinh vụ việc phức tạp.",
	"Đã tổ chức tuyên truyền tại các khu phố, ấp và khu nhà trọ; phát tờ rơi, phát thanh trên hệ thống truyền thanh cơ sở. Người dân hưởng ứng tốt.",
	"Đã phối hợp kiểm tra các cơ sở kinh doanh dịch vụ có điều kiện, nhắc nhở cơ sở chưa niêm yết cam kết. Kỳ tới tiếp tục kiểm tra đột xuất.",
	"Duy trì hoạt động của đội công tác xã hội tình nguyện; rà soát địa bàn giáp ranh. Khó khăn: cán bộ kiêm nhiệm nhiều việc sau sắp xếp đơn vị.",
	"Đã hoàn thành khối lượng công việc của kỳ. Kinh phí được cấp đủ, thanh quyết toán đúng quy định. Không có kiến nghị.",
}

func narrative(t task.Task, rules task.Rules) string {
	pick := func(i int) string {
		return narratives[(seedOf(t.AgencyCode, t.DutyCode, t.PeriodKey)+uint64(i))%uint64(len(narratives))]
	}
	if len(rules.Sections) < 2 {
		return pick(0)
	}
	texts := make([]string, len(rules.Sections))
	for i := range texts {
		texts[i] = pick(i)
	}
	return task.JoinSections(texts, rules.Sections)
}

// asking is a request that waits for who is asked.
type asking struct {
	id   int64
	task task.Task
	kind request.Kind
}

func (l *lived) keep(receipt request.Receipt, t task.Task, err error) error {
	if err != nil {
		if refused(err) {
			return nil
		}
		return err
	}
	for _, q := range receipt.Requests {
		l.asked = append(l.asked, asking{q.ID, t, q.Kind})
	}
	return nil
}

func (l *lived) ask(ctx context.Context, who policy.Actor, t task.Task) error {
	receipt, err := l.store.AskRequest(ctx, who, request.AskInput{
		TaskID: t.ID, Kind: request.Extension, ProposedOn: calendar.DateOf(t.EffectiveDueAt, l.zone).AddDays(5),
		Text: "Đơn vị đang đối chiếu số liệu với công an cùng cấp, xin lùi hạn để báo cáo đầy đủ.",
	})
	return l.keep(receipt, t, err)
}

func (l *lived) raise(ctx context.Context, who policy.Actor, t task.Task) error {
	receipt, err := l.store.AskRequest(ctx, who, request.AskInput{
		TaskID: t.ID, Kind: request.Obstacle, ToAgencies: []int64{t.ReviewerID},
		Text: "Sau sắp xếp, đơn vị chưa có cán bộ chuyên trách; đề nghị hướng dẫn phân công và tập huấn nghiệp vụ.",
	})
	return l.keep(receipt, t, err)
}
