package api

import (
	"context"
	"net/http"

	"dondoc/internal/policy"
	"dondoc/internal/request"
)

func (s *server) requestRoutes() {
	handle(s, get("/requests", "list-requests", "Requests that the reader may see, by due time", may(policy.SeePlans)), s.listRequests)
	handle(s, post("/requests", "ask-request", "Ask another body something about a task", may(policy.SeePlans), answers(http.StatusCreated)), s.askRequest)
	handle(s, get("/requests/{id}", "get-request", "One request with its history, its steps and those asked together with it", may(policy.SeePlans)), s.getRequest)
	handle(s, post("/requests/{id}/opinion", "opine-on-request", "Say for or against what another decides", may(policy.SeePlans)), s.opineOnRequest)
	handle(s, post("/requests/{id}/decide", "decide-request", "Grant or refuse, promise or decline help, judge an explanation", may(policy.SeePlans)), s.decideRequest)
	handle(s, post("/requests/{id}/answer", "answer-request", "Answer an explanation, an obstacle, a contribution or help in words", may(policy.SeePlans)), s.answerRequest)
	handle(s, post("/requests/{id}/pass-on", "pass-on-request", "Pass an obstacle on to the next level", may(policy.SeePlans)), s.passOnRequest)
	handle(s, post("/requests/{id}/withdraw", "withdraw-request", "Withdraw what one's own body asked", may(policy.SeePlans)), s.withdrawRequest)
	handle(s, post("/requests/{id}/take-back", "take-back-waiver", "End a waiver: the result is owed again", may(policy.SeePlans)), s.takeBackWaiver)
}

type listRequestsInput struct {
	Paged
	RequestQuery
}

func (s *server) listRequests(ctx context.Context, in *listRequestsInput) (*Answer[List[Request]], error) {
	page, err := s.Service.ListRequests(ctx, who(ctx), request.Filter{
		TaskID: in.Task, Kind: request.Kind(in.Kind), Mine: in.Mine, ToDecide: in.ToDecide, Open: in.Open, Limit: in.Limit, Cursor: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	return &Answer[List[Request]]{listOf(page.Requests, page.Next, func(q request.Request) Request { return requestOf(q, reader(ctx)) })}, nil
}

func (s *server) getRequest(ctx context.Context, in *ID) (*versioned[RequestDetail], error) {
	detail, err := s.Service.FindRequest(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &versioned[RequestDetail]{ETag: etag(detail.Request.Version), Body: requestDetailOf(detail, reader(ctx))}, nil
}

type askRequestInput struct {
	Keyed
	Body struct {
		TaskID      int64   `json:"task_id" minimum:"1"`
		TaskVersion int     `json:"task_version,omitempty" minimum:"1" doc:"Of the task as it was read; left out, it is not compared."`
		Kind        string  `json:"kind" enum:"extension,waiver,explanation,obstacle,contribution,help" doc:"A plan authority that asks for a waiver has decided on it."`
		Text        string  `json:"text" doc:"The reason, or what it is about."`
		ProposedOn  string  `json:"proposed_on,omitempty" format:"date" doc:"Of an extension: the day to whose end more time is asked."`
		ToAgencies  []int64 `json:"to_agency_ids,omitempty" doc:"Of an obstacle, a contribution and help: the bodies that are asked, each by a request of its own."`
		WorkingDays int     `json:"working_days,omitempty" minimum:"1" maximum:"60" doc:"Time that the body has; left out, the kind's default."`
		DueOn       string  `json:"due_on,omitempty" format:"date" doc:"Instead of working_days: the day by whose end it is to answer."`
	}
}

func (s *server) askRequest(ctx context.Context, in *askRequestInput) (*Answer[RequestReceipt], error) {
	ask := request.AskInput{
		TaskID: in.Body.TaskID, Version: in.Body.TaskVersion, Kind: request.Kind(in.Body.Kind), Text: in.Body.Text,
		ToAgencies: in.Body.ToAgencies, WorkingDays: in.Body.WorkingDays,
	}
	var err error
	if in.Body.ProposedOn != "" {
		if ask.ProposedOn, err = parseDay("proposed_on", in.Body.ProposedOn); err != nil {
			return nil, err
		}
	}
	if in.Body.DueOn != "" {
		if ask.DueOn, err = parseDay("due_on", in.Body.DueOn); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.AskRequest(ctx, who(ctx), ask)
	if err := s.withTask(ctx, in.Body.TaskID, err); err != nil {
		return nil, err
	}
	return &Answer[RequestReceipt]{requestReceiptOf(receipt, reader(ctx))}, nil
}

// acted turns what the service answered to an act on a request into an answer.
func (s *server) acted(ctx context.Context, id int64, r request.Receipt, err error) (*Answer[RequestReceipt], error) {
	err = s.withCurrent(ctx, err, func() (*Current, error) {
		detail, err := s.Service.FindRequest(ctx, who(ctx), id)
		return &Current{State: string(detail.Request.State), Version: detail.Request.Version}, err
	})
	if err != nil {
		return nil, err
	}
	return &Answer[RequestReceipt]{requestReceiptOf(r, reader(ctx))}, nil
}

type opinionInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1"`
		Stance  string `json:"stance" enum:"for,against"`
		Text    string `json:"text"`
	}
}

func (s *server) opineOnRequest(ctx context.Context, in *opinionInput) (*Answer[RequestReceipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.OpineOnRequest(ctx, who(ctx), request.Act{ID: in.ID.ID, Version: version, Grant: in.Body.Stance == "for", Text: in.Body.Text})
	return s.acted(ctx, in.ID.ID, receipt, err)
}

type decideRequestInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version  int    `json:"version,omitempty" minimum:"1" doc:"Of the request as it was read; needed here or as If-Match."`
		Decision string `json:"decision" enum:"grant,refuse" doc:"Also to promise or decline help, and to find an explanation good or not."`
		Text     string `json:"text,omitempty" doc:"Needed to refuse."`
		On       string `json:"on,omitempty" format:"date" doc:"Of an extension: the day granted, where it is not the one proposed."`
	}
}

func (s *server) decideRequest(ctx context.Context, in *decideRequestInput) (*Answer[RequestReceipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, true)
	if err != nil {
		return nil, err
	}
	act := request.Act{ID: in.ID.ID, Version: version, Grant: in.Body.Decision == "grant", Text: in.Body.Text}
	if in.Body.On != "" {
		if act.On, err = parseDay("on", in.Body.On); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.DecideRequest(ctx, who(ctx), act)
	return s.acted(ctx, in.ID.ID, receipt, err)
}

type requestTextInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1"`
		Text    string `json:"text,omitempty" doc:"The answer or the reason; needed but to withdraw."`
	}
}

func (in *requestTextInput) act(ctx context.Context) (request.Act, error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	return request.Act{ID: in.ID.ID, Version: version, Text: in.Body.Text}, err
}

func (s *server) answerRequest(ctx context.Context, in *requestTextInput) (*Answer[RequestReceipt], error) {
	act, err := in.act(ctx)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.AnswerRequest(ctx, who(ctx), act)
	return s.acted(ctx, in.ID.ID, receipt, err)
}

func (s *server) passOnRequest(ctx context.Context, in *requestTextInput) (*Answer[RequestReceipt], error) {
	act, err := in.act(ctx)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.PassOnRequest(ctx, who(ctx), act)
	return s.acted(ctx, in.ID.ID, receipt, err)
}

func (s *server) withdrawRequest(ctx context.Context, in *requestTextInput) (*Answer[RequestReceipt], error) {
	act, err := in.act(ctx)
	if err != nil {
		return nil, err
	}
	receipt, err := s.Service.WithdrawRequest(ctx, who(ctx), act)
	return s.acted(ctx, in.ID.ID, receipt, err)
}

type takeBackInput struct {
	Keyed
	Versioned
	ID
	Body struct {
		Version int    `json:"version,omitempty" minimum:"1"`
		Text    string `json:"text" doc:"The reason."`
		On      string `json:"on,omitempty" format:"date" doc:"The new due day; needed where the due time has passed."`
	}
}

func (s *server) takeBackWaiver(ctx context.Context, in *takeBackInput) (*Answer[RequestReceipt], error) {
	version, err := in.Versioned.of(ctx, in.Body.Version, false)
	if err != nil {
		return nil, err
	}
	act := request.Act{ID: in.ID.ID, Version: version, Text: in.Body.Text}
	if in.Body.On != "" {
		if act.On, err = parseDay("on", in.Body.On); err != nil {
			return nil, err
		}
	}
	receipt, err := s.Service.TakeBackWaiver(ctx, who(ctx), act)
	return s.acted(ctx, in.ID.ID, receipt, err)
}
