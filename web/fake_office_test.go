package web

import (
	"context"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/audit"
	national "dondoc/internal/calendar/vietnam"
	"dondoc/internal/fault"
	"dondoc/internal/notice"
	"dondoc/internal/policy"
	"dondoc/internal/timetable"
)

// running is what the fake knows of the system's working.
type running struct {
	calendars []timetable.Change
	looked    []timetable.Change
	opened    []account.MandateInput
	trail     []audit.EntryFilter
	retried   []int64
}

func (f *fake) CalendarYear(_ context.Context, year int) ([]national.Day, error) {
	return []national.Day{{Date: on("2026-09-02"), Kind: national.Holiday, NameVI: "Quốc khánh", NameEN: "National Day", Status: national.Provisional, LegalBasis: "Bộ luật Lao động 2019"}}, nil
}

func (f *fake) ListCalendarChanges(context.Context, policy.Actor) ([]timetable.AppliedChange, error) {
	return []timetable.AppliedChange{{Change: timetable.Change{Kind: timetable.Days, Name: "nghi-2026.csv"}, ID: 1, AppliedAt: at("2026-01-05 09:00")}}, nil
}

func (f *fake) PreviewCalendarChange(_ context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error) {
	if _, problems := national.ReadFile(c.Name, []byte(c.Source)); c.Kind == timetable.Days && len(problems) > 0 {
		return timetable.Effect{}, problems.Fault()
	}
	f.looked = append(f.looked, c)
	return timetable.Effect{Tasks: 2, Moves: []timetable.Move{{PlanCode: "KH", DutyCode: "IV.15.h", PeriodKey: "2026-06", DueFrom: at("2026-06-18 00:00"), DueTo: at("2026-06-19 00:00"), Agencies: []string{"xa-1", "xa-2"}}}}, nil
}

func (f *fake) ApplyCalendarChange(_ context.Context, _ policy.Actor, c timetable.Change) (timetable.Effect, error) {
	f.calendars = append(f.calendars, c)
	return timetable.Effect{}, nil
}

func (f *fake) ListAudit(_ context.Context, _ policy.Actor, q audit.EntryFilter) (audit.EntryPage, error) {
	f.trail = append(f.trail, q)
	return audit.EntryPage{Entries: []audit.Entry{
		{ID: 9, At: at("2026-06-15 10:00"), ActorID: 1, ActorName: "Đầu mối <i>xã</i>", Action: "task.submitted", Entity: "task", EntityID: 11, After: `{"version":2,"note":"<script>"}`, SealNumber: 4},
		{ID: 8, At: at("2026-06-15 09:00"), Action: "plan.suspended", Entity: "plan", EntityID: 1},
	}, Next: "them"}, nil
}

func (f *fake) OpenMandate(_ context.Context, _ policy.Actor, in account.MandateInput) (account.Mandate, error) {
	if len(in.Plans) == 0 {
		return account.Mandate{}, fault.New(fault.Invalid, "mandate.plans", "Chọn ít nhất một kế hoạch.", "Choose at least one plan.").At("plans")
	}
	f.opened = append(f.opened, in)
	return account.Mandate{}, nil
}

func (f *fake) ListMandates(context.Context, policy.Actor) ([]account.Mandate, error) {
	return []account.Mandate{{ID: 3, Name: "Người kiểm tra", Email: "kiemtra@example.vn", DecisionNumber: "7/QĐ-TTr", DecidedOn: on("2026-05-01"), IssuedBy: "Thanh tra", From: on("2026-05-02"), To: on("2026-08-01"), Open: true, Plans: []account.MandatePlan{{ID: 1, Title: "Kế hoạch"}}}}, nil
}

func (f *fake) RevokeMandate(_ context.Context, _ policy.Actor, id int64) error {
	f.retried = append(f.retried, -id)
	return nil
}

func (f *fake) Deliveries(_ context.Context, actor policy.Actor, q notice.DeliveryFilter) (notice.Deliveries, error) {
	if !policy.ManagePeople(actor) {
		return notice.Deliveries{}, notAdmin
	}
	sent := at("2026-06-15 08:00")
	return notice.Deliveries{OutboxAge: 90 * time.Minute, Uncomposed: 3, Counts: map[notice.DeliveryState]int{notice.DeliveryFailed: 2, notice.DeliverySent: 40}, Messages: []notice.Delivery{
		{ID: 5, Recipient: "Đầu mối", Address: "cu@example.vn", UserID: 71, State: notice.DeliveryFailed, Notices: 4, Attempts: 6, Reason: "550 <no such mailbox>", ComposedAt: sent},
		{ID: 4, Recipient: "Người mời", Address: "moi@example.vn", UserID: 72, Account: true, State: notice.DeliveryFailed, ComposedAt: sent},
		{ID: 3, Recipient: "Hộp thư", Address: "vanthu@example.vn", AgencyID: 10, State: notice.DeliverySent, Notices: 1, ComposedAt: sent, HandedOverAt: &sent},
	}}, nil
}

func (f *fake) RetryDelivery(_ context.Context, _ policy.Actor, id int64) (int, error) {
	f.retried = append(f.retried, id)
	return 1, nil
}
