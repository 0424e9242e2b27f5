package web

import (
	"context"
	"fmt"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

// Leaders counts a busy plan: every part of the page has as much as it can show.
func (f *fake) Leaders(_ context.Context, _ policy.Actor, q task.LeadersFilter) (task.Leaders, error) {
	f.leaders = append(f.leaders, q)
	view := task.Leaders{
		At: q.At, Since: q.At.AddDate(0, 0, -7), Soon: 10,
		Now: task.Tallies{
			Present:  task.Tally{Owed: 1342, Expected: 1332, Submitted: 1305, OnTime: 1230, DoneOnTime: 1219, DoneLate: 74, NotDoneInTime: 10, NotDoneOverdue: 27, Waiting: 12},
			Original: task.Tally{Expected: 1332, Submitted: 1305, OnTime: 1224},
		},
		Before: task.Tallies{Present: task.Tally{DoneOnTime: 1048, DoneLate: 74, NotDoneInTime: 193, NotDoneOverdue: 18}},
	}
	for i, n := range []int{11, 3, 13} {
		view.Late[i] = task.LateBand{Days: task.Lateness[i], Tasks: n}
	}
	for i := range 10 {
		one := f.details[12].Task
		one.AgencyName = fmt.Sprintf("UBND phường Long Bình Tân %d", i+1)
		one.DutyTitle = "Kế hoạch triển khai phối hợp liên ngành phòng, chống mại dâm giai đoạn 2026 – 2030 trên địa bàn"
		late := task.Longest{Task: one, DaysLate: 80 - i}
		switch i {
		case 0:
			late.ExtensionTo = on("2026-07-31")
		case 1:
			late.PromisedOn = on("2026-06-22")
		}
		view.Longest = append(view.Longest, late)
		if i < 6 {
			view.SoonFirst = append(view.SoonFirst, one)
		}
	}
	return view, nil
}
