package api

import (
	"time"

	"dondoc/internal/agency"
)

// ReorganisationEffect is what a file of acts on agencies does.
type ReorganisationEffect struct {
	ID          int64             `json:"id,omitempty" doc:"Absent as long as it is only looked at."`
	State       string            `json:"state,omitempty" enum:"recorded,applied" doc:"recorded: it is applied when its day begins."`
	Digest      string            `json:"digest" doc:"Names the file and what it does; applying asks for it."`
	Agencies    []AlteredAgency   `json:"agencies"`
	Assignments []AssignmentMove  `json:"assignments"`
	Tasks       []TaskSuccession  `json:"tasks" doc:"Unsettled tasks of agencies that end."`
	Posts       []PostMove        `json:"posts"`
	Loads       []AgencyLoad      `json:"loads" doc:"How many results each agency owes, before and after."`
	Chains      int               `json:"chains" doc:"Assignments and tasks whose recipient or reviewer changes."`
	Requests    int               `json:"requests" doc:"Open requests that go on under a successor."`
	Feeds       int               `json:"calendars" doc:"Subscribed calendars that show the successor now."`
	Plans       int               `json:"plans" doc:"Plans that get another issuer or standing agency."`
	People      int               `json:"people" doc:"People and official mailboxes that are told, once."`
	Warnings    []ReformedWarning `json:"warnings"`
}

// AlteredAgency is an agency that begins, ends or changes.
type AlteredAgency struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Kind       string   `json:"kind" enum:"founded,merged,divided,dissolved,renamed,reclassified,moved"`
	Successors []string `json:"successors" doc:"Codes, the main one first."`
	Was        string   `json:"was,omitempty" doc:"Name, level or superior of before."`
}

// AssignmentMove is a duty that goes to another agency.
type AssignmentMove struct {
	Plan string `json:"plan"`
	Duty string `json:"duty"`
	Role string `json:"role"`
	From string `json:"from"`
	To   string `json:"to,omitempty" doc:"Absent: nobody takes it over."`
}

// TaskSuccession is what becomes of an unsettled task.
type TaskSuccession struct {
	TaskID     int64  `json:"task_id"`
	Plan       string `json:"plan"`
	Duty       string `json:"duty"`
	Period     string `json:"period"`
	State      string `json:"state"`
	From       string `json:"from"`
	To         string `json:"to,omitempty"`
	Outcome    string `json:"outcome" enum:"moved,cancelled,kept" doc:"cancelled: the successor owes the same already; kept: sent, waits for its decision where it is."`
	IntoTaskID int64  `json:"into_task_id,omitempty" doc:"The task that stands for a cancelled one."`
}

// PostMove is a person's post.
type PostMove struct {
	Person string `json:"person" doc:"E-mail address."`
	Role   string `json:"role"`
	From   string `json:"from"`
	To     string `json:"to,omitempty" doc:"Absent: the post ends."`
}

// AgencyLoad is how many results an agency owes.
type AgencyLoad struct {
	Agency string `json:"agency"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// ReformedWarning is what deserves a look.
type ReformedWarning struct {
	Code   string `json:"code"`
	Agency string `json:"agency,omitempty"`
	Detail string `json:"detail" doc:"In the reader's language."`
}

func reorganisationEffectOf(e agency.Effect, language string) ReorganisationEffect {
	view := ReorganisationEffect{
		ID: e.ID, State: string(e.State), Digest: e.Digest, Chains: e.Chains, Requests: e.Requests, Feeds: e.Feeds, Plans: e.Plans, People: e.People,
		Agencies: []AlteredAgency{}, Assignments: []AssignmentMove{}, Tasks: []TaskSuccession{}, Posts: []PostMove{}, Loads: []AgencyLoad{}, Warnings: []ReformedWarning{},
	}
	for _, a := range e.Agencies {
		view.Agencies = append(view.Agencies, AlteredAgency{a.Code, a.Name, a.Kind, append([]string{}, a.Successors...), a.Was})
	}
	for _, m := range e.Assignments {
		view.Assignments = append(view.Assignments, AssignmentMove(m))
	}
	for _, m := range e.Tasks {
		view.Tasks = append(view.Tasks, TaskSuccession{m.TaskID, m.Plan, m.Duty, m.Period, m.State, m.From, m.To, string(m.Outcome), m.IntoTaskID})
	}
	for _, m := range e.Posts {
		view.Posts = append(view.Posts, PostMove(m))
	}
	for _, l := range e.Loads {
		view.Loads = append(view.Loads, AgencyLoad{l.Code, l.Before, l.After})
	}
	for _, w := range e.Warnings {
		warning := ReformedWarning{w.Code, w.Agency, w.VI}
		if language == "en" {
			warning.Detail = w.EN
		}
		view.Warnings = append(view.Warnings, warning)
	}
	return view
}

// Reorganisation is a file that was applied or recorded.
type Reorganisation struct {
	ID          int64      `json:"id"`
	Code        string     `json:"code"`
	Title       string     `json:"title,omitempty"`
	Basis       string     `json:"legal_basis"`
	EffectiveOn string     `json:"effective_on" format:"date"`
	State       string     `json:"state" enum:"recorded,applied,failed,withdrawn"`
	RecordedAt  time.Time  `json:"recorded_at"`
	RecordedBy  string     `json:"recorded_by,omitempty" doc:"Absent: the system's operator."`
	AppliedAt   *time.Time `json:"applied_at,omitempty"`
	Failure     string     `json:"failure,omitempty" doc:"Why it could not be applied on its day, in the reader's language."`
}

func reorganisationOf(r agency.Record, language string) Reorganisation {
	view := Reorganisation{
		ID: r.ID, Code: r.Code, Title: r.Title, Basis: r.Basis, EffectiveOn: r.EffectiveOn.String(), State: string(r.State),
		RecordedAt: r.RecordedAt, RecordedBy: r.RecordedByName, AppliedAt: utc(r.AppliedAt), Failure: r.FailureVI,
	}
	if language == "en" {
		view.Failure = r.FailureEN
	}
	return view
}

// AgencyHistory is what an agency was before, and what became of it.
type AgencyHistory struct {
	Predecessors []RelatedAgency `json:"predecessors"`
	Successors   []RelatedAgency `json:"successors"`
	Changes      []AgencyEvent   `json:"changes"`
}

// RelatedAgency is an agency before or after another.
type RelatedAgency struct {
	Agency AgencyRef `json:"agency"`
	On     string    `json:"on" format:"date" doc:"First day of the new order."`
	Basis  string    `json:"legal_basis"`
	Main   bool      `json:"main" doc:"Takes over what was open."`
	Ended  bool      `json:"ended"`
}

// AgencyEvent is an act on an agency.
type AgencyEvent struct {
	Kind         string `json:"kind" enum:"founded,merged,divided,dissolved,renamed,reclassified,moved"`
	On           string `json:"on" format:"date"`
	Basis        string `json:"legal_basis"`
	NameBefore   string `json:"name_before,omitempty"`
	LevelBefore  string `json:"level_before,omitempty"`
	ParentBefore string `json:"parent_before,omitempty"`
}

func agencyHistoryOf(h agency.History) AgencyHistory {
	related := func(k agency.Kin) RelatedAgency {
		return RelatedAgency{AgencyRef{ID: k.ID, Code: k.Code, Name: k.Name}, k.On.String(), k.Basis, k.Main, k.Ended}
	}
	return AgencyHistory{
		Predecessors: listOf(h.Predecessors, "", related).Items, Successors: listOf(h.Successors, "", related).Items,
		Changes: listOf(h.Changes, "", func(e agency.Event) AgencyEvent {
			return AgencyEvent{e.Kind, e.On.String(), e.Basis, e.NameBefore, e.LevelBefore, e.Parent}
		}).Items,
	}
}

// TaskHeir is what an act on agencies did to a task.
type TaskHeir struct {
	TaskID     int64      `json:"task_id" doc:"The task that moved or was cancelled."`
	Basis      string     `json:"legal_basis"`
	On         string     `json:"on" format:"date"`
	Outcome    string     `json:"outcome" enum:"moved,cancelled"`
	From       AgencyRef  `json:"from"`
	To         *AgencyRef `json:"to,omitempty" doc:"Absent: nobody took over."`
	IntoTaskID int64      `json:"into_task_id,omitempty" doc:"The task that stands for a cancelled one."`
}

func taskHeirOf(h agency.TaskHeir) TaskHeir {
	view := TaskHeir{
		TaskID: h.TaskID, Basis: h.Basis, On: h.On.String(), Outcome: string(h.Outcome), IntoTaskID: h.IntoTaskID,
		From: AgencyRef{ID: h.From.ID, Code: h.From.Code, Name: h.From.Name},
	}
	if h.To.ID != 0 {
		view.To = &AgencyRef{ID: h.To.ID, Code: h.To.Code, Name: h.To.Name}
	}
	return view
}

// Apportionment is how an old agency's cumulative figures count for its successors.
type Apportionment struct {
	ID        int64               `json:"id"`
	Agency    AgencyRef           `json:"agency"`
	Indicator string              `json:"indicator,omitempty" doc:"Absent: all that have no decision of their own."`
	Reason    string              `json:"reason"`
	DecidedAt time.Time           `json:"decided_at"`
	DecidedBy string              `json:"decided_by"`
	Shares    []ApportionmentPart `json:"shares"`
}

// ApportionmentPart is one successor's share.
type ApportionmentPart struct {
	Successor AgencyRef `json:"successor"`
	Percent   string    `json:"percent"`
}

func apportionmentOf(a agency.Apportionment) Apportionment {
	return Apportionment{
		ID: a.ID, Agency: AgencyRef{ID: a.AgencyID, Name: a.AgencyName}, Indicator: a.Indicator, Reason: a.Reason, DecidedAt: a.DecidedAt, DecidedBy: a.DecidedByName,
		Shares: listOf(a.Shares, "", func(s agency.Share) ApportionmentPart {
			return ApportionmentPart{AgencyRef{ID: s.SuccessorID, Name: s.SuccessorName}, s.Percent}
		}).Items,
	}
}
