package api

import (
	"context"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/agency"
	"dondoc/internal/calendar"
	"dondoc/internal/calendar/vietnam"
	"dondoc/internal/feed"
	"dondoc/internal/notice"
	"dondoc/internal/plan"
	"dondoc/internal/policy"
	"dondoc/internal/preview"
	"dondoc/internal/task"
	"dondoc/internal/timetable"
)

// Service answers and acts for the person who is signed in; whatever that
// person may not see is fault.NotFound.
type Service interface {
	SubmissionService
	ConsolidationService
	TargetService
	FormService
	SheetService
	ExportService
	PaperService
	RatesService
	SupervisionService
	CorrectionService
	RequestService
	NowService
	ReorganisationService
	AttachmentService
	PlanChangeService
	MandateService
	PeopleService
	SearchService
	DeliveryService
	OutlineService
	PlanCalendarService

	ListTasks(ctx context.Context, actor policy.Actor, f task.Filter) (task.Page, error)
	TaskDetail(ctx context.Context, actor policy.Actor, id int64) (task.Detail, error)
	Submit(ctx context.Context, actor policy.Actor, in task.SubmitInput) (task.Receipt, error)
	Review(ctx context.Context, actor policy.Actor, in task.ReviewInput) (task.Receipt, error)
	Board(ctx context.Context, actor policy.Actor, f task.BoardFilter) (task.Board, error)

	ListPlans(ctx context.Context, actor policy.Actor) ([]plan.Record, error)
	FindPlan(ctx context.Context, actor policy.Actor, id int64) (plan.Record, error)
	ListDuties(ctx context.Context, actor policy.Actor, planID int64) ([]plan.DutyRecord, error)
	ListRounds(ctx context.Context, actor policy.Actor, planID, dutyID int64, limit int, cursor string) ([]task.Round, string, error)
	LoadPlan(ctx context.Context, actor policy.Actor, p *plan.Plan, source []byte) (plan.Record, error)
	ActivatePlan(ctx context.Context, actor policy.Actor, id int64, version int, followFrom calendar.Date) (plan.Record, error)
	SuspendPlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error)
	ResumePlan(ctx context.Context, actor policy.Actor, id int64, version int) (plan.Record, error)
	PreviewPlan(ctx context.Context, actor policy.Actor, id int64, w preview.Wanted) (preview.Preview, error)
	PreviewPlanFile(ctx context.Context, actor policy.Actor, p *plan.Plan, w preview.Wanted) (preview.Preview, error)

	ListAgencies(ctx context.Context, actor policy.Actor, f agency.Filter) (agency.Page, error)
	FindAgency(ctx context.Context, actor policy.Actor, id int64) (agency.Agency, error)

	CalendarYear(ctx context.Context, year int) ([]vietnam.Day, error)
	ListCalendarChanges(ctx context.Context, actor policy.Actor) ([]timetable.AppliedChange, error)
	PreviewCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error)
	ApplyCalendarChange(ctx context.Context, actor policy.Actor, c timetable.Change) (timetable.Effect, error)

	ListNotices(ctx context.Context, actor policy.Actor, limit int, cursor string) (notice.Page, error)
	MarkNoticeRead(ctx context.Context, actor policy.Actor, id int64) error

	// Backlog measures, by the business clock, the age of the oldest nudge, how
	// late the most overdue step is, and how many notices wait for delivery.
	Backlog(ctx context.Context) (outboxAge, stepLateness time.Duration, deliveries int, err error)
}

// Accounts signs people in and out and manages accounts.
type Accounts interface {
	SecurityService

	ManagedPeople
	TemplateService
	SignIn(ctx context.Context, email, password string) (token string, actor policy.Actor, err error)
	SignOut(ctx context.Context, token string) error
	ActorOf(ctx context.Context, token string) (policy.Actor, error)
	ActorOfToken(ctx context.Context, token string) (policy.Actor, error)
	RequestReset(ctx context.Context, email string) error
	TakeUp(ctx context.Context, linkToken, newPassword string) error
	Invite(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error)
	AdminReset(ctx context.Context, actor policy.Actor, userID int64) (account.Sent, error)
	ListPeople(ctx context.Context, actor policy.Actor, f account.Filter) (account.Page, error)
	ImportPeople(ctx context.Context, actor policy.Actor, rows []account.Row, dryRun bool) (account.Report, error)
}

// Feeds makes calendar feeds and reads them. An address that opens nothing is
// fault.NotFound, whatever the reason.
type Feeds interface {
	CreateFeed(ctx context.Context, actor policy.Actor, wanted feed.Wanted) (feed.Created, error)
	ListFeeds(ctx context.Context, actor policy.Actor) ([]feed.Feed, error)
	RevokeFeed(ctx context.Context, actor policy.Actor, id int64) error
	ReadFeed(ctx context.Context, token string) (feed.Contents, error)
}
