package api

import (
	"time"

	"dondoc/internal/calendar"
	"dondoc/internal/request"
)

// Request is one thing asked of one body about a task.
type Request struct {
	ID      int64  `json:"id"`
	GroupID int64  `json:"group_id" doc:"Shared by requests that were asked together or passed on."`
	Kind    string `json:"kind" enum:"extension,waiver,explanation,obstacle,contribution,help"`
	State   string `json:"state" enum:"asked,accepted,granted,refused,answered,passed_on,closed,lapsed,withdrawn,taken_back"`
	TaskID  int64  `json:"task_id"`
	Plan    struct {
		ID   int64  `json:"id"`
		Code string `json:"code"`
	} `json:"plan"`
	DutyCode     string     `json:"duty_code"`
	DutyTitle    string     `json:"duty_title"`
	PeriodKey    string     `json:"period_key"`
	PeriodLabel  string     `json:"period_label" doc:"In the reader's language."`
	TaskAgency   string     `json:"task_agency" doc:"Name of the agency that owes the result."`
	From         AgencyRef  `json:"from"`
	To           AgencyRef  `json:"to"`
	AskedBy      string     `json:"asked_by"`
	AskedAt      time.Time  `json:"asked_at"`
	Text         string     `json:"text"`
	Resubmission bool       `json:"resubmission" doc:"The extension is of the date that was set when the result was returned."`
	ProposedOn   string     `json:"proposed_on,omitempty" format:"date"`
	GrantedOn    string     `json:"granted_on,omitempty" format:"date"`
	DueAt        time.Time  `json:"due_at" doc:"Until when the body is to decide or answer."`
	DueOn        string     `json:"due_on" format:"date" doc:"The due day in the plan's time zone."`
	Derivation   string     `json:"derivation" doc:"How the due time came about, in the reader's language."`
	SettledAt    *time.Time `json:"settled_at,omitempty"`
	Version      int        `json:"version"`
	MayDecide    bool       `json:"may_decide"`
	MayOpine     bool       `json:"may_opine"`
	MayAnswer    bool       `json:"may_answer"`
	MayPassOn    bool       `json:"may_pass_on"`
	MayWithdraw  bool       `json:"may_withdraw"`
	MayTakeBack  bool       `json:"may_take_back"`
}

// RequestEvent is one line of a request's history.
type RequestEvent struct {
	At     time.Time `json:"at"`
	Action string    `json:"action" enum:"asked,opinion,accepted,granted,refused,answered,passed_on,closed,lapsed,withdrawn,taken_back"`
	Actor  string    `json:"actor,omitempty" doc:"Absent: the system."`
	For    string    `json:"stood_in_for,omitempty" doc:"The person for whom the actor stood in as a substitute."`
	Agency string    `json:"agency,omitempty"`
	Stance string    `json:"stance,omitempty" enum:"for,against"`
	Text   string    `json:"text,omitempty"`
}

// RequestStep is a reminder, a lapse or an escalation.
type RequestStep struct {
	Code  string     `json:"code" enum:"reminder,lapse,overdue"`
	At    time.Time  `json:"at"`
	State string     `json:"state" enum:"pending,done,skipped"`
	RunAt *time.Time `json:"run_at,omitempty"`
}

// RequestDetail is a request with what happened to it.
type RequestDetail struct {
	Request Request        `json:"request"`
	Events  []RequestEvent `json:"events"`
	Steps   []RequestStep  `json:"steps"`
	Group   []Request      `json:"group" doc:"The others that were asked together or passed on."`
}

// RequestWarning is what an asker ought to know, though the request was taken.
type RequestWarning struct {
	Code   string `json:"code"`
	Detail string `json:"detail" doc:"In the reader's language."`
}

// RequestReceipt answers an act.
type RequestReceipt struct {
	Requests []Request        `json:"requests" doc:"What the act made or changed; the first is the one acted on."`
	Warnings []RequestWarning `json:"warnings"`
}

func requestOf(q request.Request, language string) Request {
	r := Request{
		ID: q.ID, GroupID: q.GroupID, Kind: string(q.Kind), State: string(q.State), TaskID: q.TaskID,
		DutyCode: q.DutyCode, DutyTitle: q.DutyTitle, PeriodKey: q.PeriodKey, PeriodLabel: calendar.LabelOf(q.PeriodKey, language),
		TaskAgency: q.TaskAgencyName, From: AgencyRef{ID: q.FromAgencyID, Name: q.FromAgencyName}, To: AgencyRef{ID: q.ToAgencyID, Name: q.ToAgencyName},
		AskedBy: q.AskedByName, AskedAt: q.AskedAt.UTC(), Text: q.Text, Resubmission: q.Resubmission,
		DueAt: q.DueAt.UTC(), DueOn: dueOn(q.DueAt, q.TimeZone), Derivation: q.Derivation.Sentence(language), SettledAt: utc(q.SettledAt), Version: q.Version,
		MayDecide: q.MayDecide, MayOpine: q.MayOpine, MayAnswer: q.MayAnswer, MayPassOn: q.MayPassOn, MayWithdraw: q.MayWithdraw, MayTakeBack: q.MayTakeBack,
	}
	r.Plan.ID, r.Plan.Code = q.PlanID, q.PlanCode
	if !q.ProposedOn.IsZero() {
		r.ProposedOn = q.ProposedOn.String()
	}
	if !q.GrantedOn.IsZero() {
		r.GrantedOn = q.GrantedOn.String()
	}
	return r
}

func requestsOf(list []request.Request, language string) []Request {
	views := make([]Request, len(list))
	for i, q := range list {
		views[i] = requestOf(q, language)
	}
	return views
}

func requestDetailOf(d request.Detail, language string) RequestDetail {
	view := RequestDetail{
		Request: requestOf(d.Request, language), Events: make([]RequestEvent, len(d.Events)),
		Steps: make([]RequestStep, len(d.Steps)), Group: requestsOf(d.Group, language),
	}
	for i, e := range d.Events {
		view.Events[i] = RequestEvent{At: e.At.UTC(), Action: e.Action, Actor: e.ActorName, For: e.For, Agency: e.Agency, Stance: e.Stance, Text: e.Text}
	}
	for i, s := range d.Steps {
		view.Steps[i] = RequestStep{Code: s.Code, At: s.At.UTC(), State: s.State, RunAt: utc(s.RunAt)}
	}
	return view
}

func requestReceiptOf(r request.Receipt, language string) RequestReceipt {
	view := RequestReceipt{Requests: requestsOf(r.Requests, language), Warnings: make([]RequestWarning, len(r.Warnings))}
	for i, w := range r.Warnings {
		view.Warnings[i] = RequestWarning{Code: w.Code, Detail: w.Message(language)}
	}
	return view
}
