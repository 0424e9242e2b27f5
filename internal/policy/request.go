package policy

import "dondoc/internal/request"

// Request is what the rules about one request need to know.
type Request struct {
	Task                 Task
	Kind                 request.Kind
	Resubmission         bool
	FromAgency, ToAgency int64
}

// Answerers are the roles that speak for the body that is asked. Who set a date
// decides on its extension: the plan authority, or those who returned the result.
func Answerers(k request.Kind, resubmission bool) []Role {
	switch k {
	case request.Extension:
		if resubmission {
			return []Role{Supervisor}
		}
		return []Role{PlanAuthority}
	case request.Waiver:
		return []Role{PlanAuthority}
	case request.Obstacle:
		return []Role{Supervisor, PlanAuthority}
	default:
		return []Role{FocalPoint, Head}
	}
}

// Askers are the roles that speak for the body that asks.
func Askers(k request.Kind) []Role {
	if k == request.Explanation {
		return []Role{Supervisor}
	}
	return []Role{FocalPoint, Head}
}

// AskRequest: an explanation the supervisors of the reviewing agency, anything
// else the focal points and the head of the agency that owes the result.
func AskRequest(a Actor, k request.Kind, t Task) bool {
	if k == request.Explanation {
		return ReviewTask(a, t)
	}
	return SubmitTask(a, t)
}

// WaiveTask: the plan authority of the issuer, on its own, never for one's own agency.
func WaiveTask(a Actor, t Task) bool {
	return ManagePlan(a, t.IssuerID) && !a.owes(t.AgencyID)
}

// SeeRequest: who sees the task, and who acts for either body.
func SeeRequest(a Actor, r Request) bool {
	return SeeTask(a, r.Task) ||
		a.HasAt(r.FromAgency, FocalPoint, Head, Supervisor, PlanAuthority) ||
		a.HasAt(r.ToAgency, FocalPoint, Head, Supervisor, PlanAuthority)
}

// AnswerRequest: who speaks for the body that is asked; nobody grants a request of their own agency.
func AnswerRequest(a Actor, r Request) bool {
	return a.HasAt(r.ToAgency, Answerers(r.Kind, r.Resubmission)...) &&
		!(r.Kind.Judged() && a.owes(r.FromAgency))
}

// OpineOnRequest: the supervisors of the reviewing agency, where another decides.
func OpineOnRequest(a Actor, r Request) bool {
	return r.Kind.Judged() && !r.Resubmission && ReviewTask(a, r.Task)
}

// JudgeExplanation: the supervisors of the agency that demanded it.
func JudgeExplanation(a Actor, r Request) bool {
	return r.Kind == request.Explanation && a.HasAt(r.FromAgency, Supervisor)
}

// WithdrawRequest: who speaks for the body that asked.
func WithdrawRequest(a Actor, r Request) bool { return a.HasAt(r.FromAgency, Askers(r.Kind)...) }

// Answering lists where the actor answers for whom: kind, whether of a
// resubmission date, and agency. Storage filters what waits for the actor by it.
func Answering(a Actor) (kinds []string, resubmission []bool, agencies []int64) {
	kinds, resubmission, agencies = []string{}, []bool{}, []int64{}
	for _, k := range request.Kinds {
		for _, again := range []bool{false, true} {
			if again && k != request.Extension {
				continue
			}
			for _, id := range a.At(Answerers(k, again)...) {
				kinds, resubmission, agencies = append(kinds, string(k)), append(resubmission, again), append(agencies, id)
			}
		}
	}
	return kinds, resubmission, agencies
}
