package api

import (
	"io/fs"
	"time"

	"dondoc/internal/plan"
	"dondoc/internal/task"
)

// PlanFile is a plan file with the files that it names.
type PlanFile struct {
	Name   string            `json:"name,omitempty" maxLength:"200" doc:"The file's name, for messages. Default: plan.yaml."`
	Source string            `json:"source" minLength:"1" doc:"The YAML text."`
	Files  map[string]string `json:"files,omitempty" doc:"Text of the files that the plan file names, by their path relative to it."`
}

// PlanForm is a plan file sent as a form.
type PlanForm struct {
	Source string   `json:"source" format:"binary" doc:"The YAML file."`
	Files  []string `json:"files,omitempty" doc:"The files that it names; each part's filename is its path."`
}

func (f PlanFile) read() (*plan.Plan, plan.Problems) {
	name := f.Name
	if name == "" {
		name = "plan.yaml"
	}
	return plan.Read(name, []byte(f.Source), func(path string) ([]byte, error) {
		content, ok := f.Files[path]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return []byte(content), nil
	})
}

// problemsShown bounds the faults of a file in one answer: nobody mends more of
// them before looking again.
const problemsShown = 500

func planEntries(problems plan.Problems, language string) []ProblemEntry {
	problems = problems[:min(len(problems), problemsShown)]
	entries := make([]ProblemEntry, len(problems))
	for i, p := range problems {
		detail := p.VI
		if language == "en" {
			detail = p.EN
		}
		entries[i] = ProblemEntry{
			Code: p.Code, Field: p.Field, Detail: detail, Severity: string(p.Severity), File: p.File, Line: p.Line, Column: p.Column,
		}
	}
	return entries
}

// PlanCheck is what a check of a plan file found.
type PlanCheck struct {
	Valid    bool           `json:"valid" doc:"Whether the file could be loaded."`
	Problems []ProblemEntry `json:"problems" doc:"At most 500."`
	Code     string         `json:"code,omitempty"`
	Title    string         `json:"title,omitempty"`
	Duties   int            `json:"duties"`
	Agencies int            `json:"agencies"`
}

// Plan is a plan as the system keeps it.
type Plan struct {
	ID             int64      `json:"id"`
	Code           string     `json:"code"`
	Title          string     `json:"title"`
	Number         string     `json:"number,omitempty"`
	Issuer         AgencyRef  `json:"issuer"`
	StandingName   string     `json:"standing_name,omitempty" doc:"Who follows up and consolidates."`
	State          string     `json:"state" enum:"draft,active,suspended,closed"`
	ValidFrom      string     `json:"valid_from" format:"date"`
	ValidTo        string     `json:"valid_to" format:"date"`
	TimeZone       string     `json:"time_zone"`
	FollowedFrom   string     `json:"followed_from,omitempty" format:"date"`
	ActivatedAt    *time.Time `json:"activated_at,omitempty"`
	SuspendedAt    *time.Time `json:"suspended_at,omitempty"`
	ClosedAt       *time.Time `json:"closed_at,omitempty"`
	CurrentVersion int        `json:"current_version" doc:"Of the plan's text; version is the record's."`
	Duties         int        `json:"duties"`
	Rounds         int        `json:"rounds"`
	OpenTasks      int        `json:"open_tasks"`
	Version        int        `json:"version"`
}

// LoadedPlan is a plan with what deserves a look in its file.
type LoadedPlan struct {
	Plan
	Warnings []ProblemEntry `json:"warnings"`
}

func planOf(r plan.Record) Plan {
	return Plan{
		ID: r.ID, Code: r.Code, Title: r.Title, Number: r.Number, Issuer: AgencyRef{ID: r.IssuerID, Name: r.IssuerName},
		StandingName: r.StandingName, State: string(r.State), ValidFrom: r.ValidFrom.String(), ValidTo: r.ValidTo.String(),
		TimeZone: r.TimeZone, FollowedFrom: r.FollowedFrom.String(), ActivatedAt: utc(r.ActivatedAt), SuspendedAt: utc(r.SuspendedAt),
		ClosedAt: utc(r.ClosedAt), CurrentVersion: r.CurrentVersion, Duties: r.Duties, Rounds: r.Rounds, OpenTasks: r.OpenTasks, Version: r.Version,
	}
}

// Duty is one assigned thing of a plan.
type Duty struct {
	ID         int64    `json:"id"`
	PlanID     int64    `json:"plan_id"`
	Code       string   `json:"code" doc:"Stable across the plan's versions."`
	ParentCode string   `json:"parent_code,omitempty"`
	Title      string   `json:"title"`
	Text       string   `json:"text" doc:"As the document says it."`
	Mode       string   `json:"mode" enum:"assigned,requested"`
	Scheduled  bool     `json:"scheduled" doc:"Whether the calendar opens rounds by itself."`
	Cadences   []string `json:"cadences"`
	Configured []string `json:"configured" doc:"What was set by configuration and not by the document."`
	CoveredBy  string   `json:"covered_by,omitempty" doc:"Code of the duty whose report this one is a section of."`
	Review     string   `json:"review" enum:"required,none,automatic"`
	NilReturn  bool     `json:"nil_return"`
	Owners     []Owner  `json:"owners"`
}

// Owner is an agency's part in a duty.
type Owner struct {
	Agency AgencyRef `json:"agency"`
	Role   string    `json:"role" enum:"lead,implementing,coordinating,member"`
}

func dutyOf(d plan.DutyRecord) Duty {
	view := Duty{
		ID: d.ID, PlanID: d.PlanID, Code: d.Code, ParentCode: d.ParentCode, Title: d.Title, Text: d.Text, Mode: string(d.Mode),
		Scheduled: d.Scheduled, Cadences: []string{}, Configured: append([]string{}, d.Configured...), CoveredBy: d.CoveredBy,
		Review: string(d.Review), NilReturn: d.NilReturn, Owners: make([]Owner, len(d.Owners)),
	}
	for _, c := range d.Cadences {
		view.Cadences = append(view.Cadences, string(c))
	}
	for i, o := range d.Owners {
		view.Owners[i] = Owner{AgencyRef{o.AgencyID, o.AgencyCode, o.AgencyName}, string(o.Role)}
	}
	return view
}

// Round is a duty in one period.
type Round struct {
	ID        int64     `json:"id"`
	PlanID    int64     `json:"plan_id"`
	DutyID    int64     `json:"duty_id"`
	DutyCode  string    `json:"duty_code"`
	DutyTitle string    `json:"duty_title"`
	Period    Period    `json:"period"`
	Cadences  []string  `json:"cadences"`
	State     string    `json:"state" enum:"scheduled,open,closed"`
	OpensAt   time.Time `json:"opens_at"`
	DueAt     time.Time `json:"due_at" doc:"The latest due time of its levels."`
	DueOn     string    `json:"due_on" format:"date"`
	ClosesAt  time.Time `json:"closes_at"`
	Tasks     int       `json:"tasks"`
	Version   int       `json:"version"`
}

func roundOf(r task.Round, zone, language string) Round {
	return Round{
		ID: r.ID, PlanID: r.PlanID, DutyID: r.DutyID, DutyCode: r.DutyCode, DutyTitle: r.DutyTitle,
		Period: periodOf(r.PeriodKey, r.WindowFrom, r.WindowTo, language), Cadences: append([]string{}, r.Cadences...), State: r.State,
		OpensAt: r.OpensAt.UTC(), DueAt: r.DueAt.UTC(), DueOn: dueOn(r.DueAt, zone), ClosesAt: r.ClosesAt.UTC(), Tasks: r.Tasks, Version: r.Version,
	}
}
