package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/notice"
)

func (s *server) noticeRoutes() {
	handle(s, get("/notifications", "list-notifications", "The reader's own notices, newest first"), s.listNotices)
	handle(s, post("/notifications/{id}/read", "read-notification", "Mark a notice as read", answers(http.StatusNoContent)), s.readNotice)
}

// Notification is one notice to the reader.
type Notification struct {
	ID          int64      `json:"id"`
	Kind        string     `json:"kind"`
	TaskID      int64      `json:"task_id,omitempty"`
	AgencyName  string     `json:"agency_name,omitempty"`
	PlanCode    string     `json:"plan_code,omitempty"`
	DutyCode    string     `json:"duty_code,omitempty"`
	DutyTitle   string     `json:"duty_title,omitempty"`
	Requested   bool       `json:"requested" doc:"The duty is a request, not an order."`
	PeriodKey   string     `json:"period_key,omitempty"`
	PeriodLabel string     `json:"period_label,omitempty"`
	DueAt       *time.Time `json:"due_at,omitempty"`
	DueOn       string     `json:"due_on,omitempty" format:"date"`
	DaysLate    int        `json:"days_late"`
	CreatedAt   time.Time  `json:"created_at"`
	ReadAt      *time.Time `json:"read_at,omitempty"`
}

// Notifications is a page of the reader's notices.
type Notifications struct {
	List[Notification]
	Unread int `json:"unread"`
}

func notificationOf(i notice.Item, language string) Notification {
	view := Notification{
		ID: i.NotificationID, Kind: string(i.Kind), TaskID: i.TaskID, AgencyName: i.AgencyName, PlanCode: i.PlanCode,
		DutyCode: i.DutyCode, DutyTitle: i.DutyTitle, Requested: i.Requested, PeriodKey: i.PeriodKey,
		DaysLate: i.DaysLate, CreatedAt: i.CreatedAt.UTC(), ReadAt: utc(i.ReadAt),
	}
	if i.PeriodKey != "" {
		view.PeriodLabel = calendar.LabelOf(i.PeriodKey, language)
	}
	if !i.DueAt.IsZero() {
		view.DueAt, view.DueOn = utc(&i.DueAt), dueOn(i.DueAt, i.TimeZone)
	}
	return view
}

func (s *server) listNotices(ctx context.Context, in *Paged) (*Answer[Notifications], error) {
	page, err := s.Service.ListNotices(ctx, who(ctx), in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	list := listOf(page.Items, page.Next, func(i notice.Item) Notification { return notificationOf(i, reader(ctx)) })
	return &Answer[Notifications]{Notifications{List: list, Unread: page.Unread}}, nil
}

type readNoticeInput struct {
	Keyed
	ID
}

func (s *server) readNotice(ctx context.Context, in *readNoticeInput) (*Empty, error) {
	return &Empty{}, s.Service.MarkNoticeRead(ctx, who(ctx), in.ID.ID)
}
