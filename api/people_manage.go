package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/account"
	"dondoc/internal/calendar"
	"dondoc/internal/policy"
)

func (s *server) managingRoutes() {
	handle(s, put("/people/{id}", "edit-person", "Change name, telephone number or mail address", may(policy.ManagePeople)), s.editPerson)
	handle(s, post("/people/{id}/posts", "grant-post", "Give a person a post; never oneself", may(policy.ManagePeople), answers(http.StatusCreated)), s.grantPost)
	handle(s, post("/posts/{id}/end", "end-post", "End a post after a day", may(policy.ManagePeople)), s.endPost)
	handle(s, get("/people/{id}/open-work", "get-open-work", "What a person has in hand, before they leave", may(policy.ManagePeople)), s.getOpenWork)
	handle(s, post("/people/{id}/deactivation", "deactivate-person", "Close the account of somebody who leaves", may(policy.ManagePeople)), s.deactivate)
	handle(s, post("/people/{id}/reactivation", "reactivate-person", "Open a closed account again", may(policy.ManagePeople)), s.reactivate)
}

type editPersonInput struct {
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1" doc:"Of the account as it was read; needed here or as If-Match."`
		Name    string `json:"name"`
		Phone   string `json:"phone"`
		Email   string `json:"email" doc:"Another address ends every session; the old address is told."`
	}
}

func (s *server) editPerson(ctx context.Context, in *editPersonInput) (*versioned[Person], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	return personAnswer(s.Accounts.EditPerson(ctx, who(ctx), account.EditInput{
		UserID: in.ID.ID, Version: version, Name: in.Body.Name, Phone: in.Body.Phone, Email: in.Body.Email,
	}))
}

func personAnswer(p account.Person, err error) (*versioned[Person], error) {
	if err != nil {
		return nil, err
	}
	return &versioned[Person]{ETag: etag(p.Version), Body: personOf(p)}, nil
}

type grantInput struct {
	Keyed
	ID
	Body struct {
		AgencyID int64  `json:"agency_id" minimum:"1"`
		Role     string `json:"role" enum:"focal_point,head,supervisor,plan_authority,auditor,administrator" doc:"Roles that read results are told to the plan authorities concerned."`
		From     string `json:"from,omitempty" format:"date" doc:"The first day, in Viet Nam. Default: today."`
		To       string `json:"to,omitempty" format:"date" doc:"The last day. Default: none is set."`
	}
}

func (s *server) grantPost(ctx context.Context, in *grantInput) (*versioned[Person], error) {
	grant := account.GrantInput{UserID: in.ID.ID, AgencyID: in.Body.AgencyID, Role: policy.Role(in.Body.Role)}
	for _, day := range []struct {
		name, value string
		into        *calendar.Date
	}{{"from", in.Body.From, &grant.From}, {"to", in.Body.To, &grant.To}} {
		if day.value == "" {
			continue
		}
		var err error
		if *day.into, err = parseDay(day.name, day.value); err != nil {
			return nil, err
		}
	}
	return personAnswer(s.Accounts.GrantPost(ctx, who(ctx), grant))
}

type endPostInput struct {
	Keyed
	ID
	Body struct {
		LastOn string `json:"last_on" format:"date" doc:"The last day of the post, in Viet Nam; yesterday: it ends at once."`
	}
}

func (s *server) endPost(ctx context.Context, in *endPostInput) (*versioned[Person], error) {
	last, err := parseDay("last_on", in.Body.LastOn)
	if err != nil {
		return nil, err
	}
	return personAnswer(s.Accounts.EndPost(ctx, who(ctx), account.EndInput{PostID: in.ID.ID, LastOn: last}))
}

// OpenWork is what somebody who leaves has in hand: codes and days, nothing of
// what was written.
type OpenWork struct {
	Person        PersonRef      `json:"person"`
	Version       int            `json:"version"`
	Tasks         []WorkTask     `json:"tasks" doc:"Handed to this person: somebody has to be named, or they are left to the agency's other people."`
	Drafts        []WorkTask     `json:"drafts" doc:"Last saved by this person; they stay with their tasks."`
	Requests      []WorkRequest  `json:"requests" doc:"Wait for an answer that nobody else at the body could give."`
	Substitutions []Substitution `json:"substitutions" doc:"They end."`
	Posts         []WorkPost     `json:"posts"`
}

// WorkTask is a task in somebody's hands.
type WorkTask struct {
	TaskID    int64     `json:"task_id"`
	Agency    AgencyRef `json:"agency"`
	PlanCode  string    `json:"plan_code"`
	DutyCode  string    `json:"duty_code"`
	PeriodKey string    `json:"period_key"`
	DueAt     time.Time `json:"due_at"`
	DueOn     string    `json:"due_on" format:"date"`
}

// WorkRequest is a request that waits.
type WorkRequest struct {
	ID     int64     `json:"id"`
	Kind   string    `json:"kind"`
	Agency AgencyRef `json:"agency"`
	DueAt  time.Time `json:"due_at"`
	DueOn  string    `json:"due_on" format:"date"`
}

// WorkPost is a post of the person.
type WorkPost struct {
	Agency AgencyRef `json:"agency"`
	Role   string    `json:"role" enum:"focal_point,head,supervisor,plan_authority,auditor,administrator"`
	Others int       `json:"others" doc:"How many other active people hold the same post today."`
}

func workTasksOf(tasks []account.WorkTask) []WorkTask {
	views := make([]WorkTask, len(tasks))
	for i, t := range tasks {
		views[i] = WorkTask{t.TaskID, AgencyRef{ID: t.AgencyID, Name: t.AgencyName}, t.PlanCode, t.DutyCode, t.PeriodKey, t.DueAt.UTC(), dueOn(t.DueAt, t.TimeZone)}
	}
	return views
}

func (s *server) getOpenWork(ctx context.Context, in *ID) (*Answer[OpenWork], error) {
	work, err := s.Accounts.OpenWork(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	view := OpenWork{
		Person: PersonRef{work.UserID, work.Name}, Version: work.Version, Tasks: workTasksOf(work.Tasks), Drafts: workTasksOf(work.Drafts),
		Requests: []WorkRequest{}, Substitutions: []Substitution{}, Posts: []WorkPost{},
	}
	for _, r := range work.Requests {
		view.Requests = append(view.Requests, WorkRequest{r.RequestID, r.Kind, AgencyRef{ID: r.AgencyID, Name: r.AgencyName}, r.DueAt.UTC(), dueOn(r.DueAt, r.TimeZone)})
	}
	for _, sub := range work.Substitutions {
		view.Substitutions = append(view.Substitutions, substitutionOf(sub))
	}
	for _, p := range work.Posts {
		view.Posts = append(view.Posts, WorkPost{AgencyRef{ID: p.AgencyID, Name: p.AgencyName}, string(p.Role), p.Others})
	}
	return &Answer[OpenWork]{view}, nil
}

type deactivateInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version       int    `json:"version,omitempty" minimum:"1" doc:"Of the account as it was read; needed here or as If-Match."`
		ToUserID      int64  `json:"to_user_id,omitempty" minimum:"1" doc:"Who takes over the tasks in the person's hands."`
		LeaveToAgency bool   `json:"leave_to_agency,omitempty" doc:"Or: the agency's other people see to them."`
		Reason        string `json:"reason,omitempty" doc:"For whoever takes over; needed with to_user_id."`
	}
}

// Left tells what closing an account did.
type Left struct {
	PersonID      int64 `json:"person_id"`
	Version       int   `json:"version"`
	Tasks         int   `json:"tasks" doc:"Handed on, or left to the agency."`
	Notices       int   `json:"notices" doc:"Waited, and go to who is there now."`
	Substitutions int   `json:"substitutions" doc:"Ended."`
}

func (s *server) deactivate(ctx context.Context, in *deactivateInput) (*Answer[Left], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	left, err := s.Accounts.Deactivate(ctx, who(ctx), account.LeaveInput{
		UserID: in.ID.ID, Version: version, ToUser: in.Body.ToUserID, LeaveToAgency: in.Body.LeaveToAgency, Reason: in.Body.Reason,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[Left]{Left{left.UserID, left.Version, left.Tasks, left.Notices, left.Substitutions}}, nil
}

type reactivateInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int `json:"version,omitempty" minimum:"1" doc:"Of the account as it was read; needed here or as If-Match."`
	}
}

func (s *server) reactivate(ctx context.Context, in *reactivateInput) (*versioned[Person], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	return personAnswer(s.Accounts.Reactivate(ctx, who(ctx), in.ID.ID, version))
}
