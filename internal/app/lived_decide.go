package app

import (
	"context"

	"dondoc/internal/calendar"
	"dondoc/internal/fault"
	"dondoc/internal/policy"
	"dondoc/internal/request"
	"dondoc/internal/task"
)

// decidePlausibly lets supervisors decide on what waits, answer what was asked
// a while ago, and go after what is late.
func (l *lived) decidePlausibly(ctx context.Context) error {
	if err := l.review(ctx); err != nil {
		return err
	}
	if err := l.settle(ctx); err != nil {
		return err
	}
	return l.urge(ctx)
}

// returns are reasons for which reports come back.
var returns = []string{
	"Số liệu kiểm tra chưa khớp với phần nội dung. Đề nghị rà soát, gửi lại.",
	"Chưa nêu kết quả tuyên truyền trong kỳ. Đề nghị bổ sung.",
	"Phần khó khăn, kiến nghị còn chung chung. Đề nghị ghi rõ nội dung đề nghị hướng dẫn.",
}

func (l *lived) review(ctx context.Context) error {
	waiting, err := l.tasks(ctx, task.Filter{State: []task.State{task.StateSubmitted}})
	if err != nil {
		return err
	}
	for _, t := range waiting {
		who, err := l.supervisor(ctx, t)
		if err != nil {
			return err
		}
		// The newest third of what came this week still waits: somebody has to find work.
		fresh := t.SubmittedAt != nil && l.clock.at.Sub(*t.SubmittedAt).Hours() < 48 && seedOf(t.ID)%3 == 0
		if who.UserID == 0 || who.HasAt(t.AgencyID, policy.FocalPoint, policy.Head) || fresh {
			continue
		}
		in := task.ReviewInput{TaskID: t.ID, Decision: task.Accept}
		if lot(t) == 6 && t.Submissions == 1 {
			in.Decision, in.Reason = task.Return, returns[seedOf(t.ID)%uint64(len(returns))]
		}
		if _, err := l.store.Review(ctx, who, in); err != nil && !refused(err) {
			return err
		}
	}
	return nil
}

// supervisor is who follows the task; nobody where the post is vacant.
func (l *lived) supervisor(ctx context.Context, t task.Task) (policy.Actor, error) {
	if t.ReviewerID == 0 {
		return policy.Actor{}, nil
	}
	who, known := l.reviewers[t.ReviewerID]
	if known {
		return who, nil
	}
	who, err := l.store.ActorAt(ctx, t.ReviewerID, policy.Supervisor)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return policy.Actor{}, err
	}
	l.reviewers[t.ReviewerID] = who
	return who, nil
}

// settle decides on what was asked: of three extensions two are granted.
func (l *lived) settle(ctx context.Context) error {
	asked := l.asked
	l.asked = nil
	for _, a := range asked {
		var err error
		switch a.kind {
		case request.Extension:
			who, findErr := l.supervisor(ctx, a.task)
			if findErr != nil {
				return findErr
			}
			act := request.Act{ID: a.id, Grant: seedOf(a.task.AgencyCode, a.task.PeriodKey)%3 != 0, Text: "Đồng ý, đề nghị gửi đúng ngày đã xin."}
			if !act.Grant {
				act.Text = "Số liệu phục vụ tổng hợp chung, đề nghị gửi đúng hạn; phần chưa đủ bổ sung ở kỳ sau."
			}
			_, err = l.store.DecideRequest(ctx, who, act)
			if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
				_, err = l.store.DecideRequest(ctx, l.authority, act)
			}
		case request.Obstacle:
			if seedOf(a.id)%4 == 0 {
				continue // lies there until somebody takes it up
			}
			who, findErr := l.supervisor(ctx, a.task)
			if findErr != nil {
				return findErr
			}
			_, err = l.store.AnswerRequest(ctx, who, request.Act{ID: a.id, Text: "Tạm thời phân công công chức văn hóa, xã hội kiêm nhiệm; lớp tập huấn tổ chức trong quý tới."})
		case request.Explanation:
			who, found := l.people[a.task.AgencyID]
			if !found || seedOf(a.id)%5 == 0 {
				continue
			}
			_, err = l.store.AnswerRequest(ctx, who, request.Act{ID: a.id, Text: "Chậm do bàn giao hồ sơ giữa các bộ phận; đơn vị đã phân công lại và sẽ gửi trong tuần."})
		}
		if err != nil && !refused(err) {
			return err
		}
	}
	return nil
}

// urge notes calls with a promised day, sends messages, and demands explanations of what is long overdue.
func (l *lived) urge(ctx context.Context) error {
	overdue, err := l.tasks(ctx, task.Filter{
		State: []task.State{task.StateOpen, task.StateReturned}, DueFrom: l.clock.at.AddDate(0, 0, -30), DueTo: l.clock.at.AddDate(0, 0, -2), OpenRounds: true,
	})
	if err != nil {
		return err
	}
	for _, t := range overdue {
		who, err := l.supervisor(ctx, t)
		if err != nil {
			return err
		}
		if t.ClosedAt != nil || who.UserID == 0 {
			continue
		}
		days := int(l.clock.at.Sub(t.EffectiveDueAt).Hours() / 24)
		switch {
		case days > 8 && l.once("explain", t):
			receipt, askErr := l.store.AskRequest(ctx, who, request.AskInput{
				TaskID: t.ID, Kind: request.Explanation, Text: "Báo cáo quá hạn nhiều ngày. Đề nghị giải trình lý do và ngày gửi.",
			})
			err = l.keep(receipt, t, askErr)
		case days > 4 && l.once("call", t):
			_, err = l.store.Urge(ctx, who, task.UrgeInput{
				TaskIDs: []int64{t.ID}, Kind: task.UrgePhone, WithWhom: "Văn phòng HĐND và UBND",
				PromisedOn: calendar.DateOf(l.clock.at, l.zone).AddDays(3),
			})
		case l.once("message", t):
			_, err = l.store.Urge(ctx, who, task.UrgeInput{TaskIDs: []int64{t.ID}, Kind: task.UrgeMessage, Message: "Đề nghị đơn vị gửi báo cáo còn thiếu."})
		}
		if err != nil && !refused(err) {
			return err
		}
	}
	return nil
}
