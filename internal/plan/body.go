package plan

import (
	"slices"

	"dondoc/internal/calendar"
)

// BodyRecord is an interagency team as it stands.
type BodyRecord struct {
	Body
	Parts []BodyPart
	// Duty is the code of the duty whose result sets the body up; empty: the plan names none.
	Duty, DutyTitle string
	// Levels of the units that set up one each, with how many decisions are in.
	PerLevel []BodyLevel
	// Units are those that set it up, among those that the reader sees: one, or
	// one for each unit of a group.
	Units []BodyUnit
}

// BodyPart is an agency's part in a body, and the duties that give it; none: the
// body's own list names it.
type BodyPart struct {
	Agency     string // code
	AgencyName string
	Role       Role // Lead or Member
	Duties     []string
}

// BodyLevel counts the bodies of one level.
type BodyLevel struct {
	Level string
	// Units set one up each; of Established the decision is in.
	Units, Established int
}

// BodyUnit is a unit that sets up a body, and its decision.
type BodyUnit struct {
	AgencyID               int64
	AgencyCode, AgencyName string
	Level                  string
	// Established: the result of the establishing duty is in and counts.
	Established    bool
	TaskID         int64 // 0: the duty has not been opened for the unit
	TaskState      string
	DocumentNumber string
	DocumentOn     calendar.Date
}

// PartsOf collects who leads a body and who is a member: those that its own list
// names, and those that the duties about it make members.
func (p *Plan) PartsOf(b Body) []BodyPart {
	var parts []BodyPart
	put := func(agency string, role Role, duty string) {
		i := slices.IndexFunc(parts, func(q BodyPart) bool { return q.Agency == agency })
		if i < 0 {
			parts = append(parts, BodyPart{Agency: agency, Role: role})
			i = len(parts) - 1
		}
		if duty != "" && !slices.Contains(parts[i].Duties, duty) {
			parts[i].Duties = append(parts[i].Duties, duty)
		}
	}
	for _, agency := range p.membersOf(b.Lead) {
		put(agency, Lead, "")
	}
	for _, agency := range p.membersOf(b.Members) {
		put(agency, Member, "")
	}
	for _, d := range p.Duties {
		if !slices.Contains(d.Bodies, b.Code) {
			continue
		}
		for _, a := range d.Assignments {
			if a.Role == Member || a.Addressed && slices.Contains(d.Roles, Member) {
				put(a.Agency, Member, d.Code)
			}
		}
	}
	return parts
}

// membersOf are the agencies that references stand for, each once.
func (p *Plan) membersOf(refs []string) []string {
	var codes []string
	for _, ref := range refs {
		of := []string{ref}
		if ref[0] == '@' {
			i := slices.IndexFunc(p.Groups, func(g Group) bool { return g.Code == ref[1:] })
			if i < 0 {
				continue
			}
			of = p.Groups[i].Members
		}
		for _, code := range of {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// ContentRecord is a paragraph of the plan that names nobody, with the duties that
// carry it out; without any, nobody does.
type ContentRecord struct {
	Item
	// Purpose tells what the document wants from what it says is to be done.
	Purpose bool
	Duties  []DutyName
}

// DutyName names a duty.
type DutyName struct{ Code, Title string }

// ContentOf lists the plan's purposes and content in the order of the file.
func (p *Plan) ContentOf() []ContentRecord {
	titles := map[string]string{}
	for _, d := range p.Duties {
		titles[d.Code] = d.Title
	}
	records := make([]ContentRecord, 0, len(p.Purposes)+len(p.Content))
	for i, item := range slices.Concat(p.Purposes, p.Content) {
		record := ContentRecord{Item: item, Purpose: i < len(p.Purposes)}
		for _, code := range item.RealisedBy {
			record.Duties = append(record.Duties, DutyName{code, titles[code]})
		}
		records = append(records, record)
	}
	return records
}
