package api

import (
	"time"

	"dondoc/internal/amendment"
	"dondoc/internal/calendar"
)

// AmendmentPreview is everything that an amendment does.
type AmendmentPreview struct {
	Digest      string          `json:"digest" doc:"Names this preview; amending needs it, so that exactly this is applied."`
	PlanVersion int             `json:"plan_version" doc:"The plan's version that it was computed against; amending needs it."`
	Difference  PlanDifference  `json:"difference"`
	Effect      AmendmentEffect `json:"effect"`
	Warnings    []ProblemEntry  `json:"warnings" doc:"What deserves a look in the file."`
}

// AmendedPlan is a plan after its amendment.
type AmendedPlan struct {
	Plan
	FileVersion int             `json:"file_version" doc:"Number of the new version of its file."`
	Difference  PlanDifference  `json:"difference"`
	Effect      AmendmentEffect `json:"effect"`
}

// PlanDifference is what differs between two versions of a plan's file.
type PlanDifference struct {
	Facts    []PlanFact   `json:"facts" doc:"Of the plan itself, and of its lists (indicators, policies, groups …) by code."`
	Added    []DutyLine   `json:"added" doc:"Duties that are new."`
	Retired  []DutyLine   `json:"retired" doc:"Duties that are no more."`
	Changed  []DutyChange `json:"changed"`
	Agencies []string     `json:"agencies" doc:"Codes of agencies that the newer version names first."`
}

// PlanFact is one value in both versions.
type PlanFact struct {
	Field string `json:"field" example:"due"`
	Old   string `json:"old" doc:"In the notation of plan files; empty: not given."`
	New   string `json:"new"`
}

// DutyLine names a duty.
type DutyLine struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Owners int    `json:"owners" doc:"Agencies that owe it."`
}

// DutyChange is a duty in both versions.
type DutyChange struct {
	Code    string      `json:"code"`
	OldCode string      `json:"old_code,omitempty" doc:"Where it was renamed."`
	Title   string      `json:"title"`
	Text    []TextPiece `json:"text" doc:"The new text with what left the old one, word by word; empty where it is the same."`
	Fields  []PlanFact  `json:"fields"`
	Gained  []DutyPart  `json:"gained"`
	Lost    []DutyPart  `json:"lost"`
}

// DutyPart is an agency's role in a duty.
type DutyPart struct {
	Agency string `json:"agency" doc:"Code."`
	Role   string `json:"role" enum:"lead,implementing,coordinating,member"`
}

func factsOf(facts []amendment.Fact) []PlanFact {
	view := make([]PlanFact, len(facts))
	for i, f := range facts {
		view[i] = PlanFact{f.Field, f.Old, f.New}
	}
	return view
}

func linesOf(lines []amendment.DutyLine) []DutyLine {
	view := make([]DutyLine, len(lines))
	for i, l := range lines {
		view[i] = DutyLine{l.Code, l.Title, l.Text, l.Owners}
	}
	return view
}

func partsOf(parts []amendment.Part) []DutyPart {
	view := make([]DutyPart, len(parts))
	for i, p := range parts {
		view[i] = DutyPart{p.Agency, string(p.Role)}
	}
	return view
}

func differenceOf(d amendment.Difference) PlanDifference {
	view := PlanDifference{
		Facts: factsOf(d.Facts), Added: linesOf(d.Added), Retired: linesOf(d.Retired), Changed: make([]DutyChange, len(d.Changed)),
		Agencies: append([]string{}, d.Agencies...),
	}
	for i, c := range d.Changed {
		change := DutyChange{Code: c.Code, Title: c.Title, Text: piecesOf(c.Text), Fields: factsOf(c.Fields), Gained: partsOf(c.Gained), Lost: partsOf(c.Lost)}
		if c.OldCode != c.Code {
			change.OldCode = c.OldCode
		}
		view.Changed[i] = change
	}
	return view
}

// AmendmentEffect is what an amendment does to live rounds.
type AmendmentEffect struct {
	Opened    int              `json:"opened" doc:"Tasks that open for agencies that owe the duty now."`
	Cancelled int              `json:"cancelled" doc:"Tasks that end: their agencies owe the duty no more and have sent nothing."`
	Kept      int              `json:"kept" doc:"Tasks that stay although their agencies owe the duty no more: something was sent."`
	Moved     int              `json:"moved" doc:"Tasks whose due time moves or whose notices are laid anew."`
	Rerouted  int              `json:"rerouted" doc:"Tasks whose result goes to, or is decided on by, another agency."`
	People    int              `json:"people" doc:"People and official mailboxes that are told, once."`
	Open      []RoundEffect    `json:"open_rounds"`
	Scheduled []ScheduledRound `json:"scheduled_rounds"`
}

// RoundEffect is what becomes of an open round. Agencies are codes.
type RoundEffect struct {
	RoundID     int64     `json:"round_id"`
	Duty        string    `json:"duty"`
	Title       string    `json:"title"`
	Period      string    `json:"period"`
	PeriodLabel string    `json:"period_label"`
	Opened      []string  `json:"opened"`
	Later       []string  `json:"later" doc:"Owe the duty from the next round on: this one's due time has passed, or their task of it was cancelled or waived before."`
	Cancelled   []string  `json:"cancelled"`
	Kept        []string  `json:"kept"`
	Rerouted    []string  `json:"rerouted"`
	Moves       []DueMove `json:"moves"`
	Waiting     int       `json:"waiting" doc:"Results whose reviewer's reminders are laid anew or fall away."`
	ClosesFrom  time.Time `json:"closes_from"`
	ClosesTo    time.Time `json:"closes_to"`
	Ends        bool      `json:"ends" doc:"Nothing is owed any more: the round closes."`
}

// ScheduledRound is what becomes of a round that has not opened.
type ScheduledRound struct {
	RoundID int64 `json:"round_id"`
	RoundMoving
	Dropped bool `json:"dropped" doc:"The duty is retired, or has no such period any more."`
}

func amendmentEffectOf(e amendment.Effect, language string) AmendmentEffect {
	view := AmendmentEffect{
		Opened: e.Opened, Cancelled: e.Cancelled, Kept: e.Kept, Moved: e.Moved, Rerouted: e.Rerouted, People: e.People,
		Open: make([]RoundEffect, len(e.Open)), Scheduled: make([]ScheduledRound, len(e.Scheduled)),
	}
	codes := func(list []string) []string { return append([]string{}, list...) }
	for i, r := range e.Open {
		view.Open[i] = RoundEffect{
			RoundID: r.RoundID, Duty: r.DutyCode, Title: r.DutyTitle, Period: r.PeriodKey, PeriodLabel: calendar.LabelOf(r.PeriodKey, language),
			Opened: codes(r.Opened), Later: codes(r.Later), Cancelled: codes(r.Cancelled), Kept: codes(r.Kept), Rerouted: codes(r.Rerouted),
			Moves: movesOf(r.Moves, language), Waiting: r.Waiting, ClosesFrom: r.ClosesFrom, ClosesTo: r.ClosesTo, Ends: r.Ends,
		}
	}
	for i, r := range e.Scheduled {
		view.Scheduled[i] = ScheduledRound{
			RoundID: r.RoundID, Dropped: r.Dropped,
			RoundMoving: RoundMoving{r.PlanCode, r.DutyCode, r.PeriodKey, r.OpensFrom, r.OpensTo, r.DueFrom, r.DueTo},
		}
	}
	return view
}

// PlanVersion is a version of a plan's file.
type PlanVersion struct {
	Number   int             `json:"number"`
	Current  bool            `json:"current" doc:"It is in force."`
	LoadedAt time.Time       `json:"loaded_at"`
	LoadedBy string          `json:"loaded_by,omitempty" doc:"Absent: the system's operator."`
	SHA256   string          `json:"sha256"`
	Basis    *AmendmentBasis `json:"basis,omitempty" doc:"The amending document; absent for what was loaded as a draft."`
	Duties   int             `json:"duties"`
}

// PlanVersionText is a version with its text.
type PlanVersionText struct {
	PlanVersion
	Source string            `json:"source" doc:"The YAML text, as it was written."`
	Files  map[string]string `json:"files" doc:"The files that it names."`
}

// PlanVersions is what differs between two versions.
type PlanVersions struct {
	From       PlanVersion    `json:"from"`
	To         PlanVersion    `json:"to"`
	Difference PlanDifference `json:"difference"`
}

func versionOf(v amendment.Version) PlanVersion {
	view := PlanVersion{Number: v.Number, Current: v.Current, LoadedAt: v.LoadedAt.UTC(), LoadedBy: v.LoadedByName, SHA256: v.SHA256, Duties: v.Duties}
	if v.Basis.Number != "" {
		view.Basis = &AmendmentBasis{Number: v.Basis.Number, On: v.Basis.On.String()}
	}
	return view
}
