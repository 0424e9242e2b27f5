package api

import (
	"context"
	"net/http"
	"time"

	"dondoc/internal/policy"
	"dondoc/internal/task"
)

func (s *server) handsRoutes() {
	handle(s, get("/tasks/{id}/hands", "get-hands", "In whose hands a task is and was, and whom to speak with", may(policy.SeePlans)), s.getHands)
	handle(s, post("/tasks/{id}/handovers", "hand-over-task", "Put a task into the hands of a colleague of the same agency", may(policy.SeePlans), answers(http.StatusCreated)), s.handOver)
	handle(s, post("/tasks/{id}/handovers/end", "take-back-task", "Take a task out of somebody's hands again", may(policy.SeePlans)), s.handBack)
}

// Handover tells in whose hands a task is or was.
type Handover struct {
	ID       int64      `json:"id"`
	Person   PersonRef  `json:"person"`
	Reason   string     `json:"reason,omitempty" doc:"For the agency's own people."`
	HandedAt time.Time  `json:"handed_at"`
	HandedBy string     `json:"handed_by"`
	EndedAt  *time.Time `json:"ended_at,omitempty"`
	EndedBy  string     `json:"ended_by,omitempty"`
	EndedFor string     `json:"end_reason,omitempty"`
}

func handoverOf(h task.Handover) Handover {
	return Handover{h.ID, PersonRef{h.UserID, h.UserName}, h.Reason, h.HandedAt.UTC(), h.HandedByName, utc(h.EndedAt), h.EndedByName, h.EndReason}
}

// Hands tells who has a task in hand and whom to speak with.
type Hands struct {
	Running     *Handover     `json:"running,omitempty"`
	Handovers   []Handover    `json:"handovers" doc:"Newest first."`
	Responsible []Responsible `json:"responsible" doc:"Whoever has the task in hand, else the agency's focal points, and its heads. Named to the agency itself, and to whoever urges or receives."`
	MayHandOver bool          `json:"may_hand_over"`
}

// Responsible is somebody to speak with.
type Responsible struct {
	PersonRef
	Phone    string `json:"phone,omitempty"`
	Role     string `json:"role" enum:"focal_point,head"`
	Assigned bool   `json:"assigned" doc:"The task was handed to this person."`
	For      string `json:"for,omitempty" doc:"For whom the person stands in."`
}

func handsOf(h task.Hands) Hands {
	view := Hands{Handovers: make([]Handover, len(h.Handovers)), Responsible: make([]Responsible, len(h.Responsible)), MayHandOver: h.MayHandOver}
	for i, handover := range h.Handovers {
		view.Handovers[i] = handoverOf(handover)
	}
	if running := h.Running(); running != nil {
		handover := handoverOf(*running)
		view.Running = &handover
	}
	for i, r := range h.Responsible {
		view.Responsible[i] = Responsible{PersonRef{r.UserID, r.Name}, r.Phone, r.Role, r.Assigned, r.For}
	}
	return view
}

func (s *server) getHands(ctx context.Context, in *ID) (*Answer[Hands], error) {
	hands, err := s.Service.TaskHands(ctx, who(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &Answer[Hands]{handsOf(hands)}, nil
}

type handOverInput struct {
	Keyed
	ID
	Body struct {
		UserID   int64  `json:"user_id" minimum:"1" doc:"A focal point or the head of the task's agency."`
		Reason   string `json:"reason"`
		Replaces int64  `json:"replaces,omitempty" minimum:"1" doc:"The handover that runs now, as it was read; absent: there was none."`
	}
}

func (s *server) handOver(ctx context.Context, in *handOverInput) (*Answer[Handover], error) {
	handover, err := s.Service.HandOver(ctx, who(ctx), task.HandoverInput{
		TaskID: in.ID.ID, UserID: in.Body.UserID, Reason: in.Body.Reason, Replaces: in.Body.Replaces,
	})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &Answer[Handover]{handoverOf(handover)}, nil
}

type handBackInput struct {
	Keyed
	ID
	Body struct {
		HandoverID int64  `json:"handover_id" minimum:"1" doc:"The one that runs now, as it was read."`
		Reason     string `json:"reason,omitempty"`
	}
}

func (s *server) handBack(ctx context.Context, in *handBackInput) (*Answer[Handover], error) {
	handover, err := s.Service.TakeBack(ctx, who(ctx), task.HandoverEnd{TaskID: in.ID.ID, HandoverID: in.Body.HandoverID, Reason: in.Body.Reason})
	if err := s.withTask(ctx, in.ID.ID, err); err != nil {
		return nil, err
	}
	return &Answer[Handover]{handoverOf(handover)}, nil
}
